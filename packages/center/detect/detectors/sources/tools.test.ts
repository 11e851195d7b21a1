/**
 * Tools: bounds, and labels on random SYNs. NOROSHI_SYNS=100000000 node --test …/tools.test.ts draws that many (eight seconds).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { EMPTY_BATCH, makeColumns } from '../../batch-columns.ts';
import { ToolEvidence } from './evidence.ts';
import * as tools from './tools.ts';

const { isConstant, isMarked, nmapKey, TOOLS, unicornscanKey } = tools;
const SYNS = Number(process.env.NOROSHI_SYNS ?? 10_000_000);
const BUDGET = 1e8;

/** Smallest number of marks out of n that makes a label. */
function marksNeeded(n: number, bits: number): number {
  let k = 1;
  while (k <= n && !isMarked(n, k, bits)) k++;
  return k;
}

/** P(at least k of n), each with 2⁻ᵇⁱᵗˢ, summed term by term: n is small or the terms fall fast. */
function tail(n: number, k: number, bits: number): number {
  let sum = 0;
  for (let hits = k; hits <= Math.min(n, k + 40); hits++) {
    let log2 = -hits * bits;
    for (let term = 1; term <= hits; term++) log2 += Math.log2((n - hits + term) / term);
    sum += 2 ** log2;
  }
  return sum;
}

describe('isMarked', () => {
  test('asks for as many marks as the bound says', () => {
    assert.deepEqual(
      [1, 2, 8, 9, 10, 100, 10_000].map((n) => marksNeeded(n, 16)),
      [2, 2, 2, 2, 3, 3, 5],
    );
    assert.deepEqual(
      [1, 2, 100].map((n) => marksNeeded(n, 32)),
      [1, 1, 1],
    );
  });

  /** The arithmetic of the head comment: whatever the sizes of sources, 10⁸ random SYNs give less than one false label in all. */
  test('less than one false label in 10⁸ random SYNs, over all tools, for sources of any size', () => {
    for (const n of [1, 2, 3, 5, 8, 9, 20, 50, 100, 1000, 10_000, 100_000]) {
      let perSource = 0;
      for (const bits of [16, 16, 16, 32]) perSource += tail(n, Math.min(n + 1, marksNeeded(n, bits)), bits);
      assert.ok((perSource * BUDGET) / n < 1, `${n}: ${(perSource * BUDGET) / n}`);
    }
  });

  test('all marked is a label from n = 2 on, none never is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e6 }), (n) => {
        assert.ok(isMarked(n, n, 16));
        assert.ok(!isMarked(n, 0, 16));
      }),
    );
  });
});

describe('isConstant', () => {
  test('nmap from three equal keys on, unicornscan from two', () => {
    assert.ok(!isConstant(2, 1, tools.NMAP_KEY_BITS));
    assert.ok(isConstant(3, 2, tools.NMAP_KEY_BITS));
    assert.ok(!isConstant(3, 1, tools.NMAP_KEY_BITS));
    assert.ok(isConstant(2, 1, tools.UNICORNSCAN_KEY_BITS));
    assert.ok(!isConstant(1, 0, tools.UNICORNSCAN_KEY_BITS));
  });
});

describe('keys', () => {
  test('nmapKey: two sequence numbers have one key just when nmap’s rule for pairs holds', () => {
    const near = fc
      .tuple(fc.integer(), fc.nat(0xffff), fc.nat(0xffff))
      .map(([s, high, low]) => [s, s ^ ((high << 16) | low)]);
    const nmap = fc.tuple(fc.integer(), fc.nat(0xff)).map(([s, low]) => [s, s ^ ((low << 16) | low)]);
    fc.assert(
      fc.property(fc.oneof(near, nmap), ([one, other]) => {
        const d = (one ^ other) >>> 0;
        assert.equal(nmapKey(one) === nmapKey(other), d >>> 16 === (d & 0xffff) && (d & 0xffff) <= 0xff);
      }),
    );
  });

  test('unicornscanKey is the run’s key, in the byte order that the destination was read in', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(65_535), fc.nat(65_535), (key, dst, port, sport) => {
        const seq = key ^ dst ^ ((port << 16) + sport);
        assert.equal(unicornscanKey(seq, dst, port, sport, false), key >>> 0);
        const swapped = new DataView(new ArrayBuffer(4));
        swapped.setInt32(0, dst, true);
        const other = key ^ swapped.getInt32(0) ^ ((port << 16) + sport);
        assert.equal(unicornscanKey(other, dst, port, sport, true), key >>> 0);
      }),
    );
  });
});

describe('TOOLS', () => {
  test('names are unique and fit into one integer', () => {
    assert.equal(new Set(TOOLS.map(({ name }) => name)).size, TOOLS.length);
    assert.ok(TOOLS.length <= 31);
  });
});

/** sfc32 (Doty-Humphrey, PractRand): fast, and passes what 10⁸ draws can show. */
function generator(seed: number): () => number {
  let [a, b, c, counter] = [seed, 0x9e3779b9, 0x243f6a88, 1];
  return () => {
    const next = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + next;
    return next >>> 0;
  };
}

const bit = (name: string): number => 1 << MARKS.findIndex((mark) => mark.name === name);
const BITS = Object.fromEntries(MARKS.map(({ name }) => [name, bit(name)]));
const SIZES = [1, 1, 1, 2, 2, 3, 5, 10, 30, 100, 1000];
const HOUR = 200_000;

/**
 * Labels among random SYNs. What chance is about (id, sequence number, destination, ports) is random; shapes are not, so each SYN has one
 * that some mark asks for: the false labels are those of an Internet full of look-alikes.
 */
function falseLabels(count: number): { labels: number; sources: number } {
  const random = generator(4);
  const batch = { ...EMPTY_BATCH, rows: 1, ...makeColumns(1) };
  batch.dst.set([0, 0, 0xffff, 0]);
  batch.packets[0] = 1;
  let labels = 0;
  let sources = 0;
  for (let drawn = 0; drawn < count; ) {
    const evidence = new ToolEvidence();
    const sizes: number[] = [];
    for (let hour = 0; hour < HOUR && drawn < count; ) {
      const size = SIZES[random() % SIZES.length];
      for (let syn = 0; syn < size; syn++) drawSyn(random, batch, evidence, sizes.length);
      sizes.push(size);
      hour += size;
      drawn += size;
    }
    sources += sizes.length;
    for (const [source, size] of sizes.entries()) if (evidence.toolsOf(source, size) !== 0) labels++;
  }
  return { labels, sources };
}

type Batch = typeof EMPTY_BATCH;

function drawSyn(random: () => number, batch: Batch, evidence: ToolEvidence, source: number): void {
  const seq = random();
  const dst = random();
  const ports = random();
  const idAndShape = random();
  const id = idAndShape >>> 16;
  const port = ports >>> 16;
  let marks = seq === dst ? BITS.mirai : 0;
  if (id === ((dst ^ port ^ seq) & 0xffff)) marks |= BITS.masscan;
  switch (idAndShape & 7) {
    case 0:
    case 1:
      marks |= BITS.nmap;
      break;
    case 2:
      marks |= BITS.unicornscan;
      break;
    case 3:
      marks |= BITS.zmap_4_windows;
      break;
    case 4:
    case 5:
      if (id === 54_321) marks |= BITS.zmap | BITS.zmap_2;
      break;
    case 6:
      if (port === 5358) marks |= BITS.hajime;
      break;
  }
  if (marks === 0) return;
  batch.dst[3] = dst;
  batch.tcp_seq_first[0] = seq;
  batch.service_port[0] = port;
  batch.client_port_min[0] = 1024 + ((ports & 0xffff) % 64_512);
  batch.marks[0] = marks;
  evidence.add(source, batch, 0);
}

describe('random SYNs', () => {
  test(`${SYNS.toLocaleString('en')} of them, each in the shape of a tool: at most one false label in 10⁸`, (t) => {
    const { labels, sources } = falseLabels(SYNS);
    t.diagnostic(`${labels} false labels on ${sources.toLocaleString('en')} sources`);
    assert.ok(labels <= Math.max(0, Math.floor(SYNS / BUDGET)), `${labels} false labels`);
  });
});
