/** Real captures of scanners, and what every packet of them carries. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { CaptureReader } from '../capture/reader.ts';
import { Packet } from '../net/packet.ts';
import { walk } from '../net/walk.ts';
import { CLASSES } from './class.ts';
import { classify, Verdict } from './classify.ts';
import { markNames } from './marks/index.ts';

/** How many packets of a capture have each class and set of marks. */
function survey(...path: readonly string[]): Record<string, number> {
  const reader = new CaptureReader();
  const packet = new Packet();
  const verdict = new Verdict();
  const counts: Record<string, number> = {};
  reader.push(readFileSync(sharedData('data', 'pcap', ...path)));
  reader.finish();
  while (reader.next()) {
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
    const key = [CLASSES[verdict.classCode].name, ...markNames(verdict.marks)].join(' ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  assert.equal(reader.failure, undefined);
  return counts;
}

const needsCapture = (...path: readonly string[]) => needs(sharedFile('data', 'pcap', ...path));

const ZMAP = ['scanner-recognition', 'zmap.pcap'];
test('ZMap before 4.0: every probe carries its mark, no answer does', needsCapture(...ZMAP), () => {
  // 28 RSTs that the scanner's own kernel sent, 14 SYN-ACKs, ARP, and one stray datagram.
  assert.deepEqual(survey(...ZMAP), { not_ip: 12, 'probe zmap zmap_2': 10_000, backscatter: 42, probe: 1 });
});

const MASSCAN = ['esnet', 'attacks', 'scanners', 'masscan', 'tcp_0_1000_20190821.pcap'];
test('masscan 1.0 on ports 0 … 1000: every probe carries its mark and version', needsCapture(...MASSCAN), () => {
  const counts = survey(...MASSCAN);
  const probes = Object.entries(counts).filter(([key]) => key.startsWith('probe'));
  assert.deepEqual(probes, [['probe masscan masscan_1_3', 1001]]);
});

const NPING = ['nping', 'tcpconnect_T1.cap'];
test('connections of nping are SYNs of the operating system: no mark', needsCapture(...NPING), () => {
  assert.ok(Object.keys(survey(...NPING)).every((key) => !key.includes(' ')));
});

const BACKSCATTER = ['masscan', 'data', 'afl-http.pcap'];
test('answers to masscan are backscatter without marks', needsCapture(...BACKSCATTER), () => {
  const counts = survey(...BACKSCATTER);
  assert.ok(counts.backscatter >= 2);
  assert.ok(Object.keys(counts).every((key) => !key.includes(' ')));
});
