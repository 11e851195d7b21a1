/** Bytes on their way out: a buffer that hands on what it has when it is full. */

/** Largest piece that is written at once; a single {@link ByteSink.reserve} may ask for no more. */
export const PIECE_BYTES_MAX = 1 << 20;

export class ByteSink {
  readonly bytes = new Uint8Array(PIECE_BYTES_MAX);
  readonly data = new DataView(this.bytes.buffer);
  /** Where the next byte goes: a writer reserves, writes from here, and moves it. */
  at = 0;
  private readonly write: (piece: Uint8Array) => void;

  /** @param write takes a piece; it is good only until it returns */
  constructor(write: (piece: Uint8Array) => void) {
    this.write = write;
  }

  /** Makes room for so many bytes from {@link at} on. */
  reserve(count: number): void {
    if (this.at + count > PIECE_BYTES_MAX) this.flush();
  }

  /** Writes text that has ASCII characters only. */
  text(text: string): void {
    for (let from = 0; from < text.length; from += PIECE_BYTES_MAX) {
      const part = Math.min(text.length - from, PIECE_BYTES_MAX);
      this.reserve(part);
      for (let index = 0; index < part; index++) this.bytes[this.at++] = text.charCodeAt(from + index);
    }
  }

  /** Writes bytes of any length. */
  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES_MAX) {
      const part = bytes.subarray(from, from + PIECE_BYTES_MAX);
      this.reserve(part.length);
      this.bytes.set(part, this.at);
      this.at += part.length;
    }
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.at > 0) this.write(this.bytes.subarray(0, this.at));
    this.at = 0;
  }
}
