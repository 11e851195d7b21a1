/** When a live sensor listened, as it is told, and how much of that no segment has said yet. */
import type { ExposureSpan } from '@noroshi/wire/segment/segment.ts';
import { DAY_MS } from './days.ts';

/** How many addresses listen: IPv4 addresses, and IPv6 networks of 64 bits. */
export interface ListeningSize {
  readonly addresses: number;
  readonly networks64: number;
}

interface Span extends ListeningSize {
  readonly from_ms: number;
  to_ms: number;
}

export class Listening {
  private size: ListeningSize;
  /** In the order in which they were told; ascending and not overlapping but where {@link forget} was called. */
  private spans: Span[] = [];
  private end_ms: number | undefined;
  private isDeaf = false;

  constructor({ addresses, networks64 }: ListeningSize) {
    this.size = { addresses, networks64 };
  }

  /**
   * Somebody listens from now on; before, since the last {@link until}, nobody did. Nothing earlier than that counts again.
   * @param size how many listen now, when that is not what it was
   */
  start(from_ms: number, { addresses, networks64 }: ListeningSize = this.size): void {
    this.size = { addresses, networks64 };
    this.isDeaf = false;
    this.end_ms = Math.max(from_ms, this.end_ms ?? from_ms);
  }

  /** It went on until then. Going back in time changes nothing. */
  until(to_ms: number): void {
    if (this.isDeaf || this.end_ms === undefined || to_ms <= this.end_ms) return;
    const last = this.spans.at(-1);
    if (last?.to_ms === this.end_ms && isSame(last, this.size)) last.to_ms = to_ms;
    else this.spans.push({ from_ms: this.end_ms, to_ms, ...this.size });
    this.end_ms = to_ms;
  }

  /** It went on until then, and nobody listens before the next {@link start}. */
  stop(at_ms: number): void {
    this.until(at_ms);
    this.isDeaf = true;
  }

  /** What was told was told by a wrong clock: times before it may count again. */
  forget(): void {
    this.end_ms = undefined;
  }

  /** UTC days of which {@link take} has something. */
  *days(): Generator<number, void, void> {
    for (const { from_ms, to_ms } of this.spans) {
      for (let day = dayOf(from_ms); day * DAY_MS < to_ms; day++) yield day;
    }
  }

  /** What no segment has said of this day; it has now. */
  take(day: number): ExposureSpan[] {
    const [start_ms, stop_ms] = [day * DAY_MS, (day + 1) * DAY_MS];
    const taken: ExposureSpan[] = [];
    const left: Span[] = [];
    for (const { from_ms, to_ms, ...size } of this.spans) {
      const inside = { from_ms: Math.max(from_ms, start_ms), to_ms: Math.min(to_ms, stop_ms) };
      if (inside.from_ms >= inside.to_ms) {
        left.push({ from_ms, to_ms, ...size });
        continue;
      }
      taken.push({ ...inside, ...size });
      if (from_ms < start_ms) left.push({ from_ms, to_ms: start_ms, ...size });
      if (to_ms > stop_ms) left.push({ from_ms: stop_ms, to_ms, ...size });
    }
    this.spans = left;
    return taken.toSorted((a, b) => a.from_ms - b.from_ms);
  }
}

function isSame(a: ListeningSize, b: ListeningSize): boolean {
  return a.addresses === b.addresses && a.networks64 === b.networks64;
}

function dayOf(time_ms: number): number {
  return Math.floor(time_ms / DAY_MS);
}
