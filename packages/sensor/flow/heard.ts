/**
 * Which minutes of event time had a packet, kept or not: from a capture this is all that tells when somebody listened. Between two
 * packets in a row a silence of up to an hour counts as listening; a longer one is a gap, for a single address of today's
 * Internet is met every ten seconds.
 */

/** Longest silence, in minutes, that still counts as listening. */
export const SILENCE_MINUTES_MAX = 60;
/** Stretches that are told apart; a capture whose clock makes more of them is not believed beyond. */
export const STRETCHES_MAX = 65_536;
/** Stretches gathered before those that touch are joined. */
const LOOSE_MAX = 4096;

/** Minutes since 1970, both ends included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Plain data, so that a worker can post it; in the order of the packets. */
export interface HeardData {
  readonly first: number;
  readonly last: number;
  readonly stretches: readonly Stretch[];
}

export class Heard {
  private first = Number.NaN;
  private last = Number.NaN;
  private from = Number.NaN;
  private to = Number.NaN;
  private loose: Stretch[] = [];
  private joinAt = LOOSE_MAX;

  /** A packet in this minute. The order of calls counts, repeating one does not. */
  hear(minute: number): void {
    if (isNear(this.last, minute)) {
      this.from = Math.min(this.from, minute);
      this.to = Math.max(this.to, minute);
    } else {
      this.settle();
      this.from = minute;
      this.to = minute;
    }
    if (Number.isNaN(this.first)) this.first = minute;
    this.last = minute;
  }

  /** What somebody else heard of the same capture right behind this. */
  append({ first, last, stretches }: HeardData): void {
    this.hear(first);
    for (const stretch of stretches) this.keep(stretch);
    this.settle();
    this.from = last;
    this.to = last;
    this.last = last;
  }

  /** Everything so far, undefined for nothing; begins anew. */
  take(): HeardData | undefined {
    if (Number.isNaN(this.first)) return undefined;
    this.settle();
    const data = { first: this.first, last: this.last, stretches: this.loose };
    this.first = Number.NaN;
    this.last = Number.NaN;
    this.from = Number.NaN;
    this.loose = [];
    this.joinAt = LOOSE_MAX;
    return data;
  }

  private settle(): void {
    if (!Number.isNaN(this.from)) this.keep({ from: this.from, to: this.to });
  }

  private keep(stretch: Stretch): void {
    this.loose.push(stretch);
    if (this.loose.length < this.joinAt) return;
    this.loose = joined(this.loose).slice(0, STRETCHES_MAX);
    this.joinAt = this.loose.length + LOOSE_MAX;
  }
}

/** The same minutes as ascending stretches with silence between them. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const before = result.at(-1);
    if (before !== undefined && from <= before.to + 1) {
      result[result.length - 1] = { from: before.from, to: Math.max(before.to, to) };
    } else result.push({ from, to });
  }
  return result;
}

function isNear(minute: number, other: number): boolean {
  return Math.abs(minute - other) <= SILENCE_MINUTES_MAX;
}
