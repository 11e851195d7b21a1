/**
 * Ours: SYN-ACKs that are a scan, not the answers of a victim (zmap/zmap module_tcp_synackscan.c). A victim answers from one port, or
 * few, to the random ports that the attacker forged; a scanner asks one port of ours on changing addresses, from many of its own.
 * The aspect is the port of ours. Where a victim and the forged port are both constant nothing can be told, and nothing is.
 */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import { PROTO_TCP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Detector } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { manyTargets, SYNACK_SOURCE_PORTS_MIN } from '../sources/decide.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FIGURES, HOURLY, LEFT_OUT, leftOut, portText, successionOf } from './common.ts';
import { FewDistinct } from './few-distinct.ts';
import { HINTS } from './hints.ts';
import { type Counting, WindowRun } from './window-run.ts';

const LIMITS = { sources: 2_000_000, keys: 2_000_000, things: 5_000_000, things_a_key: 16_384, scans: 10_000 };
const SYN_ACK_RST = TCP_SYN | TCP_ACK | TCP_RST;

/** SYN-ACKs of one port of ours; a row in which that port changed is no scan's. */
function counts(flows: FlowBatch, row: number): boolean {
  return (
    flows.class[row] === CLASS_BACKSCATTER &&
    flows.proto[row] === PROTO_TCP &&
    (flows.tcp_flags[row] & SYN_ACK_RST) === (TCP_SYN | TCP_ACK) &&
    flows.client_port_spread[row] === 0
  );
}

const counting: Counting = {
  window_minutes: 60,
  limits: LIMITS,
  counts,
  key: (flows, row) => (PROTO_TCP << 16) | flows.client_port_min[row],
  thing: (_flows, _row, target) => target,
  threshold: ({ exposure }) => manyTargets(exposure.addresses),
  aspect: portText,
  judge: ({ distinct, packets, beside, left_out }) =>
    beside < SYNACK_SOURCE_PORTS_MIN
      ? undefined
      : {
          confidence: successionOf(distinct),
          reasons: [{ code: 'one_port_many_targets', values: { targets: distinct } }, ...leftOut(left_out)],
          figures: { packets, targets: distinct, ports: 1 },
        },
  hints: true,
  beside: () => new FewDistinct(SYNACK_SOURCE_PORTS_MIN, (flows, row) => flows.service_port[row]),
};

export const synack: Detector = {
  ...HOURLY,
  id: 'scan/synack',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: 'SYN-ACK を用いたスキャン。攻撃の被害者ではない。',
    en: 'A scan with SYN-ACKs: no victim of an attack.',
  },
  references: [{ name: 'ZMap', where: 'zmap/zmap src/probe_modules/module_tcp_synackscan.c' }],
  reasons: {
    one_port_many_targets: {
      ja: '当方の同じポートへ、宛先を変えながら、多数の送信元ポートから。',
      en: 'To one port of changing addresses of ours, from four ports of its own or more.',
    },
    ...HINTS,
    ...LEFT_OUT,
  },
  figures: FIGURES,
  appliesTo: ({ exposure }) => exposure.addresses >= 2 || exposure.networks64 > 0,
  start: () => new WindowRun(counting),
  evidence: (of) => serviceEvidence(of, 'backscatter', 'client_port_min'),
};
