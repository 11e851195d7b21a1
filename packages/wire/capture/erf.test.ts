import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ascii, join, viewOf } from '../net/testing.ts';
import { erfRecord, readAll } from './testing.ts';

test('ERF: Ethernet behind its alignment, padding left out, time to the nanosecond', () => {
  const file = join(erfRecord([1, 2, 3], { fraction: 0x8000_0000 }), erfRecord([4]));
  const { packets, failure } = readAll(file);
  assert.equal(failure, undefined);
  assert.deepEqual(packets[0], {
    link: 1,
    seconds: 1_700_000_000,
    nanoseconds: 500_000_000,
    wireBytes: 3,
    bytes: [1, 2, 3],
  });
  assert.equal(packets.length, 2);
});

test('ERF: the last fraction of a second is carried', () => {
  const [packet] = readAll(
    join(erfRecord([1], { seconds: 9, fraction: 0xffff_ffff }), erfRecord([1], { seconds: 9 })),
  ).packets;
  assert.deepEqual([packet.seconds, packet.nanoseconds], [10, 0]);
});

test('ERF: link types of its record types', () => {
  const links = [2, 11, 16, 1, 22, 23].map((type) => {
    // Types with Ethernet inside have two bytes of alignment, which erfRecord writes for type 2 only.
    const payload = type === 11 || type === 16 ? [0, 0, 1] : [1];
    const [packet] = readAll(join(erfRecord(payload, { type }), erfRecord([1]))).packets;
    return packet.link;
  });
  assert.deepEqual(links, [1, 1, 1, 104, 228, 229]);
});

test('ERF: padding and unknown records hold no packet; losses are counted', () => {
  const packet = erfRecord([1], { lost: 2 });
  const padding = erfRecord([2], { type: 48 });
  const file = join(packet, padding, packet, packet, erfRecord([3], { type: 40, lost: 5 }));
  const { packets, dropped } = readAll(file);
  assert.deepEqual([packets.length, dropped], [3, 11]);
});

test('ERF: extension headers are passed over, and must fit', () => {
  const record = erfRecord([1, 2, 3, 4]);
  const extended = join(record.subarray(0, 16), [0x80, 0, 0, 0, 0, 0, 0, 0], new Uint8Array(8), record.subarray(16));
  extended[8] |= 0x80;
  viewOf(extended).setUint16(10, extended.length);
  assert.deepEqual(readAll(join(extended, record)).packets[0].bytes, [1, 2, 3, 4]);
  extended[24] = 0x80;
  extended[32] = 0x80;
  const { failure } = readAll(join(record, record, record, record, extended));
  assert.deepEqual([failure?.kind, failure?.offset], ['record', 4 * record.length]);
});

test('ERF: a record that is none, or is cut, fails at its offset', () => {
  const record = erfRecord([1, 2, 3, 4]);
  const four = join(record, record, record, record);
  const none = readAll(join(four, new Uint8Array(16)));
  assert.deepEqual([none.packets.length, none.failure?.kind, none.failure?.offset], [4, 'record', four.length]);
  const cut = readAll(join(four, record.subarray(0, 20)));
  assert.deepEqual([cut.packets.length, cut.failure?.kind, cut.failure?.offset], [4, 'cut', four.length]);
});

test('ERF: a text with a plausible type and length is none', () => {
  const { failure } = readAll(ascii('The spac 9ed out words of a text that goes on and on. '.repeat(100)));
  assert.equal(failure?.kind, 'format');
});

test('ERF: what is recognised does not depend on the pieces', () => {
  const file = join(erfRecord(new Uint8Array(60_000)), erfRecord([1]), erfRecord([2]), new Uint8Array(40_000));
  assert.deepEqual(readAll(file, [1000]), readAll(file));
});
