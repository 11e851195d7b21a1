/** The tables at and beyond their limits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Rings, Answers } from './rings.ts';
import { RING, TRACK_SHIFT, Tracks } from './tracks.ts';
import { Distinct, WordSet } from './word-set.ts';

test('Tracks finds what was added, through growth and forgetting, as a Map does', () => {
  const operation = fc.record({ key: fc.integer({ min: 0, max: 3000 }), forgets: fc.integer({ min: 0, max: 400 }) });
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 3000 }), (operations) => {
      const tracks = new Tracks(2000);
      const known = new Set<number>();
      for (const { key, forgets } of operations) {
        const found = tracks.find(0, 0, 0xffff, key, 6);
        assert.equal(found >= 0, known.has(key));
        if (found < 0 && tracks.add(0, 0, 0xffff, key, 6) >= 0) known.add(key);
        if (forgets !== 0) continue;
        tracks.retain(
          (track) => tracks.words[(track << TRACK_SHIFT) + 3] % 2 === 0,
          (from, to) => assert.ok(to < from),
        );
        for (const one of known) if (one % 2 === 1) known.delete(one);
      }
      assert.equal(tracks.count, known.size);
    }),
    { numRuns: 20 },
  );
});

test('Tracks has no room beyond its limit, and counts that', () => {
  const tracks = new Tracks(2);
  assert.deepEqual(
    [1, 2, 3].map((key) => tracks.add(0, 0, 0xffff, key, 6)),
    [0, 1, -1],
  );
  assert.equal(tracks.refused, 1);
  assert.equal(tracks.words[RING], 0);
});

test('Rings keep the latest answers, give out no more than there are, and take back', () => {
  const rings = new Rings(2);
  const ring = rings.take(7);
  for (let time = 0; time < 100; time++) rings.push(ring, time, time, 0, 0);
  const answers = new Answers();
  assert.equal(rings.read(ring, answers), 32);
  assert.deepEqual([answers.times_ms[0], answers.times_ms[31]], [68, 99]);
  assert.ok(rings.take(8) > 0);
  assert.equal(rings.take(9), 0);
  rings.release(ring);
  assert.equal(rings.read(rings.take(9), answers), 0);
});

test('WordSet: as a Set up to its limit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 4000 }), (words) => {
      const set = new WordSet(1 << 12);
      const known = new Set<number>();
      for (const word of words) {
        assert.equal(set.add(word), !known.has(word));
        known.add(word);
      }
      assert.ok([...known].every((word) => set.has(word)));
    }),
    { numRuns: 20 },
  );
  const small = new WordSet(2);
  assert.deepEqual(
    [5, 6, 7].map((word) => small.add(word)),
    [true, true, false],
  );
  small.clear();
  assert.ok(!small.has(5));
});

test('Distinct tells no more than there can be', () => {
  const distinct = new Distinct();
  for (let word = 0; word < 3000; word++) distinct.add(word * 977 + 5);
  assert.equal(distinct.upTo(64), 64);
  assert.equal(distinct.upTo(Number.POSITIVE_INFINITY), distinct.count);
});

test('Distinct is near the truth', () => {
  for (const count of [1, 30, 400, 4000, 20_000]) {
    const distinct = new Distinct();
    for (let turn = 0; turn < 2; turn++) for (let word = 0; word < count; word++) distinct.add(word * 977 + 5);
    assert.ok(Math.abs(distinct.count / count - 1) < 0.06, `${count}: ${distinct.count}`);
  }
});
