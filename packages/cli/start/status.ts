/** One line that says how it stands: rewritten on a terminal, repeated once a minute elsewhere. */
import type { DemoLine } from '../demo/sensor.ts';
import type { Io } from '../io/io.ts';
import { bar } from '../look/bars.ts';
import { count } from '../look/numbers.ts';
import { dateText, duration } from '../look/time.ts';

const BAR_WIDTH = 24;
const QUIET_MS = 60_000;
const CLEAR_LINE = '\r\u001b[K';
const DAY_MS = 86_400_000;

type ProgressLine = Extract<DemoLine, { readonly share: number }>;

export class Status {
  private readonly io: Io;
  private readonly now_ms: () => number;
  private said_ms = Number.NEGATIVE_INFINITY;
  private isShown = false;

  constructor(io: Io, now_ms: () => number) {
    this.io = io;
    this.now_ms = now_ms;
  }

  show(text: string): void {
    const { errorWidth } = this.io;
    if (errorWidth !== undefined) {
      this.write(`${CLEAR_LINE}${text.slice(0, errorWidth - 1)}`);
      this.isShown = true;
      return;
    }
    if (this.now_ms() - this.said_ms < QUIET_MS) return;
    this.said_ms = this.now_ms();
    this.write(`${text}\n`);
  }

  /** A line of its own that stays. */
  say(text: string): void {
    this.clear();
    this.write(`${text}\n`);
  }

  clear(): void {
    if (!this.isShown) return;
    this.isShown = false;
    this.write(CLEAR_LINE);
  }

  private write(text: string): void {
    try {
      this.io.errors.write(text);
      this.io.errors.flush();
    } catch {
      // The terminal is gone; what it would have shown is no reason to fail.
    }
  }
}

/** `██████▌             27 % · 7.6 of 28 days · 1,234,567 packets · 98,765 packets/s · 41 s left`; once all is told, what is still on its way. */
export function historyLine(line: ProgressLine, elapsed_s: number): string {
  const { from_ms, now_ms, share, packets, waiting } = line;
  const days = from_ms === null ? 0 : (now_ms - from_ms) / DAY_MS;
  if (line.kind === 'live') {
    return `${bar(1, 1, BAR_WIDTH)} ${count(packets)} packets · ${count(waiting)} segments on their way`;
  }
  const left = share > 0 ? ` · ${duration(Math.max(0.1, (elapsed_s * (1 - share)) / share))} left` : '';
  return (
    `${bar(share, 1, BAR_WIDTH).padEnd(BAR_WIDTH, '░')} ${Math.floor(share * 100)} % · ` +
    `${(days * share).toFixed(1)} of ${days.toFixed(1)} days · ${count(packets)} packets · ` +
    `${count(packets / Math.max(elapsed_s, 0.001))} packets/s${left}`
  );
}

/** `12,345 packets · 57 segments stored · 0 waiting · up to 2026-11-21 09:31:00 UTC` */
export function liveLine({ packets, stored, waiting, to_ms, trouble }: ProgressLine): string {
  const upTo = to_ms === null ? '' : ` · up to ${dateText(to_ms / 1000)} UTC`;
  const why = trouble === null ? '' : ` · ${trouble}`;
  return `${count(packets)} packets · ${count(stored)} segments stored · ${count(waiting)} waiting${upTo}${why}`;
}
