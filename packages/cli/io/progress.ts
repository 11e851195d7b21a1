/** A progress bar with rate and time left: on a terminal only, after a second only, in one line that is gone at the end. */
import { bar } from '../look/bars.ts';
import { counted } from '../look/counted.ts';
import { count } from '../look/numbers.ts';
import { duration } from '../look/time.ts';
import type { Io } from './io.ts';

const QUIET_MS = 1000;
const REDRAW_MS = 100;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\u001b[K';

export class Progress {
  private readonly io: Io;
  private readonly start_ms = performance.now();
  private drawn_ms = 0;
  private isDrawn = false;

  constructor(io: Io) {
    this.io = io;
  }

  /**
   * @param share of the work that is done, 0 … 1; undefined when nobody knows
   * @param state what it waits for, in place of rate and time left
   */
  update(packets: number, share: number | undefined, state?: string): void {
    if (this.io.errorWidth === undefined) return;
    const now = performance.now();
    if (now - this.start_ms < QUIET_MS || now - this.drawn_ms < REDRAW_MS) return;
    this.drawn_ms = now;
    this.isDrawn = true;
    const line = progressLine(packets, share, (now - this.start_ms) / 1000, this.io.errorWidth, state);
    this.io.errors.write(`${CLEAR_LINE}${line}`);
    this.io.errors.flush();
  }

  /** A line of its own that stays; on a terminal or not. */
  say(text: string): void {
    this.clear();
    this.io.errors.write(`${text}\n`);
    this.io.errors.flush();
  }

  /** Takes the bar away. */
  clear(): void {
    if (!this.isDrawn) return;
    this.isDrawn = false;
    this.io.errors.write(CLEAR_LINE);
    this.io.errors.flush();
  }
}

/** `██████▌              32 % · 1,234,567 packets · 2,345,678 packets/s · 12 s left`, as much of it as fits. */
export function progressLine(
  packets: number,
  share: number | undefined,
  elapsed_s: number,
  width: number,
  state?: string,
): string {
  const parts = [counted(packets, 'packet'), state ?? `${count(packets / elapsed_s)} packets/s`];
  if (share !== undefined && share > 0) {
    const done = Math.min(1, share);
    const left_s = (elapsed_s * (1 - done)) / done;
    parts.unshift(`${bar(done, 1, BAR_WIDTH).padEnd(BAR_WIDTH, '░')} ${Math.floor(done * 100)} %`);
    if (state === undefined) parts.push(`${duration(Math.max(left_s, 0.1))} left`);
  }
  return parts.join(' · ').slice(0, Math.max(0, width - 1));
}
