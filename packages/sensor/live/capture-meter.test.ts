/** What capture programs say: tcpdump 4.99.3 and dumpcap 4.0.17 as they were heard, and anything else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CaptureMeter, withoutAddresses } from './capture-meter.ts';

test('CaptureMeter: reads tcpdump from start to end', () => {
  const meter = new CaptureMeter();
  const kinds = [
    'tcpdump: listening on vb, link-type EN10MB (Ethernet), snapshot length 512 bytes',
    'tcpdump: 3 packets captured, 5 packets received by filter, 1 packet dropped by kernel',
    '1 packet captured',
    '8 packets received by filter',
    '2 packets dropped by kernel',
    '4 packets dropped by interface',
    'tcpdump: pcap_loop: The interface disappeared',
    '',
  ].map((line) => meter.take(line));
  assert.deepEqual(kinds, ['listening', ...Array.from({ length: 5 }, () => 'counters'), 'words', 'nothing']);
  assert.deepEqual(meter.reading, { captured: 1, received: 8, droppedByKernel: 2, droppedByInterface: 4 });
});

test('CaptureMeter: reads dumpcap from start to end', () => {
  const meter = new CaptureMeter();
  const kinds = [
    "Capturing on 'vb'",
    'File: -',
    'Packets: 1 Packets captured: 1',
    "Packets received/dropped on interface 'vb': 7/5 (pcap:2/dumpcap:3/flushed:0/ps_ifdrop:1) (58.3%)",
  ].map((line) => meter.take(line));
  assert.deepEqual(kinds, ['listening', 'nothing', 'nothing', 'counters']);
  assert.deepEqual(meter.reading, { captured: 7, received: 12, droppedByKernel: 5, droppedByInterface: 1 });
});

test('CaptureMeter: no line makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      const { captured } = (() => {
        const meter = new CaptureMeter();
        meter.take(line);
        return meter.reading;
      })();
      assert.ok(captured >= 0);
    }),
  );
});

test('withoutAddresses: nothing that could be an address stays', () => {
  assert.equal(
    withoutAddresses('dst net 192.0.2.0/24 or 2001:db8::1/64, fe80::1%eth0'),
    'dst net <address> or <address>, <address>',
  );
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      assert.ok(!withoutAddresses(`cannot use ${address}: no`).includes(address));
    }),
  );
});
