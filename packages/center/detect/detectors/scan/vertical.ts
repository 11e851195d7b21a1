/**
 * Ours: one source asks few of our addresses for many ports within an hour. Eight are many: a client of mail, the commonest program
 * that asks one host for several, asks for seven; five are few, above that it is a horizontal scan of many ports (sources/decide.ts).
 * Neither depends on the size of the telescope. UDP 33434 … 33534 does not count: traceroute counts its ports up there.
 */
import { PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import type { Detector } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { FEW_TARGETS, PORTS_MIN } from '../sources/decide.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FIGURES, HOURLY, isPortProbe, LEFT_OUT, leftOut, portKey, successionOf } from './common.ts';
import { FewDistinct } from './few-distinct.ts';
import { HINTS } from './hints.ts';
import { type Counting, WindowRun } from './window-run.ts';

const LIMITS = {
  sources: 2_000_000,
  keys: 2_000_000,
  things: 5_000_000,
  things_a_key: 65_536,
  scans: 10_000,
  bySource: true,
};
const TRACEROUTE_PORT_MIN = 33_434;
const TRACEROUTE_PORT_MAX = 33_534;

function counts(flows: FlowBatch, row: number): boolean {
  if (!isPortProbe(flows, row)) return false;
  const port = flows.service_port[row];
  return flows.proto[row] !== PROTO_UDP || port < TRACEROUTE_PORT_MIN || port > TRACEROUTE_PORT_MAX;
}

const counting: Counting = {
  window_minutes: 60,
  limits: LIMITS,
  counts,
  key: () => 0,
  thing: portKey,
  threshold: () => PORTS_MIN,
  aspect: () => '',
  judge: ({ distinct, packets, beside, left_out }) =>
    beside > FEW_TARGETS
      ? undefined
      : {
          confidence: successionOf(distinct),
          reasons: [{ code: 'many_ports', values: { ports: distinct } }, ...leftOut(left_out)],
          figures: { packets, targets: beside, ports: distinct },
        },
  hints: true,
  beside: () => new FewDistinct(FEW_TARGETS + 1, (_flows, _row, target) => target),
};

export const vertical: Detector = {
  ...HOURLY,
  id: 'scan/vertical',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: '一つの送信元が1時間のうちに、当方の少数のアドレスの多数のポートを調べた。',
    en: 'One source asks few of our addresses for many ports within an hour.',
  },
  references: [
    { name: 'Zeek misc/scan', where: 'Port scan: distinct ports of one host' },
    { name: 'ncsa/bro-simple-scan', where: 'Port_Scan' },
  ],
  reasons: {
    many_ports: { ja: '5以下の宛先で8以上のポート。', en: 'Eight ports or more, of five targets or fewer.' },
    ...HINTS,
    ...LEFT_OUT,
  },
  figures: FIGURES,
  appliesTo: () => true,
  start: () => new WindowRun(counting),
  evidence: (of) => serviceEvidence(of, 'probe'),
};
