/** Reads big-endian numbers and counted stretches out of foreign bytes; past the end it reads 0 and stays `short`. */
export class Cursor {
  /** Something was asked for that is not there. */
  isShort = false;
  private readonly bytes: Uint8Array;
  private offset: number;
  private readonly end: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.bytes = bytes;
    this.offset = from;
    this.end = to;
  }

  get left(): number {
    return this.end - this.offset;
  }

  /** An unsigned number of 1 to 4 bytes. */
  number(size: 1 | 2 | 3 | 4): number {
    if (this.left < size) {
      this.isShort = true;
      this.offset = this.end;
      return 0;
    }
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + (this.bytes[this.offset++] ?? 0);
    return value;
  }

  /** The next `length` bytes; fewer, and `short`, when they are not there. Shares memory. */
  take(length: number): Uint8Array {
    if (length > this.left) this.isShort = true;
    const to = Math.min(this.offset + length, this.end);
    const taken = this.bytes.subarray(this.offset, to);
    this.offset = to;
    return taken;
  }

  /** What stands behind a length of `size` bytes. */
  counted(size: 1 | 2 | 3 | 4): Cursor {
    const length = this.number(size);
    return new Cursor(this.take(length));
  }

  /** The rest as numbers of two bytes each; an odd byte at the end is left out. */
  words(): number[] {
    const words: number[] = [];
    while (this.left >= 2) words.push(this.number(2));
    return words;
  }
}

/** Printable ASCII of bytes; what is not becomes `?`. At most `length_max` characters. */
export function asciiOf(bytes: Uint8Array, length_max: number): string {
  let text = '';
  for (const byte of bytes.subarray(0, length_max)) {
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?';
  }
  return text;
}
