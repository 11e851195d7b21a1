/** What the gate shows: one line per finished check, and on a terminal a line that moves while tests run. */
import type { WriteStream } from 'node:tty';
import { describe, type Outcome, type Tally } from './tally.ts';

const REDRAW_MS_MIN = 200;
const CLEAR_LINE = '\r\x1b[K';

export class Screen {
  private readonly out: WriteStream;
  private drawnAt_ms = 0;

  constructor(out: WriteStream) {
    this.out = out;
  }

  /** Never more often than an eye can follow; nothing at all when the output is not a terminal. */
  progress(name: string, tally: Tally): void {
    const now_ms = performance.now();
    if (!this.out.isTTY || now_ms - this.drawnAt_ms < REDRAW_MS_MIN) return;
    this.drawnAt_ms = now_ms;
    this.out.write(`${CLEAR_LINE}· ${name.padEnd(12)}${describe(tally)}`);
  }

  finish(name: string, outcome: Outcome, took_ms: number): void {
    const { passed, failed, skipped, output } = outcome;
    const sign = failed === 0 ? '✓' : '✗';
    const counts = passed + failed + skipped.length === 1 ? '' : describe(outcome);
    const seconds = `${(took_ms / 1000).toFixed(1)} s`.padStart(8);
    this.out.write(
      `${this.out.isTTY ? CLEAR_LINE : ''}${sign} ${name.padEnd(12)}${seconds}  ${counts}`.trimEnd() + '\n',
    );
    if (failed > 0) this.out.write(`\n${output.trimEnd()}\n\n`);
  }
}
