/**
 * Which of our addresses are forged: those that hear far more sources than the others. Where it is a whole block of ours, each address
 * may hear only a few; so blocks of 16 and of 256 are tested as well, without those that stand out by themselves.
 *
 * Sources of an ordinary address are taken to be negative binomial around the mean of all that are not forged (shape 4: every
 * victim of an attack is heard by many of ours, but not evenly). The mean is found together with those who stand out of it.
 */
import type { Pairs } from './pairs.ts';
import { negativeBinomialTail } from './statistics.ts';

const SHAPE = 4;
/** A telescope of a million addresses has 10⁻³ false alarms a minute at the very most; in truth the other conditions decide. */
const ALPHA = 1e-9;
/** Stands out by at least so many times. */
const TIMES_LEAST = 8;
/** Bits of an address that a level leaves out, and the least number of sources there. */
const LEVELS = [
  { bits: 0, least: 24 },
  { bits: 4, least: 48 },
  { bits: 8, least: 96 },
] as const;
/** A level whose block is more than this share of the telescope has no others to compare it with. */
const SHARE_MOST = 1 / 4;
const TURNS_MAX = 8;

export class Forged {
  private readonly blocks: ReadonlySet<number>[];

  private constructor(blocks: ReadonlySet<number>[]) {
    this.blocks = blocks;
  }

  /** @param addresses how many listen */
  static of(pairs: Pairs, addresses: number): Forged {
    const forged = new Forged([]);
    for (const { bits, least } of LEVELS) forged.blocks.push(standOut(pairs, addresses, bits, least, forged));
    return forged;
  }

  get isEmpty(): boolean {
    return this.blocks.every((set) => set.size === 0);
  }

  /** @param word of one of our addresses (answers.ts) */
  has(word: number): boolean {
    return this.blocks.some((set, level) => set.has(word >>> LEVELS[level].bits));
  }
}

function standOut(pairs: Pairs, addresses: number, bits: number, least: number, known: Forged): ReadonlySet<number> {
  const out = new Set<number>();
  const size = 2 ** bits;
  const listening = Math.max(addresses, pairs.targets);
  if (bits > 0 && size > listening * SHARE_MOST) return out;
  const sums = new Map<number, number>();
  let rest = 0;
  for (let target = 0; target < pairs.targets; target++) {
    const sources = pairs.sources(target);
    if (sources === 0 || known.has(pairs.words[target])) continue;
    const block = pairs.words[target] >>> bits;
    rest += sources;
    sums.set(block, (sums.get(block) ?? 0) + sources);
  }
  const large = [...sums].filter(([, sources]) => sources >= least);
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    const before = out.size;
    const mean = rest / Math.max(1, listening / size - out.size);
    for (const [block, sources] of large) {
      if (out.has(block) || !isAbove(sources, mean)) continue;
      out.add(block);
      rest -= sources;
    }
    if (out.size === before) break;
  }
  return out;
}

function isAbove(sources: number, mean: number): boolean {
  return sources >= TIMES_LEAST * mean && negativeBinomialTail(sources, SHAPE, mean / (mean + SHAPE)) <= ALPHA;
}
