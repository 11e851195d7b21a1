/**
 * Two-phase scanners: a first packet without a connection behind it asks who answers, and whoever does gets a second, real connection.
 * Only where sensors answer (noroshi respond); elsewhere the second never comes.
 *
 * Spoki (arXiv 2110.05160) takes a first SYN for stateless when it is irregular: IP ID 54321, TTL above 200, or no TCP options. ZMap since
 * 4.1 and nmap send none of these. Here the two packets are held against each other: within ten minutes one source opens the same
 * service of the same address with two different stacks (options, window, distance to its TTL), and then talks. A stack that is the
 * same twice is a retransmission or a patient client, whatever it looks like.
 *
 * Rows gather what one source sends to one service in a minute under the same marks, and keep the first packet's stack: two unmarked
 * stacks within one minute are seen as one, and missed.
 */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { PROTO_TCP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK } from '@noroshi/wire/net/tcp.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import type { Detector, Run, Seen } from '../../detector.ts';
import { NOTHING_SEEN } from '../../detector.ts';
import type { Bin, FlowBatch } from '../../flow-batch.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { AddressTable, NONE, PairTable } from '../sources/tables.ts';
import { FIGURES, isSynProbe, LEFT_OUT, leftOut, portText, successionOf } from './common.ts';

const STRAY = CLASSES.findIndex(({ name }) => name === 'stray');
/** Half of the time in which a second stack counts: what is older than two of them is forgotten. Spoki waits 600 s. */
const SPAN_MINUTES = 5;
/** Openings of half a window that are kept: about 60 MB. */
const OPENINGS_MAX = 1_000_000;
const SOURCES_MAX = 500_000;
/** Sightings of a minute. */
const SIGHTINGS_MAX = 1000;
const MINUTE_MS = 60_000;
/** Bits of an opening: its first stack, and whether another one came. */
const SECOND = 0x8000_0000;

/** Who opened what with which stack, in half a window. */
class Openings {
  readonly began: number;
  left_out = 0;
  private readonly sources = new AddressTable(SOURCES_MAX);
  private readonly targets = new AddressTable(SOURCES_MAX);
  /** (source, target) → place; (place, port) → opening. */
  private readonly pairs = new PairTable(OPENINGS_MAX);
  private readonly openings = new PairTable(OPENINGS_MAX);
  private readonly stacks = new Uint32Array(OPENINGS_MAX);

  constructor(began: number) {
    this.began = began;
  }

  /** Number of the row's opening; {@link NONE} when there is no room. */
  private add(flows: FlowBatch, row: number): number {
    const source = this.sources.add(flows.src, row * 4);
    const target = this.targets.add(flows.dst, row * 4);
    const pair = source === NONE || target === NONE ? NONE : this.pairs.add(source, target);
    return pair === NONE ? NONE : this.openings.add(pair, flows.service_port[row]);
  }

  /** The stack that was first, with {@link SECOND} when there was another; 0 for none. */
  stackOf(flows: FlowBatch, row: number): number {
    const source = this.sources.find(flows.src, row * 4);
    const target = source === NONE ? NONE : this.targets.find(flows.dst, row * 4);
    const pair = target === NONE ? NONE : this.pairs.find(source, target);
    const opening = pair === NONE ? NONE : this.openings.find(pair, flows.service_port[row]);
    return opening === NONE ? 0 : this.stacks[opening];
  }

  note(flows: FlowBatch, row: number, stack: number, earlier: number): void {
    const opening = this.add(flows, row);
    if (opening === NONE) {
      this.left_out++;
      return;
    }
    const known = this.stacks[opening] === 0 ? earlier : this.stacks[opening];
    if (known === 0) this.stacks[opening] = stack;
    else this.stacks[opening] = (known & ~SECOND) === stack ? known : known | SECOND;
  }
}

/** 31 bits, never 0, of what a stack does whoever it talks to; TTL by the powers of two from which stacks count down. */
function stackOf(flows: FlowBatch, row: number): number {
  const ttl = flows.ttl_max[row];
  const start = ttl <= 32 ? 0 : ttl <= 64 ? 1 : ttl <= 128 ? 2 : 3;
  let hash = flows.tcp_window_first[row] ^ (start << 16);
  const options = flows.optionTexts[flows.tcp_options_first[row]] ?? '';
  for (let at = 0; at < options.length; at++) hash = Math.imul(hash ^ options.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) & 0x7fff_ffff) | 1;
}

interface Talk {
  readonly source: string;
  readonly port: number;
  readonly targets: Set<string>;
  packets: number;
  first_us: number;
  last_us: number;
}

class TwoPhase implements Run {
  private now = new Openings(0);
  private before = new Openings(0);

  step({ minute_ms, flows }: Bin): Seen {
    this.turn(Math.floor(minute_ms / MINUTE_MS / SPAN_MINUTES));
    for (let row = 0; row < flows.rows; row++) {
      if (!isSynProbe(flows, row)) continue;
      this.now.note(flows, row, stackOf(flows, row), this.before.stackOf(flows, row));
    }
    const talks = this.talksOf(flows);
    if (talks.size === 0) return NOTHING_SEEN;
    return { sightings: this.sightingsOf(minute_ms, [...talks.values()]) };
  }

  private turn(span: number): void {
    if (span === this.now.began) return;
    this.before = span === this.now.began + 1 ? this.now : new Openings(span - 1);
    this.now = new Openings(span);
  }

  /** Rows of real connections to what was opened with two stacks, by source and port. */
  private talksOf(flows: FlowBatch): Map<string, Talk> {
    const talks = new Map<string, Talk>();
    for (let row = 0; row < flows.rows; row++) {
      const isTalk =
        flows.class[row] === STRAY && flows.proto[row] === PROTO_TCP && (flows.tcp_flags[row] & TCP_ACK) !== 0;
      if (!isTalk) continue;
      const stacks = this.now.stackOf(flows, row) | this.before.stackOf(flows, row);
      if ((stacks & SECOND) !== 0) addTalk(talks, flows, row);
    }
    return talks;
  }

  private sightingsOf(minute_ms: number, talks: readonly Talk[]): Sighting[] {
    const ordered = talks.toSorted(
      (a, b) => b.targets.size - a.targets.size || (a.source < b.source ? -1 : 1) || a.port - b.port,
    );
    const left = leftOut(Math.max(0, ordered.length - SIGHTINGS_MAX) + this.now.left_out);
    return ordered.slice(0, SIGHTINGS_MAX).map(({ source, port, targets, packets, first_us, last_us }) => ({
      subject: { kind: 'address', value: source },
      aspect: portText((PROTO_TCP << 16) | port),
      bin_ms: minute_ms,
      first_ms: minute_ms + Math.floor(first_us / 1000),
      last_ms: minute_ms + Math.floor(last_us / 1000),
      confidence: successionOf(targets.size * STACKS),
      reasons: [{ code: 'two_stacks', values: { targets: targets.size } }, ...left],
      figures: { packets, targets: targets.size, ports: 1 },
    }));
  }
}

/** Two stacks towards one target are two signs. */
const STACKS = 2;

function addTalk(talks: Map<string, Talk>, flows: FlowBatch, row: number): void {
  const address = (words: Uint32Array): string => {
    const at = row * 4;
    return formatAddress(words[at], words[at + 1], words[at + 2], words[at + 3]);
  };
  const source = address(flows.src);
  const port = flows.service_port[row];
  const key = `${source} ${port}`;
  const [from, to] = [flows.first_us[row], flows.first_us[row] + flows.duration_us[row]];
  const talk = talks.get(key) ?? { source, port, targets: new Set<string>(), packets: 0, first_us: from, last_us: to };
  talk.targets.add(address(flows.dst));
  talk.packets += flows.packets[row];
  talk.first_us = Math.min(talk.first_us, from);
  talk.last_us = Math.max(talk.last_us, to);
  talks.set(key, talk);
}

export const twoPhase: Detector = {
  id: 'scan/two-phase',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: '最初のパケットで応答の有無を調べ、応答した相手に改めて本当の接続を行う二段階の探索。',
    en: 'A first packet asks who answers; whoever does gets a second, real connection.',
  },
  references: [
    { name: 'Hiesgen 2022', where: 'Spoki: Unveiling a New Wave of Scanners, USENIX Security 2022, arXiv 2110.05160' },
  ],
  confidence: {
    ja: 'ラプラスの継起則による確率。根拠は、二つの異なる通信スタックで開かれた宛先の数(一つにつき二つの徴候)。',
    en: 'By Laplace’s rule of succession, over targets that were opened with two different stacks: two signs each.',
  },
  confirmed_at: 0.8,
  bin_minutes: 1,
  block_minutes: 60,
  warmup_minutes: 2 * SPAN_MINUTES,
  gap_minutes: 60,
  valid_days: 30,
  reasons: {
    two_stacks: {
      ja: '10分以内に、同じ宛先とポートを異なる通信スタックで開き、その後に通信した。',
      en: 'Opened the same service of the same address with different stacks within ten minutes, then talked.',
    },
    ...LEFT_OUT,
  },
  figures: FIGURES,
  appliesTo: ({ exposure }) => exposure.addresses > 0 || exposure.networks64 > 0,
  start: () => new TwoPhase(),
  evidence: (of) => serviceEvidence(of, 'probe'),
};
