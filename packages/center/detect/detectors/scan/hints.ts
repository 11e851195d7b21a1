/**
 * What rows say of a scan's source beside the counts: who it says or is known to be, and whether to believe its address. By number of the
 * key; keys of which nothing is to be said cost no memory access.
 */
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATE } from '@noroshi/wire/classify/predicates.ts';
import { PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import type { Reason, Sentence } from '../../../ledger/sighting.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { grown } from '../sources/tables.ts';

const BOGON = 1;
const FORGEABLE = 2;
const MIRAI = 4;
/** Place of the organisation in `names`, above the bits. */
const NAME_SHIFT = 8;
const NAME_MAX = 0xffff;

const MIRAI_MARK = 1 << MARKS.findIndex(({ name }) => name === 'mirai');

/** UDP services whose answers are larger than their requests (US-CERT TA14-017A): requests to them are forged with a victim's address. */
const AMPLIFIERS = new Set([17, 19, 53, 111, 123, 137, 161, 389, 520, 1900, 3702, 5353, 11_211]);

/** Half of the confidence: a source that may be another's is a candidate. */
const DOUBT = 0.5;

export const HINTS = {
  bogon_src: { ja: '経路に載らない送信元。詐称の可能性が高い。', en: 'The source is never routed: probably forged.' },
  forgeable: {
    ja: '増幅に悪用される UDP サービス。送信元は詐称された被害者かもしれない。',
    en: 'A UDP service that amplifies: the source may be forged, and a victim.',
  },
  bot_mark: { ja: 'ボットの印をもつパケット。', en: 'Packets carry the mark of a bot.' },
  scanner_list: { ja: '調査機関の名簿に記載。', en: 'On a list of acknowledged scanners.' },
} as const satisfies Record<string, Sentence>;

export class Hints {
  private bits = new Uint32Array(0);
  private readonly names = [''];
  private readonly places = new Map<string, number>();

  add(key: number, flows: FlowBatch, row: number): void {
    let bits = 0;
    if ((flows.predicates[row] & PREDICATE.bogon_src) !== 0) bits |= BOGON;
    if ((flows.marks[row] & MIRAI_MARK) !== 0) bits |= MIRAI;
    if (flows.proto[row] === PROTO_UDP && AMPLIFIERS.has(flows.service_port[row])) bits |= FORGEABLE;
    const scanner = flows.scanner[row];
    if (bits === 0 && scanner === 0) return;
    if (key >= this.bits.length) this.bits = grown(this.bits, Math.max(key + 1, 1024, this.bits.length * 2));
    const known = this.bits[key];
    if (scanner !== 0 && known >>> NAME_SHIFT === 0) bits |= this.place(flows.scannerNames[scanner]) << NAME_SHIFT;
    this.bits[key] = known | bits;
  }

  /** What to multiply the confidence with. */
  belief(key: number): number {
    return ((this.bits[key] ?? 0) & (BOGON | FORGEABLE)) === 0 ? 1 : DOUBT;
  }

  reasons(key: number): readonly Reason[] {
    const bits = this.bits[key] ?? 0;
    const reasons: Reason[] = [];
    if ((bits & BOGON) !== 0) reasons.push({ code: 'bogon_src' });
    if ((bits & FORGEABLE) !== 0) reasons.push({ code: 'forgeable' });
    if ((bits & MIRAI) !== 0) reasons.push({ code: 'bot_mark', values: { tool: 'mirai' } });
    const organisation = this.names[bits >>> NAME_SHIFT];
    if (organisation) reasons.push({ code: 'scanner_list', values: { organisation } });
    return reasons;
  }

  private place(name: string): number {
    let place = this.places.get(name);
    if (place === undefined) {
      if (this.names.length > NAME_MAX) return 0;
      place = this.names.push(name) - 1;
      this.places.set(name, place);
    }
    return place;
  }
}
