/**
 * What the tools of sources.ts are decided on, source by source, through an hour: counts of fresh probes with each mark, and the keys
 * that must be constant. Only sources that carry any mark have a place here.
 */
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { NONE, PairSet, PairTable, grown } from './tables.ts';
import * as tools from './tools.ts';

function markBit(...names: readonly string[]): number {
  return MARKS.reduce((bits, { name }, place) => (names.includes(name) ? bits | (1 << place) : bits), 0);
}

const MIRAI = markBit('mirai');
const HAJIME = markBit('hajime');
const MASSCAN = markBit('masscan');
const MASSCAN_1_3 = markBit('masscan_1_3');
const MASSCAN_HEAD = markBit('masscan_head');
const ZMAP = markBit('zmap');
const ZMAP_2 = markBit('zmap_2');
const ZMAP_3 = markBit('zmap_3');
const ZMAP_4 = markBit('zmap_4_windows', 'zmap_4_linux', 'zmap_4_bsd', 'zmap_4_smallest');
const NMAP = markBit('nmap');
const UNICORNSCAN = markBit('unicornscan');

/** Sources with any mark in an hour, and keys of nmap and unicornscan candidates; what comes beyond stays without a label. */
const MARKED_MAX = 500_000;
const KEYS_MAX = 2_000_000;

/** Counters of a place, one after the other. */
const COUNTERS = [
  'mirai',
  'hajime',
  'masscan',
  'masscan_1_3',
  'masscan_head',
  'zmap',
  'zmap_2',
  'zmap_3',
  'zmap_4',
  'zmap_4_repeated',
  'zmap_4_low',
  'nmap',
  'nmap_keys',
  'unicornscan',
  'unicornscan_keys',
  'unicornscan_keys_reversed',
] as const;
type Counter = (typeof COUNTERS)[number];
const WIDTH = COUNTERS.length;
const AT = Object.fromEntries(COUNTERS.map((name, place) => [name, place])) as { readonly [C in Counter]: number };
/** Kinds of keys, beside the source's place. */
const KEY_NMAP = 0;
const KEY_UNICORNSCAN = 1;
const KEY_UNICORNSCAN_REVERSED = 2;
const KEY_KINDS = 4;

export class ToolEvidence {
  private readonly places: PairTable;
  private readonly keys: PairSet;
  private counters = new Uint32Array(WIDTH * 64);
  private portMin = new Uint16Array(64).fill(0xffff);
  private portMax = new Uint16Array(64);

  constructor(limit = MARKED_MAX, keysLimit = KEYS_MAX) {
    this.places = new PairTable(limit);
    this.keys = new PairSet(keysLimit);
  }

  /** A fresh probe of a source, by its number; its row has marks. */
  add(source: number, flows: FlowBatch, row: number): void {
    const place = this.places.add(source, 0);
    if (place === NONE) return;
    if (place >= this.portMax.length) this.grow();
    const marks = flows.marks[row];
    const at = place * WIDTH;
    const { counters } = this;
    if ((marks & MIRAI) !== 0) counters[at + AT.mirai]++;
    if ((marks & HAJIME) !== 0) counters[at + AT.hajime]++;
    if ((marks & MASSCAN) !== 0) this.addMasscan(at, marks);
    if ((marks & ZMAP) !== 0) this.addZmap(at, marks);
    if ((marks & ZMAP_4) !== 0) this.addZmap4(place, flows, row);
    if ((marks & NMAP) !== 0) {
      counters[at + AT.nmap]++;
      if (this.isNewKey(place, KEY_NMAP, tools.nmapKey(flows.tcp_seq_first[row]))) counters[at + AT.nmap_keys]++;
    }
    // Mirai's window is any, and its sequence number makes unicornscan's key a constant, too.
    if ((marks & (UNICORNSCAN | MIRAI)) === UNICORNSCAN) this.addUnicornscan(place, flows, row);
  }

  private addMasscan(at: number, marks: number): void {
    this.counters[at + AT.masscan]++;
    if ((marks & MASSCAN_1_3) !== 0) this.counters[at + AT.masscan_1_3]++;
    if ((marks & MASSCAN_HEAD) !== 0) this.counters[at + AT.masscan_head]++;
  }

  private addZmap(at: number, marks: number): void {
    this.counters[at + AT.zmap]++;
    if ((marks & ZMAP_2) !== 0) this.counters[at + AT.zmap_2]++;
    if ((marks & ZMAP_3) !== 0) this.counters[at + AT.zmap_3]++;
  }

  private addZmap4(place: number, flows: FlowBatch, row: number): void {
    const at = place * WIDTH;
    const port = flows.client_port_min[row];
    const top = port + flows.client_port_spread[row];
    this.counters[at + AT.zmap_4]++;
    if (flows.packets[row] > 1) this.counters[at + AT.zmap_4_repeated]++;
    if (port < tools.DYNAMIC_PORT_MIN) this.counters[at + AT.zmap_4_low]++;
    if (port < this.portMin[place]) this.portMin[place] = port;
    if (top > this.portMax[place]) this.portMax[place] = top;
  }

  /** Needs the first packet's source port: rows in which it changed do not say it. IPv4 alone: the key holds 32 bits of the destination. */
  private addUnicornscan(place: number, flows: FlowBatch, row: number): void {
    if (flows.client_port_spread[row] !== 0 || flows.dst[row * 4 + 2] !== 0xffff || flows.dst[row * 4] !== 0) return;
    const at = place * WIDTH;
    const seq = flows.tcp_seq_first[row];
    const dst = flows.dst[row * 4 + 3];
    const port = flows.service_port[row];
    const sport = flows.client_port_min[row];
    const plain = tools.unicornscanKey(seq, dst, port, sport, false);
    const reversed = tools.unicornscanKey(seq, dst, port, sport, true);
    this.counters[at + AT.unicornscan]++;
    if (this.isNewKey(place, KEY_UNICORNSCAN, plain)) this.counters[at + AT.unicornscan_keys]++;
    if (this.isNewKey(place, KEY_UNICORNSCAN_REVERSED, reversed)) this.counters[at + AT.unicornscan_keys_reversed]++;
  }

  /** When keys have no room each counts as new: no label comes of it. */
  private isNewKey(place: number, kind: number, key: number): boolean {
    return this.keys.add(place * KEY_KINDS + kind, key >>> 0) !== 0;
  }

  private grow(): void {
    const length = this.portMax.length * 2;
    this.counters = grown(this.counters, length * WIDTH);
    this.portMin = grown(this.portMin, length).fill(0xffff, length / 2);
    this.portMax = grown(this.portMax, length);
  }

  /** The tools of a source that sent `fresh` fresh probes, as bits in the order of TOOLS. */
  toolsOf(source: number, fresh: number): number {
    const place = this.places.find(source, 0);
    if (place === NONE) return 0;
    const at = place * WIDTH;
    const count = (name: Counter): number => this.counters[at + AT[name]];
    let bits = 0;
    if (tools.isMarked(fresh, count('mirai'), tools.WORD_BITS)) bits |= tools.TOOL.mirai;
    if (tools.isMarked(fresh, count('hajime'), tools.COOKIE_BITS)) bits |= tools.TOOL.hajime;
    if (tools.isMarked(fresh, count('masscan'), tools.COOKIE_BITS)) bits |= this.masscanOf(count);
    if (tools.isMarked(fresh, count('zmap'), tools.COOKIE_BITS)) bits |= this.zmapOf(count);
    if (tools.isZmap4(this.zmap4Of(place, count))) bits |= tools.TOOL.zmap_4;
    const nmap = count('nmap');
    if (tools.isConstant(nmap, nmap - count('nmap_keys'), tools.NMAP_KEY_BITS)) bits |= tools.TOOL.nmap;
    const unicornscan = count('unicornscan');
    const distinct = Math.min(count('unicornscan_keys'), count('unicornscan_keys_reversed'));
    const repeats = unicornscan - distinct;
    if (tools.isConstant(unicornscan, repeats, tools.UNICORNSCAN_KEY_BITS)) bits |= tools.TOOL.unicornscan;
    return bits;
  }

  private zmap4Of(place: number, count: (name: Counter) => number): tools.Zmap4Evidence {
    return {
      probes: count('zmap_4'),
      repeated: count('zmap_4_repeated'),
      portMin: this.portMin[place],
      portMax: this.portMax[place],
      low: count('zmap_4_low'),
    };
  }

  /** The version whose shape most of the marked probes have. */
  private masscanOf(count: (name: Counter) => number): number {
    const half = count('masscan') / 2;
    if (count('masscan_1_3') > half) return tools.TOOL.masscan_1_3;
    return count('masscan_head') > half ? tools.TOOL.masscan_head : tools.TOOL.masscan;
  }

  private zmapOf(count: (name: Counter) => number): number {
    const half = count('zmap') / 2;
    if (count('zmap_2') > half) return tools.TOOL.zmap_2;
    return count('zmap_3') > half ? tools.TOOL.zmap_3 : tools.TOOL.zmap;
  }
}
