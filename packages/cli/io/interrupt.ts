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
  private readonly pressed = Promise.withResolvers<never>();

  /** Watches from now on; a second Ctrl-C ends the program at once. */
  watch(): void {
    // Whoever waits for it hears of it; when nobody does that is no fault.
    this.pressed.promise.catch(() => {});
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => this.press());
  }

  /** What `work` gives; throws Interrupted when the user does not want to wait for it. */
  orStop<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.pressed.promise]);
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

  private press(): void {
    this.isPressed = true;
    this.pressed.reject(new Interrupted());
  }
}
