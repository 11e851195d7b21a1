/**
 * Zeek's misc/scan, as it was until 2023: within five minutes 25 hosts on one port (Address_Scan), or 15 ports of one host
 * (Port_Scan). Zeek counts failed connections; to an address of a telescope all fail. Its five minutes begin when it starts, ours at
 * multiples of five. The aspect of an address scan is its port, that of a port scan is empty.
 */
import type { Detector, Run } from '../../detector.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FIGURES, FULFILLED, isPortProbe, LEFT_OUT, leftOut, portKey, portText } from './common.ts';
import { type Counting, WindowRun } from './window-run.ts';

const INTERVAL_MINUTES = 5;
const HOSTS_MIN = 25;
const PORTS_MIN = 15;
const LIMITS = { sources: 1_000_000, keys: 2_000_000, things: 4_000_000, things_a_key: 16_384, scans: 5000 };

const shared = { window_minutes: INTERVAL_MINUTES, limits: LIMITS, counts: isPortProbe };

const addressScan: Counting = {
  ...shared,
  key: portKey,
  thing: (_flows, _row, target) => target,
  threshold: () => HOSTS_MIN,
  aspect: portText,
  judge: ({ distinct, packets, left_out }) => ({
    confidence: 1,
    reasons: [{ code: 'address_scan', values: { hosts: distinct } }, ...leftOut(left_out)],
    figures: { packets, targets: distinct, ports: 1 },
  }),
};

const portScan: Counting = {
  ...shared,
  key: (_flows, _row, target) => target,
  thing: portKey,
  threshold: () => PORTS_MIN,
  aspect: () => '',
  judge: ({ keys, distinct, packets, left_out }) => ({
    confidence: 1,
    reasons: [{ code: 'port_scan', values: { ports: distinct } }, ...leftOut(left_out)],
    figures: { packets, targets: keys, ports: distinct },
  }),
};

function start(): Run {
  const runs = [new WindowRun(addressScan), new WindowRun(portScan)];
  return { step: (bin) => ({ sightings: runs.flatMap((run) => run.step(bin).sightings) }) };
}

export const zeek: Detector = {
  id: 'scan/zeek',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: 'Zeek misc/scan の定義: 5分間に一つのポートで25アドレス、または一つのアドレスで15ポート。',
    en: 'As Zeek’s misc/scan counted: 25 hosts on a port, or 15 ports of a host, in 5 minutes.',
  },
  references: [{ name: 'Zeek misc/scan', where: 'zeek/zeek scripts/policy/misc/scan.zeek (removed 2023-06)' }],
  confidence: FULFILLED,
  confirmed_at: 1,
  bin_minutes: INTERVAL_MINUTES,
  block_minutes: 60,
  warmup_minutes: 0,
  gap_minutes: 60,
  valid_days: 30,
  reasons: {
    address_scan: { ja: '一つのポートで25以上のアドレス。', en: '25 hosts or more on one port.' },
    port_scan: { ja: '一つのアドレスで15以上のポート。', en: '15 ports or more of one host.' },
    ...LEFT_OUT,
  },
  figures: FIGURES,
  appliesTo: () => true,
  start,
  evidence: (of) => serviceEvidence(of, 'probe'),
};
