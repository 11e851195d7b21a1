/**
 * Which tool or bot a source runs, decided over its packets of an hour: header marks are coincidences with a known chance p, and a
 * label needs so many of them that chance alone gives less than one false label in 10⁸ random SYNs.
 *
 * The rule: of n fresh probes k carry the mark; the label is given when the chance of k or more, at most C(n, k) · pᵏ, is below
 * n · 2⁻³⁰. Summed over all sources of an hour with S probes in all, and over at most ten tools, that is
 * 10 · S · 2⁻³⁰ = 0.93 false labels for S = 10⁸. A fresh probe is the first of its source in the hour to its destination or its port:
 * a retransmission repeats the coincidence of the packet before and proves nothing.
 *
 * nmap and unicornscan need no mark of one packet but something constant between packets: nmap's rule for two sequence numbers,
 * d = s₁ ^ s₂ with equal halves and d & 0xffff ≤ 0xff, holds just when both have the same 24-bit key (upper ^ lower half, high byte of
 * the lower half); unicornscan's seq ^ destination ^ ((port << 16) + source port) is a 32-bit key, in one of two byte orders of the
 * destination. Among n random keys of b bits r repeats have a chance of at most (C(n, 2) · 2⁻ᵇ)ʳ ÷ r!.
 *
 * ZMap ≥ 4.1 sends nothing but shapes that ordinary hosts send too. It is confirmed by what it does: one packet for each destination
 * (hosts repeat a SYN that nobody answers), and source ports drawn from 32,768 … 61,000.
 */
import type { Sentence } from '../../../ledger/sighting.ts';

export interface Tool {
  readonly name: string;
  readonly sentence: Sentence;
  readonly citation: string;
  /** What it is for: decides between the classes `bot` and those of scanners. */
  readonly kind: 'bot' | 'scanner';
}

const MASSCAN = 'robertdavidgraham/masscan src/templ-pkt.c';
const ZMAP = 'zmap/zmap src/probe_modules/packet.c, module_tcp_synscan.c, CHANGELOG.md';

/** Places are bits. Names never change their meaning. */
export const TOOLS = [
  {
    name: 'mirai',
    kind: 'bot',
    sentence: {
      ja: 'Mirai とその亜種(シーケンス番号 = 宛先)。',
      en: 'Mirai and its heirs: sequence number = destination.',
    },
    citation: 'jgamblin/Mirai-Source-Code mirai/bot/scanner.c',
  },
  {
    name: 'hajime',
    kind: 'bot',
    sentence: {
      ja: 'Hajime の疑い(5358/TCP、ウィンドウ 14600)。',
      en: 'Perhaps Hajime: 5358/TCP with window 14600; the window is unconfirmed.',
    },
    citation: 'scan.netsecurity.ne.jp 39578',
  },
  {
    name: 'masscan_1_3',
    kind: 'scanner',
    sentence: { ja: 'masscan 1.3.2 以前。', en: 'masscan up to 1.3.2: its cookie, no options, window 1024.' },
    citation: MASSCAN,
  },
  {
    name: 'masscan_head',
    kind: 'scanner',
    sentence: { ja: 'masscan 2023-11-07 以降。', en: 'masscan since 2023-11-07: its cookie, MSS 1460, window 1025.' },
    citation: MASSCAN,
  },
  {
    name: 'masscan',
    kind: 'scanner',
    sentence: { ja: 'masscan(その他の版)。', en: 'masscan, another version: its cookie.' },
    citation: MASSCAN,
  },
  {
    name: 'zmap_2',
    kind: 'scanner',
    sentence: { ja: 'ZMap 2 以前。', en: 'ZMap up to 2: IP id 54321, no TCP options.' },
    citation: ZMAP,
  },
  {
    name: 'zmap_3',
    kind: 'scanner',
    sentence: { ja: 'ZMap 3 から 4.0。', en: 'ZMap 3 to 4.0: IP id 54321, MSS.' },
    citation: ZMAP,
  },
  {
    name: 'zmap',
    kind: 'scanner',
    sentence: { ja: 'ZMap(4.1 より前、TCP 以外など)。', en: 'ZMap before 4.1, other probes: IP id 54321.' },
    citation: ZMAP,
  },
  {
    name: 'zmap_4',
    kind: 'scanner',
    sentence: {
      ja: 'ZMap 4.1 以降(形とふるまいで確認)。',
      en: 'ZMap from 4.1: its shape, one packet for each destination, its source ports.',
    },
    citation: ZMAP,
  },
  {
    name: 'nmap',
    kind: 'scanner',
    sentence: { ja: 'nmap の SYN スキャン。', en: 'nmap SYN scan: the key between its sequence numbers is constant.' },
    citation: 'nmap/nmap scan_engine_raw.cc',
  },
  {
    name: 'unicornscan',
    kind: 'scanner',
    sentence: { ja: 'unicornscan。', en: 'unicornscan: the key of its sequence numbers is constant.' },
    citation: 'IFGHou/Unicornscan',
  },
] as const satisfies readonly Tool[];

export type ToolName = (typeof TOOLS)[number]['name'];
/** Name → bit. */
export const TOOL = Object.fromEntries(TOOLS.map(({ name }, place) => [name, 1 << place])) as {
  readonly [K in ToolName]: number;
};
export const BOT_TOOLS = TOOLS.reduce((bits, { kind }, place) => (kind === 'bot' ? bits | (1 << place) : bits), 0);

/** Largest chance of a false label per random probe and tool, as an exponent of 2: see the head comment. */
const CHANCE_EXPONENT_MIN = 30;
/** Chance that a random probe carries a mark of 16, of 32 bits. */
export const COOKIE_BITS = 16;
export const WORD_BITS = 32;
export const NMAP_KEY_BITS = 24;
/** Two byte orders are tried: one bit is lost. */
export const UNICORNSCAN_KEY_BITS = 31;
/** Beyond this no longer sum of logarithms is needed to know the answer: marks are no coincidence. */
const TERMS_MAX = 64;

/** log₂ C(n, k), for k ≤ {@link TERMS_MAX}; an upper bound of the tail's exponent for larger ones is taken at that k. */
function log2Choose(n: number, k: number): number {
  let sum = 0;
  for (let term = 1; term <= k; term++) sum += Math.log2((n - k + term) / term);
  return sum;
}

/** Whether k of n fresh probes with a mark of so many bits are more than chance. */
export function isMarked(n: number, k: number, bits: number): boolean {
  if (k < 1 || n < k) return false;
  const terms = Math.min(k, TERMS_MAX);
  return log2Choose(n, terms) - terms * bits <= Math.log2(n) - CHANCE_EXPONENT_MIN;
}

/** Whether n keys of so many bits with `repeats` repeats among them are more than chance. */
export function isConstant(n: number, repeats: number, bits: number): boolean {
  if (repeats < 1 || n <= repeats) return false;
  const terms = Math.min(repeats, TERMS_MAX);
  const pairs = Math.log2((n * (n - 1)) / 2);
  return terms * (pairs - bits) - log2Factorial(terms) <= Math.log2(n) - CHANCE_EXPONENT_MIN;
}

function log2Factorial(n: number): number {
  let sum = 0;
  for (let term = 2; term <= n; term++) sum += Math.log2(term);
  return sum;
}

/** nmap's key of a sequence number. */
export function nmapKey(seq: number): number {
  return (((seq >>> 16) ^ (seq & 0xffff)) << 8) | ((seq >>> 8) & 0xff);
}

/** unicornscan's key; `isReversed`: the destination read on a little-endian machine. */
export function unicornscanKey(seq: number, dst: number, port: number, sport: number, isReversed: boolean): number {
  return (seq ^ (isReversed ? reversed(dst) : dst) ^ ((port << 16) + sport)) >>> 0;
}

function reversed(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** ZMap's default source ports (zmap/zmap src/state.c). */
const ZMAP_PORT_MIN = 32_768;
const ZMAP_PORT_MAX = 61_000;
/** Windows, macOS and the BSDs draw from 49,152 on (RFC 6335 §6). */
export const DYNAMIC_PORT_MIN = 49_152;
/**
 * Probes before ZMap ≥ 4.1 is believed: uniform source ports above 1023 lie in its range with 28,233 ÷ 64,512 = 0.438 each, and
 * 0.438²² = 2⁻²⁶·² ≤ 22 · 2⁻³⁰ = 2⁻²⁵·⁵.
 */
const ZMAP_4_PROBES_MIN = 22;
/** Of its ports (49,152 − 32,768) ÷ 28,233 = 58 % are below 49,152; of hosts' with the range from there none. Half of that. */
const ZMAP_4_LOW_SHARE = 0.29;
/** Two copies of a packet can come of the network: one in fifty is forgiven. */
const ZMAP_4_REPEATED_SHARE = 0.02;

/** What is known of the probes of one source with ZMap 4.1's shapes. */
export interface Zmap4Evidence {
  readonly probes: number;
  /** Rows of a minute in which more than one packet went to the same destination and port. */
  readonly repeated: number;
  readonly portMin: number;
  readonly portMax: number;
  /** With a source port below 49,152. */
  readonly low: number;
}

export function isZmap4({ probes, repeated, portMin, portMax, low }: Zmap4Evidence): boolean {
  return (
    probes >= ZMAP_4_PROBES_MIN &&
    repeated <= probes * ZMAP_4_REPEATED_SHARE &&
    portMin >= ZMAP_PORT_MIN &&
    portMax <= ZMAP_PORT_MAX &&
    low >= probes * ZMAP_4_LOW_SHARE
  );
}
