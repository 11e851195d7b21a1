/** One answer of the center that a part of the page shows, and what became of asking for it. */
import { ask, type Failure } from '../api/ask.ts';
import type { Shape } from '../api/shape.ts';

export class Resource<T> {
  /** The last good answer; it stays while another one is on its way, so that nothing jumps. */
  value = $state.raw<T>();
  /** Why the last question failed; undefined after a good answer. */
  failure = $state.raw<Failure>();
  isLoading = $state(false);
  /** When the value came, Unix ms. */
  answered_ms = $state(0);

  private readonly shape: Shape<T>;
  private path: string | undefined;
  /** What the last answer, a good one, was about. */
  private answered: string | undefined;
  private waiting: AbortController | undefined;

  constructor(shape: Shape<T>) {
    this.shape = shape;
  }

  /** Asks; a question before it that is still open is given up. */
  async load(path: string): Promise<void> {
    this.waiting?.abort();
    const waiting = new AbortController();
    this.waiting = waiting;
    // Asked again because something may have changed: until it has, nothing on the page does. (Nothing reactive may be read here:
    // effects call this.)
    if (path !== this.answered) this.isLoading = true;
    this.path = path;
    const answer = await ask(this.shape, path, waiting.signal, fetch);
    if (this.waiting !== waiting) return;
    this.isLoading = false;
    this.failure = answer.ok ? undefined : answer.failure;
    this.answered = answer.ok ? path : undefined;
    if (!answer.ok) return;
    this.value = answer.value;
    this.answered_ms = Date.now();
  }

  /** Asks the same again. */
  async retry(): Promise<void> {
    if (this.path !== undefined) await this.load(this.path);
  }
}
