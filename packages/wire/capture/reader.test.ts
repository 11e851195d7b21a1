/** What holds for every format: chunking, damage, reading on from the middle. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ascii, join } from '../net/testing.ts';
import { describeFailure } from './failure.ts';
import { CaptureReader } from './reader.ts';
import { Blocks, erfRecord, packetOf, pcapHeader, pcapRecord, readAll } from './testing.ts';

const LITTLE = new Blocks(true);
const BIG = new Blocks(false);
const SIZES = [0, 1, 2, 3, 60, 61, 300];
const payload = (size: number): Uint8Array => new Uint8Array(size).fill(size);

const FILES: Readonly<Record<string, Uint8Array>> = {
  pcap: join(pcapHeader(), ...SIZES.map((size) => pcapRecord(payload(size)))),
  pcapng: join(
    LITTLE.section(),
    LITTLE.interface(1),
    ...SIZES.map((size) => LITTLE.enhanced(0, BigInt(size), payload(size))),
    LITTLE.block(0x0bad, payload(300)),
    BIG.section(),
    BIG.interface(1),
    BIG.interface(101, 0, BIG.option(9, [9])),
    ...SIZES.map((size) => BIG.enhanced(1, BigInt(size), payload(size))),
    BIG.statistics(0, BIG.option(5, BIG.u64(3n))),
  ),
  erf: join(...SIZES.map((size) => erfRecord(payload(size)))),
};

for (const [format, file] of Object.entries(FILES)) {
  const whole = readAll(file);

  describe(`CaptureReader: ${format}`, () => {
    test('reads everything, without failure', () => {
      assert.equal(whole.failure, undefined);
      assert.equal(whole.packets.length, format === 'pcapng' ? 2 * SIZES.length : SIZES.length);
    });

    test('any chunking and any size of buffer gives the same', () => {
      const chunks = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
      fc.assert(
        fc.property(chunks, fc.integer({ min: 1, max: 600 }), (sizes, bufferBytes) => {
          assert.deepEqual(readAll(file, sizes, new CaptureReader(bufferBytes)), whole);
        }),
      );
    });

    test('reads on identically from every packet', () => {
      const reader = new CaptureReader();
      reader.push(file);
      for (let index = 0; reader.next(); index++) {
        const { recordOffset, state } = reader;
        const rest = new CaptureReader(undefined, recordOffset, structuredClone(state));
        const { packets, failure } = readAll(file.subarray(recordOffset), [77], rest);
        assert.deepEqual(packets, whole.packets.slice(index));
        assert.equal(failure, undefined);
        assert.equal(rest.offset, file.length);
      }
    });

    test('cut anywhere: every packet before, then a failure at the cut record or a clean end', () => {
      for (let bytes = 0; bytes < file.length; bytes++) {
        const { packets, failure } = readAll(file.subarray(0, bytes));
        assert.deepEqual(packets, whole.packets.slice(0, packets.length));
        if (failure === undefined) continue;
        assert.ok(failure.offset <= bytes);
        assert.ok(['cut', 'empty', 'format'].includes(failure.kind), describeFailure(failure));
      }
    });

    test('changed anywhere: an end, no throw, and nothing invented before the change', () => {
      const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(changes, fc.integer({ min: 1, max: 500 }), (edits, size) => {
          const bytes = file.slice();
          for (const [at, value] of edits) bytes[at] = value;
          const reader = new CaptureReader();
          const { failure } = readAll(bytes, [size], reader);
          assert.equal(reader.isDone, true);
          if (failure !== undefined) assert.ok(failure.offset >= 0 && failure.offset <= bytes.length);
        }),
        { numRuns: 500 },
      );
    });
  });
}

test('CaptureReader: random bytes behind any magic end, without throwing', () => {
  const heads = [[], pcapHeader(), LITTLE.section(), join(BIG.section(), BIG.interface(1)), erfRecord([1])];
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), (head, tail) => {
      const reader = new CaptureReader(64);
      readAll(join(head, tail), [50], reader);
      assert.equal(reader.isDone, true);
    }),
    { numRuns: 2000 },
  );
});

describe('CaptureReader: what is no capture', () => {
  const failureOf = (bytes: Uint8Array): string => {
    const { failure } = readAll(bytes);
    return failure === undefined ? 'none' : describeFailure(failure);
  };
  test('nothing at all', () => assert.equal(failureOf(new Uint8Array(0)), 'the file is empty'));
  test('text', () => {
    const text = ascii('Not a capture, but a text that is long enough to hold a header.');
    assert.equal(failureOf(text), 'it is neither pcap, pcapng nor ERF (63 bytes looked at)');
  });
  test('a pcap header cut short', () => {
    assert.equal(failureOf(pcapHeader().subarray(0, 10)), 'the file ends inside its header: had 10 of 24 bytes');
  });
  test('a version that nobody has defined', () => {
    const header = pcapHeader();
    header[4] = 1;
    assert.equal(failureOf(header), 'unsupported format version (pcap version 1.4, 2.x is known)');
  });
  test('headers alone are whole captures without packets', () => {
    assert.equal(failureOf(pcapHeader()), 'none');
    assert.equal(failureOf(LITTLE.section()), 'none');
  });
});

test('CaptureReader: a record that claims more than the limit fails, what came before is kept', () => {
  const lying = pcapRecord([1]);
  lying[11] = 0x54;
  const before = join(pcapHeader(), pcapRecord([1, 2, 3]));
  const { packets, failure } = readAll(join(before, lying));
  assert.equal(packets.length, 1);
  assert.equal(
    failure && describeFailure(failure),
    `a record claims an impossible length at byte ${before.length}: 1409286145 captured bytes, limit 262144`,
  );
});

test('CaptureReader: memory stays at one buffer however long the stream is', () => {
  const reader = new CaptureReader();
  const record = pcapRecord(payload(1000));
  reader.push(pcapHeader());
  const { length } = reader.bytes;
  let packets = 0;
  for (let index = 0; index < 5000; index++) {
    reader.push(record);
    while (reader.next()) packets++;
  }
  assert.deepEqual([packets, reader.bytes.length], [5000, length]);
  assert.equal(reader.offset, 24 + 5000 * record.length);
});

test('CaptureReader: bytes may be read straight into its room', () => {
  const reader = new CaptureReader(100);
  const packets: unknown[] = [];
  const file = FILES.pcap;
  for (let at = 0; at < file.length; ) {
    const room = reader.room();
    const part = file.subarray(at, at + Math.min(room.length, 33));
    room.set(part);
    reader.filled(part.length);
    at += part.length;
    while (reader.next()) packets.push(packetOf(reader));
  }
  assert.deepEqual(packets, readAll(file).packets);
});
