/** Answers kept as long as what they were made of has not changed. */

interface Entry<T> {
  readonly version: number;
  readonly answer: Promise<T>;
}

/**
 * At most `most` answers, the least recently asked for leave first. An answer holds for one version of its question; the same
 * question asked again while it is being answered gets the same answer. A failure is not kept.
 */
export class Memo<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.entries.size;
  }

  /** The answer kept for this version, or what `make` makes of it. */
  get(key: string, version: number, make: () => Promise<T>): Promise<T> {
    return this.peek(key, version) ?? this.put(key, version, make());
  }

  /** The answer kept for this version. */
  peek(key: string, version: number): Promise<T> | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.version !== version) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.answer;
  }

  put(key: string, version: number, answer: Promise<T>): Promise<T> {
    const entry = { version, answer };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value ?? key);
    answer.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return answer;
  }
}
