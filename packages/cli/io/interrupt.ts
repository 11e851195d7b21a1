/**
 * Ctrl-C as a value that the work asks for. A loop over a plain file keeps the event loop out, so it has to breathe: let waiting
 * signals through now and then, and look.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { Interrupted } from './exit.ts';

/** Longest time between two looks: short for a human being, long for a computer. */
const BREATH_MS = 40;

export class Interrupt {
  private isPressed = false;
  private last_ms = performance.now();

  /** Watches from now on; a second Ctrl-C ends the program at once. */
  watch(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        this.isPressed = true;
      });
    }
  }

  /** Throws Interrupted when the user wants to stop. */
  check(): void {
    if (this.isPressed) throw new Interrupted();
  }

  /** Lets events through when it is time; throws Interrupted when one of them was a Ctrl-C. */
  async breathe(): Promise<void> {
    const now = performance.now();
    if (now - this.last_ms < BREATH_MS) return;
    await turn();
    this.last_ms = performance.now();
    this.check();
  }
}
