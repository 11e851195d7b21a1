import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gatherBatch } from '../../batch-columns.ts';
import { CLASS_RESPONSE } from '@noroshi/wire/classify/class.ts';
import { Pairs } from './pairs.ts';
import { reflection } from './reflection.ts';
import { type Answer, attackOn, batchOf, binsOf, dice, oursAt, sightingsOf } from './testing/answers.ts';
import { victim } from './victim.ts';

/** Servers that answer to few of ours, with repetitions. */
function reflected(servers: number, ours: readonly string[], lasts_s: number, more: Partial<Answer> = {}): Answer[] {
  const roll = dice(servers);
  return Array.from({ length: servers }, (_, index) => ({
    at_s: roll() * lasts_s,
    src: `${11 + (index % 180)}.${(index >>> 8) & 255}.${index & 255}.${1 + (index % 200)}`,
    dst: ours[index % ours.length],
    sport: 443,
    dport: 1024 + Math.floor(roll() * 60_000),
    packets: 1 + (index % 4),
    ...more,
  }));
}

const aspects = (seen: ReturnType<typeof sightingsOf>) => [...new Set(seen.map(({ aspect }) => aspect))];

test('many servers, few of ours: one event a service, of the telescope, which names neither', () => {
  const forged = [oursAt(0.1), oursAt(0.6)];
  const bins = binsOf(reflected(3000, forged, 600));
  const seen = sightingsOf(reflection, bins);
  assert.deepEqual(aspects(seen), ['tcp/443']);
  assert.ok(seen.length >= 9);
  assert.ok(seen.every(({ subject }) => subject.kind === 'telescope' && subject.value === '*'));
  assert.ok(Math.max(...seen.map(({ figures }) => figures.sources ?? 0)) > 250);
  assert.equal(seen.at(-1)?.figures.targets, 2);
  for (const address of forged) assert.ok(!JSON.stringify(seen).includes(address));
  assert.deepEqual(sightingsOf(victim, bins), []);
});

test('a whole block of ours, each address only a little; amplifiers over UDP', () => {
  const block = Array.from({ length: 16 }, (_, index) => `25.37.3.${64 + index}`);
  assert.deepEqual(aspects(sightingsOf(reflection, binsOf(reflected(300, block, 300)))), ['tcp/443']);
  const amplified = reflected(500, [oursAt(0.3)], 300, { proto: 17, class: CLASS_RESPONSE, sport: 53 });
  assert.deepEqual(aspects(sightingsOf(reflection, binsOf(amplified))), ['udp/53']);
});

test('none: victims, drizzle, and a lost server', () => {
  const drizzle = reflected(
    20_000,
    Array.from({ length: 4096 }, (_, index) => oursAt(index / 4096)),
    600,
  );
  const victims = Array.from({ length: 30 }, (_, index) =>
    attackOn(`198.41.${index}.4`, { rate_ps: 4, to_s: 300, seed: index }),
  ).flat();
  const lost = attackOn('198.41.0.4', { rate_ps: 1, to_s: 600 }, { dst: oursAt(0.4) });
  assert.deepEqual(sightingsOf(reflection, binsOf([...drizzle, ...victims, ...lost])), []);
});

test('the order of rows does not matter', () => {
  const bins = binsOf([...reflected(400, [oursAt(0.1)], 200), ...attackOn('198.41.0.4', { rate_ps: 3, to_s: 200 })]);
  const expected = sightingsOf(reflection, bins);
  assert.ok(expected.length > 0);
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const roll = dice(seed);
      const shuffled = bins.map((bin) => {
        const order = Array.from({ length: bin.flows.rows }, (_, row) => [roll(), row] as const);
        const rows = order.sort(([a], [b]) => a - b).map(([, row]) => row);
        return { ...bin, flows: gatherBatch(bin.flows, Uint32Array.from(rows)) };
      });
      assert.deepEqual(sightingsOf(reflection, shuffled), expected);
    }),
    { numRuns: 10 },
  );
});

test('Pairs counts different sources within five minutes as sets do', () => {
  const row = fc.record({ minute: fc.nat(12), src: fc.nat(20), dst: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
      const pairs = new Pairs();
      for (let minute = 0; minute <= 12; minute++) {
        const now = rows.filter((one) => one.minute === minute);
        const answers = now.map(({ src, dst }) => ({ at_s: 0, src: `198.41.0.${src}`, dst: `25.37.0.${dst}` }));
        pairs.take(batchOf(answers), minute + 1);
        for (let target = 0; target < pairs.targets; target++) {
          const dst = pairs.words[target] & 255;
          const recent = rows.filter((one) => one.dst === dst && one.minute <= minute && one.minute > minute - 5);
          assert.equal(pairs.sources(target), new Set(recent.map(({ src }) => src)).size);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('Pairs at its limits: what has no room counts as new, or not at all, and is counted', () => {
  const answers = Array.from({ length: 300 }, (_, index) => ({
    at_s: 0,
    src: `198.41.${index >>> 4}.${index & 15}`,
    dst: `25.37.0.${index % 3}`,
  }));
  const pairs = new Pairs(10, 2);
  pairs.take(batchOf(answers), 1);
  pairs.take(batchOf(answers), 2);
  assert.equal(pairs.targets, 2);
  assert.equal(pairs.refused, 200);
  assert.ok(pairs.sources(0) >= 190 && pairs.sources(0) <= 200);
});
