import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoff_ms, pause, retry } from './retry.ts';

const BACKOFF = { first_ms: 100, max_ms: 5000 };

test('backoff_ms doubles up to its limit and takes at most half off', () => {
  assert.deepEqual(
    [0, 1, 2, 5, 6, 1000].map((attempt) => backoff_ms(attempt, BACKOFF, () => 0)),
    [100, 200, 400, 3200, 5000, 5000],
  );
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), random, (attempt, x) => {
      const whole_ms = backoff_ms(attempt, BACKOFF, () => 0);
      const taken_ms = backoff_ms(attempt, BACKOFF, () => x);
      assert.ok(taken_ms >= whole_ms / 2 && taken_ms <= whole_ms);
    }),
  );
});

test('retry gives the first success and pauses longer each time', async () => {
  const pauses: number[] = [];
  const sleep = async (pause_ms: number): Promise<void> => void pauses.push(pause_ms);
  const action = async (attempt: number): Promise<number> => {
    if (attempt < 3) throw new Error('not yet');
    return attempt;
  };
  assert.equal(await retry(action, { ...BACKOFF, random: () => 0, sleep }), 3);
  assert.deepEqual(pauses, [100, 200, 400]);
});

test('retry ends with the last failure: not a passing one, or attempts used up', async () => {
  const sleep = async (): Promise<void> => {};
  let attempts = 0;
  const action = async (): Promise<never> => {
    attempts += 1;
    throw new Error(`failure ${attempts}`);
  };
  const options = { ...BACKOFF, random: () => 0, sleep };
  await assert.rejects(retry(action, { ...options, attemptsMax: 3 }), /failure 3/);
  await assert.rejects(retry(action, { ...options, isPassing: () => false }), /failure 4/);
});

test('retry and pause end at once when their signal is aborted', async () => {
  const controller = new AbortController();
  const action = async (): Promise<never> => {
    throw new Error('no');
  };
  const hour = { first_ms: 3_600_000, max_ms: 3_600_000, random: () => 0, signal: controller.signal };
  const failed: number[] = [];
  const ending = retry(action, { ...hour, onFailure: (_, attempt) => failed.push(attempt) });
  setImmediate(() => controller.abort(new Error('stopping')));
  await assert.rejects(ending, /stopping/);
  assert.deepEqual(failed, [0]);
  await assert.rejects(pause(1, controller.signal), /stopping/);
  await pause(1);
});
