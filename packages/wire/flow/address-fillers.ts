/** Columns of addresses. IPv4 takes four bytes, the IPv6 ones among them sixteen (segment/delta.ts). */
import type { ColumnData } from '../segment/parquet.ts';
import type { Filler } from './filler.ts';
import * as row from './row.ts';
import { takeAddress } from './row-address.ts';
import type { RowStore } from './row-store.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { META, META_IPV6, QUOTE, ROW_WORDS } = row;

/** `::ffff:` */
const V4_MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const SCRATCH = new Int32Array(4);

export class AddressFiller implements Filler {
  private readonly word: number;
  private tails = new Uint32Array(0);
  private ipv6Rows = new Uint32Array(0);
  private ipv6Count = 0;
  /** Their addresses, in network order. */
  private wholes = new Int32Array(0);

  constructor(word: number) {
    this.word = word;
  }

  reserve(rows: number): void {
    this.tails = new Uint32Array(rows);
    this.ipv6Rows = new Uint32Array(rows);
  }

  fill({ words, addresses }: RowStore, from: number, to: number): void {
    const { tails, ipv6Rows, word } = this;
    for (let index = from, at = from * ROW_WORDS + word; index < to; index++, at += ROW_WORDS) {
      tails[index] = bigEndian(words[at]);
    }
    let found = from === 0 ? 0 : this.ipv6Count;
    if (addresses.count > 0) {
      for (let index = from; index < to; index++) {
        if ((words[index * ROW_WORDS + META] & META_IPV6) !== 0) ipv6Rows[found++] = index;
      }
    }
    this.ipv6Count = found;
  }

  data(store: RowStore): ColumnData {
    const data = { kind: 'tails', prefix: V4_MAPPED_PREFIX, tails: new Uint8Array(this.tails.buffer) } as const;
    if (this.ipv6Count === 0) return data;
    const whole = this.ipv6Rows.subarray(0, this.ipv6Count);
    if (this.wholes.length < whole.length * 4) this.wholes = new Int32Array(whole.length * 8);
    const { wholes } = this;
    for (let number = 0; number < whole.length; number++) {
      takeAddress(SCRATCH, store, whole[number], this.word);
      for (let part = 0; part < 4; part++) wholes[number * 4 + part] = bigEndian(SCRATCH[part]);
    }
    return { ...data, whole, wholes: new Uint8Array(wholes.buffer, 0, whole.length * 16) };
  }
}

/** The word whose bytes in memory are those of `value` in network order: segments are written on little-endian machines only. */
function bigEndian(value: number): number {
  return (value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24);
}

function putWords(view: DataView, at: number, words: Int32Array, from: number): void {
  for (let part = 0; part < 4; part++) view.setInt32(at + part * 4, words[from + part]);
}

interface QuoteColumns {
  readonly quoted_dst: ColumnData;
  readonly quoted_proto: ColumnData;
  readonly quoted_port: ColumnData;
}

const NO_QUOTES: QuoteColumns = {
  quoted_dst: { kind: 'constant', value: null },
  quoted_proto: { kind: 'constant', value: 0 },
  quoted_port: { kind: 'constant', value: 0 },
};

/** The three columns of quoted victims, made together. Most stores have none, and then they cost nothing. */
export function quoteColumns(store: RowStore): QuoteColumns {
  const { words, quotes, count } = store;
  if (quotes.count === 0) return NO_QUOTES;
  const rows: number[] = [];
  const protocols = new Uint8Array(count);
  const ports = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    const number = words[index * ROW_WORDS + QUOTE];
    if (number === 0) continue;
    const last = quotes.words[(number - 1) * 5 + 4];
    rows.push(index);
    protocols[index] = last >>> 16;
    ports[index] = last;
  }
  // Quotes of packets that no row is for yet have numbers, too.
  if (rows.length === 0) return NO_QUOTES;
  return {
    quoted_dst: { kind: 'values', values: quotedAddresses(store, rows), present: { rows: Uint32Array.from(rows) } },
    quoted_proto: { kind: 'values', values: protocols },
    quoted_port: { kind: 'values', values: ports },
  };
}

function quotedAddresses({ words, quotes }: RowStore, rows: readonly number[]): Uint8Array {
  const addresses = new Uint8Array(rows.length * 16);
  const view = new DataView(addresses.buffer);
  for (const [position, index] of rows.entries()) {
    putWords(view, position * 16, quotes.words, (words[index * ROW_WORDS + QUOTE] - 1) * 5);
  }
  return addresses;
}
