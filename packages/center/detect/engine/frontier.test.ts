/** Frontier: who holds the watermark back, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AHEAD_MAX, Frontier } from './frontier.ts';

const GRACE = 300;
const note = (
  frontier: Frontier,
  sensor: string,
  sequence: number,
  minute_to_ms: number,
  received_at_ms: number,
): void => frontier.note({ sensor, sequence, minute_to_ms, received_at_ms });

test('Frontier: the slowest live sensor holds the others back, one that fell silent does not', () => {
  const frontier = new Frontier(GRACE);
  assert.equal(frontier.at(0), undefined);
  note(frontier, 'a', 7, 60, 0);
  note(frontier, 'b', 1, 180, 200);
  assert.deepEqual(frontier.at(200), { watermark_ms: 60, isSettled: false });
  assert.deepEqual(frontier.at(301), { watermark_ms: 180, isSettled: false });
  // It comes back, further behind: the watermark does not go back, and what it sends is late.
  note(frontier, 'a', 8, 120, 400);
  assert.deepEqual(frontier.at(400), { watermark_ms: 180, isSettled: false });
  note(frontier, 'b', 2, 300, 500);
  note(frontier, 'a', 9, 240, 500);
  assert.deepEqual(frontier.at(500), { watermark_ms: 240, isSettled: false });
  assert.deepEqual(frontier.at(900), { watermark_ms: 300, isSettled: true });
});

test('Frontier: what lies behind a gap waits for it, but not for ever', () => {
  const frontier = new Frontier(GRACE);
  note(frontier, 'a', 1, 60, 0);
  note(frontier, 'a', 3, 180, 10);
  note(frontier, 'a', 4, 240, 20);
  assert.equal(frontier.at(20)?.watermark_ms, 60);
  note(frontier, 'a', 2, 120, 30);
  assert.equal(frontier.at(30)?.watermark_ms, 240);
  note(frontier, 'a', 9, 600, 40);
  assert.equal(frontier.at(340)?.watermark_ms, 240);
  note(frontier, 'a', 10, 660, 341);
  assert.equal(frontier.at(341)?.watermark_ms, 660);
  for (let sequence = 12; sequence <= 12 + AHEAD_MAX; sequence++) note(frontier, 'a', sequence, sequence * 100, 350);
  assert.equal(frontier.at(350)?.watermark_ms, (12 + AHEAD_MAX) * 100);
});

test('Frontier: any order of a sensor’s segments ends at the same watermark, and it never goes back', () => {
  const sequences = Array.from({ length: 12 }, (_, sequence) => sequence);
  fc.assert(
    fc.property(fc.shuffledSubarray(sequences, { minLength: 12 }), (order) => {
      const frontier = new Frontier(GRACE);
      let before = Number.NEGATIVE_INFINITY;
      for (const sequence of order) {
        note(frontier, 'a', sequence, sequence * 60, 0);
        const { watermark_ms } = frontier.at(0) ?? { watermark_ms: Number.NaN };
        assert.equal(watermark_ms >= before, true);
        before = watermark_ms;
      }
      assert.equal(frontier.at(0)?.watermark_ms, 11 * 60);
    }),
  );
});
