/**
 * Thrift compact protocol: the subset that Parquet's page headers and footer need, both ways.
 *
 *   field header   (id delta 1 … 15) << 4 | type           or  type, zigzag varint id
 *   list header    (size 0 … 14) << 4 | element type       or  0xf0 | element type, varint size
 *   integers       zigzag varint                            bool: in the field's type (1 true, 2 false)
 *   binary         varint length, bytes                     struct: fields, then a zero byte
 *
 * Integers are JavaScript numbers: safe integers or a failure. Maps and UUIDs do not occur in Parquet: a failure.
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

import { encodeUtf8 } from './utf8.ts';

const THRIFT_TRUE = 1;
const THRIFT_FALSE = 2;
const THRIFT_I8 = 3;
const THRIFT_I16 = 4;
export const THRIFT_I32 = 5;
export const THRIFT_I64 = 6;
const THRIFT_DOUBLE = 7;
export const THRIFT_BINARY = 8;
const THRIFT_LIST = 9;
const THRIFT_SET = 10;
export const THRIFT_STRUCT = 12;

/** Structs and lists within one another; Parquet's footer needs 9. */
export const THRIFT_DEPTH_MAX = 16;
/** Values of one message. One byte of input can become a hundred of memory: who reads from strangers bounds the bytes. */
export const THRIFT_VALUES_MAX = 8_000_000;

const VARINT_BYTES_MAX = 10;

/** Writes one struct into a buffer of its own. Fields of a struct go in ascending order of their ids. */
export class ThriftWriter {
  #bytes = new Uint8Array(128);
  #length = 0;
  #lastId = 0;

  bool(id: number, value: boolean): void {
    this.#field(id, value ? THRIFT_TRUE : THRIFT_FALSE);
  }

  i8(id: number, value: number): void {
    this.#field(id, THRIFT_I8);
    this.#byte(value & 0xff);
  }

  i32(id: number, value: number): void {
    this.#field(id, THRIFT_I32);
    this.integer(value);
  }

  i64(id: number, value: number): void {
    this.#field(id, THRIFT_I64);
    this.integer(value);
  }

  binary(id: number, value: Uint8Array): void {
    this.#field(id, THRIFT_BINARY);
    this.bytes(value);
  }

  string(id: number, value: string): void {
    this.binary(id, encodeUtf8(value));
  }

  struct(id: number, fields: () => void): void {
    this.#field(id, THRIFT_STRUCT);
    this.element(fields);
  }

  /** A list; `write` writes one element with `integer`, `bytes` or `element`, as `elementType` says. */
  list<T>(id: number, elementType: number, items: readonly T[], write: (item: T, index: number) => void): void {
    this.#field(id, THRIFT_LIST);
    if (items.length < 15) this.#byte((items.length << 4) | elementType);
    else {
      this.#byte(0xf0 | elementType);
      this.#varint(items.length);
    }
    items.forEach(write);
  }

  /** A struct as an element of a list. */
  element(fields: () => void): void {
    const outer = this.#lastId;
    this.#lastId = 0;
    fields();
    this.#byte(0);
    this.#lastId = outer;
  }

  /** An i32 or i64 as an element of a list. Throws RangeError unless a safe integer. */
  integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`Cannot write an integer: ${value} is not a safe integer`);
    if (value >= -0x40000000 && value < 0x40000000) this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
    else this.#varintBig(value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value));
  }

  /** Binary or string as an element of a list. */
  bytes(value: Uint8Array): void {
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Ends the outermost struct. Returns the writer's own memory: the writer must not be used afterwards. */
  finish(): Uint8Array {
    this.#byte(0);
    return this.#bytes.subarray(0, this.#length);
  }

  #field(id: number, type: number): void {
    const delta = id - this.#lastId;
    if (delta < 1 || delta > 15) throw new RangeError(`Cannot write field ${id} after field ${this.#lastId}`);
    this.#byte((delta << 4) | type);
    this.#lastId = id;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#byte(rest);
  }

  #varintBig(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** Why reading stopped, and at which byte of the input. */
export interface ThriftFailure {
  readonly reason: 'cut' | 'type' | 'integer' | 'field id' | 'depth' | 'values';
  readonly offset: number;
}

export type ThriftResult =
  | { readonly ok: true; readonly value: ThriftStruct; readonly end: number }
  | { readonly ok: false; readonly failure: ThriftFailure };

/**
 * Reads one struct that starts at `offset`; `end` is the offset after its last byte. Binary values are views on
 * `bytes`. Never throws; linear in the bytes read.
 */
export function readThrift(bytes: Uint8Array, offset = 0): ThriftResult {
  const reader = new ThriftReader(bytes, offset);
  const value = reader.struct(0);
  return reader.failure ? { ok: false, failure: reader.failure } : { ok: true, value, end: reader.at };
}

const EMPTY_STRUCT: ThriftStruct = new Map();

/** The first failure sticks: later reads return zeros and loops end, so no caller has to look in between. */
class ThriftReader {
  readonly #bytes: Uint8Array;
  at: number;
  failure: ThriftFailure | undefined;
  #values = 0;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.at = offset;
  }

  struct(depth: number): ThriftStruct {
    let head = this.#byte();
    if (head === 0) return EMPTY_STRUCT;
    const fields = new Map<number, ThriftValue>();
    for (let id = 0; head !== 0; head = this.#byte()) {
      id = head >> 4 === 0 ? this.#integer() : id + (head >> 4);
      // A second value for a field would be ambiguous.
      if (id < 0 || id > 0x7fff || fields.has(id)) this.#fail('field id');
      fields.set(id, this.#fieldValue(head & 15, depth + 1));
    }
    return fields;
  }

  /** A field's bool lies in its type; a list's takes a byte. */
  #fieldValue(type: number, depth: number): ThriftValue {
    if (type !== THRIFT_TRUE && type !== THRIFT_FALSE) return this.#value(type, depth);
    if (++this.#values > THRIFT_VALUES_MAX) this.#fail('values');
    return type === THRIFT_TRUE;
  }

  #value(type: number, depth: number): ThriftValue {
    if (depth > THRIFT_DEPTH_MAX) this.#fail('depth');
    if (++this.#values > THRIFT_VALUES_MAX) this.#fail('values');
    if (this.failure) return 0;
    switch (type) {
      case THRIFT_TRUE:
      case THRIFT_FALSE:
        return this.#byte() === THRIFT_TRUE;
      case THRIFT_I8:
        return (this.#byte() << 24) >> 24;
      case THRIFT_I16:
      case THRIFT_I32:
      case THRIFT_I64:
        return this.#integer();
      case THRIFT_DOUBLE:
        return this.#double();
      case THRIFT_BINARY:
        return this.#take(this.#length());
      case THRIFT_LIST:
      case THRIFT_SET:
        return this.#list(depth);
      case THRIFT_STRUCT:
        return this.struct(depth);
      default:
        this.#fail('type');
        return 0;
    }
  }

  #list(depth: number): readonly ThriftValue[] {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#length() : head >> 4;
    // Every element takes at least one byte.
    if (size > this.#bytes.length - this.at) this.#fail('cut');
    const items: ThriftValue[] = [];
    while (!this.failure && items.length < size) items.push(this.#value(head & 15, depth + 1));
    return items;
  }

  #double(): number {
    const eight = this.#take(8);
    return this.failure ? 0 : new DataView(eight.buffer, eight.byteOffset, 8).getFloat64(0, true);
  }

  #take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.at) this.#fail('cut');
    if (this.failure) return this.#bytes.subarray(0, 0);
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) this.#fail('cut');
    return this.failure ? 0 : this.#bytes[this.at++];
  }

  #length(): number {
    const length = this.#varint();
    if (length > 0xffffffffn) this.#fail('integer');
    return this.failure ? 0 : Number(length);
  }

  #integer(): number {
    const raw = this.#varint();
    const value = Number((raw >> 1n) ^ -(raw & 1n));
    if (!Number.isSafeInteger(value)) this.#fail('integer');
    return this.failure ? 0 : value;
  }

  #varint(): bigint {
    let value = 0n;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    this.#fail('integer');
    return 0n;
  }

  #fail(reason: ThriftFailure['reason']): void {
    this.failure ??= { reason, offset: this.at };
  }
}
