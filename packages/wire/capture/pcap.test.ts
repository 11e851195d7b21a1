import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { join, viewOf } from '../net/testing.ts';
import { readPcapHeader, writePcapHeader } from './pcap.ts';
import { pcapHeader, pcapRecord, readAll } from './testing.ts';

describe('pcap: both byte orders, micro- and nanoseconds', () => {
  for (const littleEndian of [true, false]) {
    for (const unit_ns of [1, 1000] as const) {
      test(`${littleEndian ? 'little' : 'big'} endian, ${unit_ns} ns`, () => {
        const record = pcapRecord([1, 2, 3], {
          littleEndian,
          seconds: 4_000_000_000,
          fraction: 999_999,
          wireBytes: 90,
        });
        const { packets, failure } = readAll(join(pcapHeader({ littleEndian, unit_ns, link: 101 }), record));
        const nanoseconds = 999_999 * unit_ns;
        assert.equal(failure, undefined);
        assert.deepEqual(packets, [
          { link: 101, seconds: 4_000_000_000, nanoseconds, wireBytes: 90, bytes: [1, 2, 3] },
        ]);
      });
    }
  }
});

test('pcap: header written is header read', () => {
  const fields = {
    littleEndian: fc.boolean(),
    unit_ns: fc.constantFrom(1, 1000),
    link: fc.nat(0xffff),
    snapBytes: fc.nat(),
  };
  fc.assert(
    fc.property(fc.record(fields, { noNullPrototype: true }), (format) => {
      const view = new DataView(new ArrayBuffer(24));
      writePcapHeader(view, 0, format);
      const { littleEndian, unit_ns, link, snapBytes, major, minor } = readPcapHeader(view, 0);
      assert.deepEqual({ littleEndian, unit_ns, link, snapBytes }, format);
      assert.deepEqual([major, minor], [2, 4]);
    }),
  );
});

test('pcap: records written are packets read', () => {
  const record = fc.record({
    bytes: fc.array(fc.nat(255), { maxLength: 40 }),
    seconds: fc.nat(0xffff_ffff),
    fraction: fc.nat(999_999),
    more: fc.nat(1000),
  });
  fc.assert(
    fc.property(fc.boolean(), fc.array(record), (littleEndian, records) => {
      const parts = records.map(({ bytes, seconds, fraction, more }) =>
        pcapRecord(bytes, { littleEndian, seconds, fraction, wireBytes: bytes.length + more }),
      );
      const { packets } = readAll(join(pcapHeader({ littleEndian }), ...parts));
      const expected = records.map(({ bytes, seconds, fraction, more }) => ({
        link: 1,
        seconds,
        nanoseconds: fraction * 1000,
        wireBytes: bytes.length + more,
        bytes,
      }));
      assert.deepEqual(packets, expected);
    }),
  );
});

test('pcap: the high bits of the link type hold the check sequence’s length', () => {
  const header = pcapHeader({ link: 1 });
  viewOf(header).setUint32(20, 0x3000_0001, true);
  assert.equal(readAll(join(header, pcapRecord([1]))).packets[0].link, 1);
});

test('pcap: a fraction of a second and more is carried', () => {
  const [packet] = readAll(join(pcapHeader(), pcapRecord([1], { seconds: 5, fraction: 2_500_000 }))).packets;
  assert.deepEqual([packet.seconds, packet.nanoseconds], [7, 500_000_000]);
});

test('pcap: Kuznetsov’s records have 24 bytes of header', () => {
  const header = pcapHeader();
  viewOf(header).setUint32(0, 0xa1b2cd34, true);
  const modified = (payload: readonly number[]): Uint8Array => {
    const plain = pcapRecord(payload);
    return join(plain.subarray(0, 16), new Uint8Array(8), plain.subarray(16));
  };
  const { packets } = readAll(join(header, modified([1, 2]), modified([3])));
  assert.deepEqual(
    packets.map(({ bytes }) => bytes),
    [[1, 2], [3]],
  );
});

describe('pcap: versions that swap the lengths', () => {
  const file = (major: number, minor: number, captured: number, wire: number): Uint8Array => {
    const header = pcapHeader();
    viewOf(header).setUint16(4, major, true);
    viewOf(header).setUint16(6, minor, true);
    const record = pcapRecord([1, 2, 3]);
    viewOf(record).setUint32(8, captured, true);
    viewOf(record).setUint32(12, wire, true);
    return join(header, record);
  };
  const lengths = (bytes: Uint8Array): number[] => {
    const [packet] = readAll(bytes).packets;
    return [packet.bytes.length, packet.wireBytes];
  };
  test('2.2 always', () => assert.deepEqual(lengths(file(2, 2, 60, 3)), [3, 60]));
  test('543.0 always', () => assert.deepEqual(lengths(file(543, 0, 60, 3)), [3, 60]));
  test('2.3 when the first is the larger', () => assert.deepEqual(lengths(file(2, 3, 60, 3)), [3, 60]));
  test('2.3 else not', () => assert.deepEqual(lengths(file(2, 3, 3, 60)), [3, 60]));
  test('2.4 never', () => assert.deepEqual(lengths(file(2, 4, 3, 2)), [3, 2]));
});
