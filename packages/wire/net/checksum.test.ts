import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addBytes, addWord, checksum, finish, pseudoIpv4 } from './checksum.ts';
import { hex, viewOf } from './testing.ts';

test('checksum: the example of RFC 1071 §3', () => {
  const view = viewOf(hex('0001 f203 f4f5 f6f7'));
  assert.equal(finish(addBytes(view, 0, 8, 0)), ~0xddf2 & 0xffff);
});

test('checksum: an IPv4 header with its checksum sums to 0', () => {
  assert.equal(checksum(viewOf(hex('45000073 00004000 4011b861 c0a80001 c0a800c7')), 0, 20), 0);
});

test('checksum: an odd last byte is the high half', () => {
  assert.equal(checksum(viewOf(hex('0102 03')), 0, 3), checksum(viewOf(hex('0102 0300')), 0, 4));
});

test('pseudoIpv4: UDP with its checksum sums to 0', () => {
  const udp = hex('0035 8000 000a 0000 6869');
  const sum = (view: DataView): number => addBytes(view, 0, 10, pseudoIpv4(0x0a000001, 0xc0a80001 | 0, 17, 10));
  viewOf(udp).setUint16(6, finish(sum(viewOf(udp))));
  assert.equal(finish(sum(viewOf(udp))), 0);
});

test('addWord: signed and unsigned alike', () => {
  fc.assert(fc.property(fc.integer(), (word) => assert.equal(addWord(5, word), addWord(5, word >>> 0))));
});

test('finish: folds sums of any size as repeated addition would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 500 }), (halves) => {
      const folded = halves.reduce((sum, half) => (sum + half > 0xffff ? sum + half - 0xffff : sum + half), 0);
      const whole = halves.reduce((sum, half) => sum + half, 0);
      assert.equal(finish(whole), ~folded & 0xffff);
    }),
  );
});
