/**
 * Columns out of ClickHouse's format Native, into typed arrays: no object and no text per row.
 *
 *   block   varint columns, varint rows, then per column: name and type (varint length, bytes), values
 *   values  UInt8 … UInt32, Float64   little-endian, side by side
 *           IPv6                      16 bytes each, in network order
 *           String                    varint length, bytes
 *           LowCardinality(String)    see `names`
 *
 * Source: https://clickhouse.com/docs/interfaces/formats/Native; for LowCardinality
 * src/DataTypes/Serializations/SerializationLowCardinality.cpp (keys version 1).
 */

export type Column =
  | { readonly kind: 'numbers'; readonly values: Uint8Array | Uint16Array | Uint32Array | Float64Array }
  /** Four words a row, most significant first. */
  | { readonly kind: 'addresses'; readonly words: Uint32Array }
  /** The text of row i: `bytes` from `ends[i - 1]` (0 for the first) to `ends[i]`. */
  | { readonly kind: 'strings'; readonly bytes: Uint8Array; readonly ends: Uint32Array }
  /** The text of row i: `entries[places[i]]`. */
  | { readonly kind: 'names'; readonly places: Uint32Array; readonly entries: readonly string[] };

export interface Block {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

const COLUMNS_MAX = 256;
const ROWS_MAX = 2 ** 27;

/** Blocks in their order. Throws RangeError when the bytes are none. */
export function readNative(bytes: Uint8Array<ArrayBuffer>): Block[] {
  const reader = new Reader(bytes);
  const blocks: Block[] = [];
  while (!reader.isAtEnd) {
    const count = reader.varint(COLUMNS_MAX);
    const rows = reader.varint(ROWS_MAX);
    const columns = new Map<string, Column>();
    for (let column = 0; column < count; column++) {
      const name = reader.text();
      columns.set(name, reader.column(reader.text(), rows));
    }
    if (rows > 0) blocks.push({ rows, columns });
  }
  return blocks;
}

const DECODER = new TextDecoder();
/** Whether dictionaries come with the block, as format Native has them; a global one would come in front. */
const GLOBAL_DICTIONARY = 0x100;
const ADDITIONAL_KEYS = 0x200;

class Reader {
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(most: number): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.take(1)];
      value += (byte & 127) * scale;
      if (value > most) throw new RangeError(`Cannot read the rows: ${value} at byte ${this.at} is more than ${most}`);
      if (byte < 128) return value;
    }
  }

  text(): string {
    const length = this.varint(this.bytes.length);
    const at = this.take(length);
    return DECODER.decode(this.bytes.subarray(at, at + length));
  }

  column(type: string, rows: number): Column {
    switch (type) {
      case 'UInt8':
        return { kind: 'numbers', values: new Uint8Array(this.copy(rows)) };
      case 'UInt16':
        return { kind: 'numbers', values: new Uint16Array(this.copy(rows * 2)) };
      case 'UInt32':
        return { kind: 'numbers', values: new Uint32Array(this.copy(rows * 4)) };
      case 'Float64':
        return { kind: 'numbers', values: new Float64Array(this.copy(rows * 8)) };
      case 'IPv6':
        return { kind: 'addresses', words: this.words(rows * 4) };
      case 'String':
        return this.strings(rows);
      case 'LowCardinality(String)':
        return this.names(rows);
      default:
        throw new RangeError(`Cannot read the rows: columns of type ${type} are not known`);
    }
  }

  /** Where `length` bytes begin, which are then behind us. */
  private take(length: number): number {
    const { at } = this;
    if (length > this.bytes.length - at) throw new RangeError(`Cannot read the rows: they end at byte ${at}`);
    this.at = at + length;
    return at;
  }

  private copy(length: number): ArrayBuffer {
    const at = this.bytes.byteOffset + this.take(length);
    return this.bytes.buffer.slice(at, at + length);
  }

  private words(count: number): Uint32Array {
    const at = this.take(count * 4);
    const words = new Uint32Array(count);
    for (let word = 0; word < count; word++) words[word] = this.view.getUint32(at + word * 4);
    return words;
  }

  private strings(rows: number): Column {
    // A row takes at least the byte of its length.
    if (rows > this.bytes.length - this.at) throw new RangeError(`Cannot read the rows: they end at byte ${this.at}`);
    const ends = new Uint32Array(rows);
    const start = this.at;
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const length = this.varint(this.bytes.length);
      this.take(length);
      total += length;
      ends[row] = total;
    }
    const bytes = new Uint8Array(total);
    this.at = start;
    for (let row = 0, to = 0; row < rows; row++) {
      const length = this.varint(this.bytes.length);
      const at = this.take(length);
      if (length > 0) bytes.set(this.bytes.subarray(at, at + length), to);
      to += length;
    }
    return { kind: 'strings', bytes, ends };
  }

  /** u64 version; u64 flags with the width of places; u64 entries, the entries; u64 rows, a place each. */
  private names(rows: number): Column {
    if (rows === 0) return { kind: 'names', places: new Uint32Array(0), entries: [] };
    const version = this.number64();
    if (version !== 1) throw new RangeError(`Cannot read the rows: dictionaries of version ${version} are not known`);
    const flags = this.number64();
    if ((flags & GLOBAL_DICTIONARY) !== 0 || (flags & ADDITIONAL_KEYS) === 0) {
      throw new RangeError('Cannot read the rows: a dictionary does not come with its block');
    }
    const count = this.number64();
    if (count > this.bytes.length) throw new RangeError(`Cannot read the rows: ${count} names`);
    const entries = Array.from({ length: count }, () => this.text());
    const places = this.number64();
    if (places !== rows) throw new RangeError(`Cannot read the rows: ${places} names for ${rows} rows`);
    return { kind: 'names', places: this.places(flags & 0xff, rows, count), entries };
  }

  private places(width: number, rows: number, count: number): Uint32Array {
    if (width > 2) throw new RangeError(`Cannot read the rows: places of kind ${width} are not known`);
    const numbers = [Uint8Array, Uint16Array, Uint32Array][width];
    const places = Uint32Array.from(new numbers(this.copy(rows << width)));
    for (let row = 0; row < rows; row++) {
      if (places[row] >= count) throw new RangeError(`Cannot read the rows: name ${places[row]} of ${count}`);
    }
    return places;
  }

  private number64(): number {
    const at = this.take(8);
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 2 ** 32;
  }
}
