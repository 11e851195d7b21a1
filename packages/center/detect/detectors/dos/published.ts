/** What the detectors that repeat published definitions share: words, and the events of RSDoS out of flow rows. */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import type { Backscatter } from '@noroshi/wire/interchange/rsdos/backscatter.ts';
import { V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';
import { PROTO_ICMP } from '@noroshi/wire/net/protocol.ts';
import type { FigureMeaning, Sentence } from '../../../ledger/sighting.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { hasClientPort } from './answers.ts';

export const FULFILLED: Sentence = {
  ja: '1 は公表された定義を満たすことを示すのみで、確率ではない。',
  en: '1 says that the published definition is fulfilled; it is no probability.',
};

export const RSDOS_REASONS = {
  rsdos: {
    ja: '25 パケット以上、60 秒以上、1 分に 30 パケット以上（Moore らの規則）',
    en: '25 packets, 60 seconds and 30 packets in a minute or more: the rule after Moore et al.',
  },
} as const satisfies Record<string, Sentence>;

/** Values of the whole attack: the latest sighting has them all. */
export const RSDOS_FIGURES = {
  packets: {
    unit: 'packets',
    merge: 'last',
    sentence: { ja: '攻撃全体の応答パケット数', en: 'Answers of the whole attack.' },
  },
  attack_ports: {
    unit: 'ports',
    merge: 'last',
    sentence: {
      ja: '攻撃者側のポートの種類（推定）',
      en: 'Different ports on the attacker’s side, estimated from rows.',
    },
  },
  target_ports: {
    unit: 'ports',
    merge: 'last',
    sentence: { ja: '攻撃されたポートの種類', en: 'Different ports that are attacked.' },
  },
  max_ppm: {
    unit: 'packets/min',
    merge: 'max',
    sentence: { ja: '最も多い 1 分間の応答パケット数', en: 'Most answers in a minute, as Corsaro counts minutes.' },
  },
} as const satisfies Record<string, FigureMeaning>;

/** Events of one row at most: more packets of a row are told in so many groups, evenly. */
const EVENTS_PER_ROW_MAX = 64;
/** Largest event number that fits beside a time in a number. */
const NUMBER_BITS = 26;

/**
 * The events of a minute's rows, in the order of time. Packets of a row with several are spread evenly from its first to its last,
 * and their ports over the row's range; a row of one packet is exact. IPv4 only, as in Corsaro.
 */
export class RowEvents {
  private times = new Float64Array(0);
  private rows = new Uint32Array(0);
  private packets = new Uint32Array(0);
  private shares = new Float32Array(0);

  each(flows: FlowBatch, minute_ms: number, event: Backscatter, observe: () => void): void {
    const count = this.fill(flows);
    const order = this.times.subarray(0, count).sort();
    for (const key of order) {
      const number = key % 2 ** NUMBER_BITS;
      const time_us = (key - number) / 2 ** NUMBER_BITS;
      fillEvent(event, flows, this.rows[number], this.shares[number]);
      event.seconds = minute_ms / 1000 + Math.floor(time_us / 1e6);
      event.microseconds = time_us % 1e6;
      event.packets = this.packets[number];
      event.ipBytes = Math.round((flows.bytes[this.rows[number]] * event.packets) / flows.packets[this.rows[number]]);
      observe();
    }
  }

  private fill(flows: FlowBatch): number {
    let events = 0;
    for (let row = 0; row < flows.rows; row++) if (isAnswer4(flows, row)) events += eventsOf(flows, row);
    if (this.times.length < events) {
      this.times = new Float64Array(events);
      this.rows = new Uint32Array(events);
      this.packets = new Uint32Array(events);
      this.shares = new Float32Array(events);
    }
    let number = 0;
    for (let row = 0; row < flows.rows; row++) {
      if (!isAnswer4(flows, row)) continue;
      const many = eventsOf(flows, row);
      for (let one = 0; one < many; one++) {
        const share = many === 1 ? 0 : one / (many - 1);
        const time_us = flows.first_us[row] + Math.floor(share * flows.duration_us[row]);
        const packets =
          Math.floor((flows.packets[row] * (one + 1)) / many) - Math.floor((flows.packets[row] * one) / many);
        this.times[number] = time_us * 2 ** NUMBER_BITS + number;
        this.rows[number] = row;
        this.packets[number] = packets;
        this.shares[number] = share;
        number++;
      }
    }
    return events;
  }
}

function isAnswer4(flows: FlowBatch, row: number): boolean {
  const at = row * 4;
  return flows.class[row] === CLASS_BACKSCATTER && flows.src[at] === 0 && flows.src[at + 2] === V4_MAPPED_WORD;
}

function eventsOf(flows: FlowBatch, row: number): number {
  return Math.min(EVENTS_PER_ROW_MAX, Math.max(1, flows.packets[row]));
}

/** Both plugins take ICMP's code and type for numbers of two bytes in the wire's order: type 3 is port 768. */
function fillEvent(event: Backscatter, flows: FlowBatch, row: number, share: number): void {
  const at = row * 4;
  event.telescope = flows.dst[at + 3];
  const isQuoted = flows.quoted_proto[row] !== 0;
  event.victim = isQuoted ? flows.quoted_dst[at + 3] : flows.src[at + 3];
  event.protocol = isQuoted ? flows.quoted_proto[row] : flows.proto[row];
  if (isQuoted) {
    event.attackPort = 0;
    event.targetPort = flows.quoted_port[row];
  } else if (flows.proto[row] === PROTO_ICMP) {
    event.attackPort = flows.icmp_code[row] << 8;
    event.targetPort = flows.icmp_type[row] << 8;
  } else {
    const port = hasClientPort(flows, row) ? flows.client_port_min[row] : 0;
    event.attackPort = port + Math.floor(share * flows.client_port_spread[row]);
    event.targetPort = flows.service_port[row];
  }
}
