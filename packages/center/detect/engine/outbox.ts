/**
 * What is on its way to the ledger and the database: sent in order, one after the other, and each forgotten when it has arrived. When
 * somebody is away it stays, and nothing more is detected until it has gone: so nothing is lost, and nothing gathers.
 */
export interface Letter {
  /** Whose answers it brings; undefined: everybody's. */
  readonly detector: string | undefined;
  send(): Promise<void>;
  /** It will never arrive: what it brought is open again. */
  undo?(): void;
}

export class Outbox {
  private letters: Letter[] = [];

  add(letter: Letter): void {
    this.letters.push(letter);
  }

  /** Rejects with what the first letter that cannot be sent rejects with, or the signal's reason; it and those behind it stay. */
  async flush(signal: AbortSignal): Promise<void> {
    for (let first = this.letters[0]; first !== undefined; first = this.letters[0]) {
      signal.throwIfAborted();
      await first.send();
      this.letters.shift();
    }
  }

  get first(): Letter | undefined {
    return this.letters[0];
  }

  /** Gives up all letters of a detector. */
  drop(detector: string): void {
    for (const letter of this.letters) if (letter.detector === detector) letter.undo?.();
    this.letters = this.letters.filter((letter) => letter.detector !== detector);
  }
}
