/** What the stage did not put into rows, by UTC day of event time: packets filtered, and the minutes in which any arrived. */
import { Heard, type HeardData } from './heard.ts';

/** Packets left out, by reason. */
export interface Filtered {
  not_ip: number;
  malformed: number;
  elsewhere: number;
}

/** Plain data, so that a worker can post it. */
export interface TallyData {
  /** By days since 1970. */
  readonly filtered: ReadonlyMap<number, Readonly<Filtered>>;
  readonly heard: HeardData | undefined;
}

const DAY_S = 86_400;

export class Tally {
  private readonly heard = new Heard();
  /** Times are 32-bit seconds, so there are at most 49,711 days. */
  private filtered = new Map<number, Filtered>();

  hear(minute: number): void {
    this.heard.hear(minute);
  }

  /** @param second of the packet, since 1970 */
  filter(second: number, reason: keyof Filtered): void {
    this.ofDay(Math.floor(second / DAY_S))[reason]++;
  }

  /** What another stage tallied of the packets right behind these. */
  append({ filtered, heard }: TallyData): void {
    if (heard !== undefined) this.heard.append(heard);
    for (const [day, counts] of filtered) {
      const sum = this.ofDay(day);
      sum.not_ip += counts.not_ip;
      sum.malformed += counts.malformed;
      sum.elsewhere += counts.elsewhere;
    }
  }

  /** Everything since the last call. */
  take(): TallyData {
    const { filtered } = this;
    this.filtered = new Map();
    return { filtered, heard: this.heard.take() };
  }

  /** Days since 1970 of which packets were filtered. */
  days(): Iterable<number> {
    return this.filtered.keys();
  }

  /** Packets filtered on one day, since the last call. */
  takeDay(day: number): Readonly<Filtered> | undefined {
    const counts = this.filtered.get(day);
    this.filtered.delete(day);
    return counts;
  }

  private ofDay(day: number): Filtered {
    let counts = this.filtered.get(day);
    if (counts === undefined) {
      counts = { not_ip: 0, malformed: 0, elsewhere: 0 };
      this.filtered.set(day, counts);
    }
    return counts;
  }
}
