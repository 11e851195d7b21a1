/** Memory has limits, and what is beyond them does not break what is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STORM_ROWS } from './minute-rows.ts';
import { isSpread } from './shape.ts';
import { attackOn, batchOf, binsOf, dice, oursAt, sightingsOf } from './testing/answers.ts';
import { victim } from './victim.ts';
import { Watch } from './watch.ts';

const RULES = { byPrefix: false, backgrounds: 1, leastPlace: 0, accepts: isSpread };

test('Watch forgets what is old, keeps attacks, and stays within its limits in a flood of sources', () => {
  const watch = new Watch({ ...RULES, tracksMax: 2000, ringsMax: 50 });
  const attack = binsOf(attackOn('198.41.0.4', { rate_ps: 1, to_s: 1200 }));
  const roll = dice(4);
  let told = 0;
  for (const [minute, bin] of attack.entries()) {
    const flood = Array.from({ length: 3000 }, (_, index) => ({
      at_s: minute * 60 + roll() * 59,
      src: `${20 + minute}.${index >>> 8}.${index & 255}.1`,
      dst: oursAt(roll()),
    }));
    told += watch.step(bin, () => false).length;
    const later = { ...bin, minute_ms: bin.minute_ms, flows: batchOf(flood) };
    watch.step(later, () => false);
    assert.ok(watch.tracks.count <= 2000 && watch.rings.used <= 50);
  }
  assert.ok(watch.tracks.refused > 0);
  assert.ok(told >= attack.length - 1, `${told} of ${attack.length}`);
});

test('in a storm of more rows than are looked at singly, a victim with several answers is still found', () => {
  const rows = STORM_ROWS + 1000;
  const roll = dice(8);
  const storm = Array.from({ length: rows }, (_, index) => ({
    at_s: roll() * 60,
    src: `${11 + (index & 127)}.${(index >>> 15) & 255}.${(index >>> 7) & 255}.9`,
    dst: oursAt(roll() / 1024),
    sport: 443,
  }));
  const bins = binsOf([...storm, ...attackOn('198.41.0.4', { rate_ps: 3, to_s: 60 })]);
  assert.deepEqual(
    sightingsOf(victim, bins).map(({ subject }) => subject.value),
    ['198.41.0.4'],
  );
});
