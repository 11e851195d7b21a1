import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  readThrift,
  THRIFT_BINARY,
  THRIFT_DEPTH_MAX,
  THRIFT_I64,
  THRIFT_STRUCT,
  THRIFT_VALUES_MAX,
  type ThriftFailure,
  type ThriftStruct,
  type ThriftValue,
  ThriftWriter,
} from './thrift.ts';

const utf8 = new TextEncoder();

/** Trees as fast-check makes them: values of a struct in the order of their fields, gaps between the ids. */
type Tree = number | boolean | string | number[] | Tree[] | { gap: number; value: Tree }[];

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.string(),
    fc.array(fc.maxSafeInteger(), { maxLength: 40 }),
    fc.array(fc.record({ gap: fc.integer({ min: 1, max: 15 }), value: tie('tree') }), { maxLength: 20 }),
  ),
}));
const struct = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 15 }), value: tree }), { maxLength: 20 });

function isStruct(value: Tree): value is { gap: number; value: Tree }[] {
  return Array.isArray(value) && typeof value[0] === 'object';
}

function write(writer: ThriftWriter, id: number, value: Tree): void {
  if (typeof value === 'number') writer.i64(id, value);
  else if (typeof value === 'boolean') writer.bool(id, value);
  else if (typeof value === 'string') writer.string(id, value);
  else if (isStruct(value)) writer.struct(id, () => writeFields(writer, value));
  else writer.list(id, THRIFT_I64, value as number[], (item) => writer.integer(item));
}

function writeFields(writer: ThriftWriter, fields: readonly { gap: number; value: Tree }[]): void {
  let id = 0;
  for (const { gap, value } of fields) write(writer, (id += gap), value);
}

function expectedOf(fields: readonly { gap: number; value: Tree }[]): ThriftStruct {
  let id = 0;
  return new Map(fields.map(({ gap, value }) => [(id += gap), expectedValue(value)]));
}

function expectedValue(value: Tree): ThriftValue {
  if (typeof value === 'string') return utf8.encode(value);
  return isStruct(value) ? expectedOf(value) : (value as number);
}

test('ThriftWriter and readThrift: what is written is what is read', () => {
  fc.assert(
    fc.property(struct, (fields) => {
      const writer = new ThriftWriter();
      writeFields(writer, fields);
      const bytes = writer.finish();
      assert.deepEqual(readThrift(bytes), { ok: true, value: expectedOf(fields), end: bytes.length });
    }),
  );
});

test('readThrift gives a value or a failure for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const result = readThrift(bytes);
      assert.ok(result.ok ? result.end <= bytes.length : result.failure.offset <= bytes.length);
    }),
    { numRuns: 2_000 },
  );
});

test('readThrift reports every cut of a struct', () => {
  const writer = new ThriftWriter();
  writer.string(1, 'some text');
  writer.list(2, THRIFT_BINARY, ['a', 'b'], (item) => writer.bytes(utf8.encode(item)));
  writer.struct(4, () => writer.i64(1, -(2 ** 52)));
  const bytes = writer.finish();
  for (let length = 0; length < bytes.length; length++) {
    assert.deepEqual(failureOf(bytes.subarray(0, length)), 'cut', `cut at ${length}`);
  }
});

test('readThrift reads integers of both widths at their limits, and each type of field', () => {
  const limits = [0, -1, 2 ** 30, -(2 ** 30) - 1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  const writer = new ThriftWriter();
  writer.list(1, THRIFT_I64, limits, (item) => writer.integer(item));
  writer.i8(2, -3);
  assert.deepEqual(
    valueOf(writer.finish()),
    new Map<number, ThriftValue>([
      [1, limits],
      [2, -3],
    ]),
  );
  const half = [0x17, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f];
  assert.deepEqual(
    valueOf(Uint8Array.of(...half, 0x19, 0x21, 1, 2, 0)),
    new Map<number, ThriftValue>([
      [1, 0.5],
      [2, [true, false]],
    ]),
  );
  assert.deepEqual(valueOf(Uint8Array.of(0x05, 40, 2, 0)), new Map([[20, 1]]), 'a field id of its own');
});

test('readThrift refuses what it could only guess at', () => {
  assert.equal(failureOf(Uint8Array.of(0x1b, 0, 0)), 'type', 'a map');
  assert.equal(failureOf(Uint8Array.of(0x10, 0)), 'type', 'type 0');
  assert.equal(failureOf(Uint8Array.of(0x15, 0, 0x05, 2, 0, 0)), 'field id', 'a field twice');
  assert.equal(failureOf(Uint8Array.of(0x05, 1, 0, 0)), 'field id', 'a negative id');
  assert.equal(failureOf(Uint8Array.of(0x16, ...Array.from({ length: 7 }, () => 0xff), 0x7f, 0)), 'integer', '2⁵⁵');
  assert.equal(failureOf(Uint8Array.of(0x16, ...Array.from({ length: 10 }, () => 0x80), 0)), 'integer', '11 bytes');
  assert.equal(failureOf(Uint8Array.of(0x19, 0xf5, 0xff, 0xff, 0xff, 0x0f)), 'cut', 'a list longer than the bytes');
});

test('readThrift stops at THRIFT_DEPTH_MAX and THRIFT_VALUES_MAX', () => {
  const nested = (depth: number) =>
    Uint8Array.of(...new Array<number>(depth).fill(0x1c), ...new Array<number>(depth + 1).fill(0));
  assert.equal(failureOf(nested(THRIFT_DEPTH_MAX)), undefined);
  assert.equal(failureOf(nested(THRIFT_DEPTH_MAX + 1)), 'depth');
  const listOf = (size: number): Uint8Array => {
    const writer = new ThriftWriter();
    writer.list(1, THRIFT_STRUCT, new Array<number>(size).fill(0), () => writer.element(() => {}));
    return writer.finish();
  };
  assert.equal(failureOf(listOf(THRIFT_VALUES_MAX - 1)), undefined);
  assert.equal(failureOf(listOf(THRIFT_VALUES_MAX)), 'values');
});

test('ThriftWriter refuses fields out of order and integers that are none', () => {
  const writer = new ThriftWriter();
  writer.i32(2, 1);
  assert.throws(() => writer.i32(2, 1), RangeError);
  assert.throws(() => writer.i32(18, 1), RangeError);
  assert.throws(() => writer.i64(3, 0.5), /0.5 is not a safe integer/);
});

function failureOf(bytes: Uint8Array): ThriftFailure['reason'] | undefined {
  const result = readThrift(bytes);
  return result.ok ? undefined : result.failure.reason;
}

function valueOf(bytes: Uint8Array): ThriftStruct | undefined {
  const result = readThrift(bytes);
  return result.ok ? result.value : undefined;
}
