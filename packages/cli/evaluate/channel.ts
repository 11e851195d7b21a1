/** Things from one who makes them to one who takes them, in order; the maker waits while too many lie between them. */

/** So many wait before the maker does. */
const WAITING_MAX = 64;

export class Channel<Item> implements AsyncIterable<Item> {
  private readonly items: Item[] = [];
  private isEnded = false;
  private isAbandoned = false;
  private failure: { readonly error: unknown } | undefined;
  private wakeTaker: (() => void) | undefined;
  private wakeMaker: (() => void) | undefined;

  put(item: Item): void {
    if (this.isAbandoned) return;
    this.items.push(item);
    this.wakeTaker?.();
  }

  /** Resolves when few are waiting, or nobody wants them any more. */
  async drained(): Promise<void> {
    while (this.items.length > WAITING_MAX && !this.isAbandoned) {
      await new Promise<void>((resolve) => {
        this.wakeMaker = resolve;
      });
    }
  }

  end(): void {
    this.isEnded = true;
    this.wakeTaker?.();
  }

  /** What the taker is thrown, after the items before it. */
  fail(error: unknown): void {
    this.failure = { error };
    this.end();
  }

  /** Nobody takes any more: the maker need not wait. */
  abandon(): void {
    this.isAbandoned = true;
    this.items.length = 0;
    this.wakeMaker?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, void> {
    for (;;) {
      const item = this.items.shift();
      if (item !== undefined) {
        if (this.items.length <= WAITING_MAX) this.wakeMaker?.();
        yield item;
      } else if (this.isEnded) {
        if (this.failure !== undefined) throw this.failure.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.wakeTaker = resolve;
        });
      }
    }
  }
}
