/** BlockRunner against its promise: an answer depends on the block and its warm-up, whatever came before and wherever one begins. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MINUTE_MS } from '../bins.ts';
import type { Detector } from '../detector.ts';
import type { Bin } from '../flow-batch.ts';
import { binAt, detectorOf, remembering } from '../testing.ts';
import { BlockRunner, SIGHTINGS_PER_STEP_MAX, startOfBlock } from './blocks.ts';

const PLACE = { feed: 'simulation' };

function run(detector: Detector, bins: readonly Bin[]) {
  const runner = new BlockRunner(detector, PLACE);
  for (const bin of bins) runner.step(bin);
  runner.advance(Number.POSITIVE_INFINITY);
  return { ...runner.take(), counts: runner.counts };
}

const minutes = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.array(fc.integer({ min: 1, max: 3 }))), {
  selector: ([minute]) => minute,
  maxLength: 60,
});

test('BlockRunner: answers of a block are the same wherever one begins in front of its warm-up', () => {
  fc.assert(
    fc.property(minutes, fc.constantFrom(1, 5, 10, 30), fc.integer({ min: 0, max: 40 }), (all, block, warmup) => {
      const detector = remembering({ block_minutes: block, warmup_minutes: warmup });
      const bins = all.toSorted(([a], [b]) => a - b).map(([minute, sources]) => binAt(minute, sources));
      const whole = run(detector, bins).sightings;
      for (let start = 0; start <= 90; start += block) {
        const part = bins.filter(({ minute_ms }) => minute_ms >= (start - warmup) * MINUTE_MS);
        const from_ms = start * MINUTE_MS;
        assert.deepEqual(
          run(detector, part).sightings.filter(({ bin_ms }) => bin_ms >= from_ms),
          whole.filter(({ bin_ms }) => bin_ms >= from_ms),
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('BlockRunner: a state begins with its warm-up and ends with its block', () => {
  const detector = remembering({ block_minutes: 10, warmup_minutes: 3 });
  const { sightings } = run(
    detector,
    [5, 8, 9, 10, 19, 20].map((minute) => binAt(minute, [1])),
  );
  // Block 0: 1, 2, 3. Block 1 has seen minutes 8 and 9 before. Block 2 has seen 19.
  assert.deepEqual(
    sightings.map(({ bin_ms, figures }) => [bin_ms / MINUTE_MS, figures.packets]),
    [
      [5, 1],
      [8, 2],
      [9, 3],
      [10, 3],
      [19, 4],
      [20, 2],
    ],
  );
});

test('BlockRunner: the last minute of a block is stepped once any of it was, and what does not apply is counted', () => {
  const stepped: number[] = [];
  const detector = detectorOf({
    block_minutes: 10,
    warmup_minutes: 2,
    start: () => ({
      step: ({ minute_ms }) => {
        stepped.push(minute_ms / MINUTE_MS);
        return { sightings: [] };
      },
    }),
  });
  const { counts } = run(detector, [binAt(3), binAt(4, [], 0), binAt(28), binAt(45)]);
  // Minute 28 warms the block of 30 up, which has no minute of its own.
  assert.deepEqual(stepped, [3, 9, 28, 28, 29, 45, 49]);
  assert.deepEqual(counts, { applied: 3, not_applied: 1, failed: 0, unanswered: 0, dropped: 0 });
});

test('BlockRunner: a throw ends the block, is counted, and the next block begins anew', () => {
  let throws = true;
  const detector = detectorOf({
    start: () => ({
      step: ({ minute_ms }) => {
        if (minute_ms === 4 * MINUTE_MS && throws) throw new Error('a fault');
        return { sightings: [] };
      },
    }),
  });
  const bins = [3, 4, 5, 6, 12].map((minute) => binAt(minute, [1]));
  const { counts, failures } = run(detector, bins);
  assert.deepEqual(counts, { applied: 3, not_applied: 0, failed: 1, unanswered: 2, dropped: 0 });
  assert.deepEqual(failures, [{ detector: 'scan/test', minute_ms: 4 * MINUTE_MS, message: 'a fault' }]);
  throws = false;
  assert.equal(run(detector, bins).counts.applied, 5);
  const refuses = detectorOf({
    appliesTo: () => {
      throw new Error('no');
    },
    start: () => ({ step: () => ({ sightings: [] }) }),
  });
  assert.equal(run(refuses, bins).counts.failed, 5);
  const cannotStart = detectorOf({
    start: () => {
      throw new Error('no');
    },
  });
  assert.deepEqual(run(cannotStart, bins).counts.unanswered, 5);
});

test('BlockRunner: sightings beyond the limit and those of other blocks are dropped and counted', () => {
  const sources = Array.from({ length: 3 }, (_, index) => index);
  const seen = run(remembering(), [binAt(0, sources)]).sightings[0];
  const many = detectorOf({
    start: () => ({
      step: () => ({
        sightings: [
          ...Array.from({ length: SIGHTINGS_PER_STEP_MAX + 5 }, (_, index) => ({ ...seen, aspect: String(index) })),
          { ...seen, bin_ms: 10 * MINUTE_MS },
          { ...seen, bin_ms: -MINUTE_MS },
        ],
      }),
    }),
  });
  const { sightings, counts } = run(many, [binAt(0)]);
  // Twice: the minute, and the last of its block.
  assert.equal(sightings.length, 2 * SIGHTINGS_PER_STEP_MAX);
  assert.equal(counts.dropped, 2 * 7);
});

test('startOfBlock: multiples since 1970', () => {
  assert.equal(startOfBlock({ block_minutes: 60 }, Date.UTC(2026, 10, 21, 8, 59)), Date.UTC(2026, 10, 21, 8));
});
