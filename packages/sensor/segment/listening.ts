/** When a live sensor listened, as it is told, and how much of that no segment has said yet. */
import type { ExposureSpan } from '@noroshi/wire/segment/segment.ts';
import { DAY_MS } from './days.ts';

interface Size {
  readonly addresses: number;
  readonly networks64: number;
}

export class Listening {
  private readonly size: Size;
  /** Ascending, not overlapping. */
  private spans: { from_ms: number; to_ms: number }[] = [];
  private end_ms: number | undefined;

  constructor({ addresses, networks64 }: Size) {
    this.size = { addresses, networks64 };
  }

  /** Somebody listens from now on; before, since the last {@link until}, nobody did. Nothing earlier than that counts again. */
  start(from_ms: number): void {
    this.end_ms = Math.max(from_ms, this.end_ms ?? from_ms);
  }

  /** It went on until then. Going back in time changes nothing. */
  until(to_ms: number): void {
    if (this.end_ms === undefined || to_ms <= this.end_ms) return;
    const last = this.spans.at(-1);
    if (last?.to_ms === this.end_ms) last.to_ms = to_ms;
    else this.spans.push({ from_ms: this.end_ms, to_ms });
    this.end_ms = to_ms;
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
    const left: { from_ms: number; to_ms: number }[] = [];
    for (const { from_ms, to_ms } of this.spans) {
      const inside = { from_ms: Math.max(from_ms, start_ms), to_ms: Math.min(to_ms, stop_ms) };
      if (inside.from_ms >= inside.to_ms) {
        left.push({ from_ms, to_ms });
        continue;
      }
      taken.push({ ...inside, ...this.size });
      if (from_ms < start_ms) left.push({ from_ms, to_ms: start_ms });
      if (to_ms > stop_ms) left.push({ from_ms: stop_ms, to_ms });
    }
    this.spans = left;
    return taken;
  }
}

function dayOf(time_ms: number): number {
  return Math.floor(time_ms / DAY_MS);
}
