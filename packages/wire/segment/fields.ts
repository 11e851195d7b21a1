/**
 * Fields of Thrift structs that must be there and of the right kind. The first failure sticks and keeps its path; from
 * then on reads give empty values, so that a decoder is a straight line and looks once, at its end.
 */

import type { ThriftStruct, ThriftValue } from './thrift.ts';
import { decodeUtf8 } from './utf8.ts';

const EMPTY_STRUCT: ThriftStruct = new Map();
const NO_BYTES = new Uint8Array(0);

export class FieldReader {
  /** Path of the first field that was missing or wrong. */
  failedPath: string | undefined;

  check(holds: boolean, path: string): void {
    if (!holds) this.failedPath ??= path;
  }

  /** A non-negative integer. */
  count(struct: ThriftStruct, id: number, path: string): number {
    return this.countOf(struct.get(id), path);
  }

  countOf(value: ThriftValue | undefined, path: string): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    this.check(false, path);
    return 0;
  }

  bytes(struct: ThriftStruct, id: number, path: string): Uint8Array {
    const value = struct.get(id);
    if (value instanceof Uint8Array) return value;
    this.check(false, path);
    return NO_BYTES;
  }

  text(struct: ThriftStruct, id: number, path: string): string {
    return this.textOf(struct.get(id), path);
  }

  textOf(value: ThriftValue | undefined, path: string): string {
    const text = value instanceof Uint8Array ? decodeUtf8(value) : undefined;
    this.check(text !== undefined, path);
    return text ?? '';
  }

  struct(outer: ThriftStruct | undefined, id: number, path: string): ThriftStruct {
    const value = outer?.get(id);
    if (value instanceof Map) return value;
    this.check(false, path);
    return EMPTY_STRUCT;
  }

  /** A list of at most `countMax` values; a list that is missing fails. */
  list(struct: ThriftStruct, id: number, countMax: number, path: string): readonly ThriftValue[] {
    const value = struct.get(id);
    if (Array.isArray(value) && value.length <= countMax) return value as readonly ThriftValue[];
    this.check(false, path);
    return [];
  }

  structs(struct: ThriftStruct, id: number, countMax: number, path: string): readonly ThriftStruct[] {
    const values = this.list(struct, id, countMax, path);
    if (values.every((value): value is ThriftStruct => value instanceof Map)) return values;
    this.check(false, path);
    return [];
  }
}
