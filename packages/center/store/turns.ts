/**
 * Who may write when. Some tasks go side by side, up to a limit and never two of one name; others need the place for themselves. All
 * begin in the order in which they were asked for.
 */
interface Waiting {
  /** Undefined: alone. */
  readonly name: string | undefined;
  readonly begin: () => void;
  readonly refuse: (error: Error) => void;
}

export class Turns {
  private readonly atOnceMax: number;
  private readonly waiting: Waiting[] = [];
  private readonly names = new Set<string>();
  private readonly idle: (() => void)[] = [];
  private isAlone = false;
  private over: Error | undefined;

  constructor(atOnceMax: number) {
    this.atOnceMax = atOnceMax;
  }

  /** Runs `task` beside others, but not beside one of the same name. Answers as it does. */
  beside<T>(name: string, task: () => Promise<T>): Promise<T> {
    return this.run(name, task);
  }

  /** Runs `task` when everything that was asked for before has ended, and nothing beside it. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.run(undefined, task);
  }

  /** From now on nothing begins: what waits, and what comes, rejects with the error. What is under way goes on. */
  end(error: Error): void {
    this.over ??= error;
    for (const { refuse } of this.waiting.splice(0)) refuse(error);
  }

  /** Resolves when nothing is under way; called after {@link end}. */
  async ended(): Promise<void> {
    while (this.isAlone || this.names.size > 0) {
      const turned = Promise.withResolvers<void>();
      this.idle.push(turned.resolve);
      await turned.promise;
    }
  }

  private async run<T>(name: string | undefined, task: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin, refuse) => {
      if (this.over !== undefined) throw this.over;
      this.waiting.push({ name, begin, refuse });
      this.next();
    });
    try {
      return await task();
    } finally {
      if (name === undefined) this.isAlone = false;
      else this.names.delete(name);
      this.next();
      for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  private next(): void {
    for (let first = this.waiting[0]; first !== undefined && this.admits(first); first = this.waiting[0]) {
      this.waiting.shift();
      if (first.name === undefined) this.isAlone = true;
      else this.names.add(first.name);
      first.begin();
    }
  }

  private admits({ name }: Waiting): boolean {
    if (this.isAlone) return false;
    return name === undefined ? this.names.size === 0 : this.names.size < this.atOnceMax && !this.names.has(name);
  }
}
