/** Wrong clocks: whoever's it is, nothing is refused for good while the two disagree, and nothing is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOCK_DIFFERENCE_MS } from '@noroshi/wire/api/upload.ts';
import { Refusal } from './refusals.ts';
import { FROM_MS, makeSegment } from './testing.ts';
import { startIngest } from './testing-center.ts';
import { checkClocks, checkTimes, type Clocks } from './times.ts';

const DAY_MS = 86_400_000;
const SEGMENT = { minute_from_ms: FROM_MS, minute_to_ms: FROM_MS + 60_000 };

/** The word and sentence of what is thrown; `ok` for nothing. */
function outcome(run: () => void): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return `${error.word}: ${error.message}`;
  }
}

const times = (feed: 'network' | 'replay' | 'simulation', clocks: Clocks): string => {
  return outcome(() => checkTimes('segment x/1', feed, SEGMENT, clocks, 30 * DAY_MS));
};
const end_ms = SEGMENT.minute_to_ms;

test('checkTimes takes segments up to the tolerance ahead, and refuses them beyond, in every feed', () => {
  for (const feed of ['network', 'replay', 'simulation'] as const) {
    const at = (now_ms: number): string => times(feed, { now_ms, sent_ms: undefined });
    assert.equal(at(end_ms - CLOCK_DIFFERENCE_MS), 'ok');
    assert.equal(at(end_ms - CLOCK_DIFFERENCE_MS - 1), 'from_future: Cannot take segment x/1: it ends 300 s from now');
  }
});

test('checkTimes asks only the feed network how old a segment is', () => {
  const oldest_ms = FROM_MS + 30 * DAY_MS;
  assert.equal(times('network', { now_ms: oldest_ms, sent_ms: undefined }), 'ok');
  assert.match(times('network', { now_ms: oldest_ms + 1, sent_ms: undefined }), /^too_old: .* it began 30 days ago$/);
  assert.equal(times('replay', { now_ms: oldest_ms * 2, sent_ms: undefined }), 'ok');
});

test('checkTimes refuses nothing for good while sender and center disagree about the time', () => {
  const now_ms = FROM_MS - DAY_MS;
  assert.match(
    times('replay', { now_ms, sent_ms: end_ms }),
    /^clock_differs: Cannot judge segment x\/1: its sender’s clock is 24 h ahead of the center’s$/,
  );
  assert.match(times('network', { now_ms: FROM_MS + 99 * DAY_MS, sent_ms: end_ms }), /^clock_differs: .* behind/);
  assert.match(times('replay', { now_ms, sent_ms: now_ms }), /^from_future/, 'both agree: it is the segment');
});

test('checkClocks holds live sensors to the center’s clock, and nobody else', () => {
  const apart = (apart_ms: number, feed: 'network' | 'replay'): string => {
    return outcome(() => checkClocks('segment x/1', feed, { now_ms: FROM_MS, sent_ms: FROM_MS + apart_ms }));
  };
  assert.equal(apart(CLOCK_DIFFERENCE_MS, 'network'), 'ok');
  assert.equal(apart(-CLOCK_DIFFERENCE_MS, 'network'), 'ok');
  assert.match(apart(CLOCK_DIFFERENCE_MS + 1, 'network'), /^clock_differs/);
  assert.match(apart(-CLOCK_DIFFERENCE_MS - 1, 'network'), /^clock_differs/);
  assert.equal(apart(DAY_MS, 'replay'), 'ok');
  assert.equal(
    outcome(() => checkClocks('x', 'network', { now_ms: 0, sent_ms: undefined })),
    'ok',
  );
});

const dated = (now_ms: number): { headers: { date: string } } => ({
  headers: { date: new Date(now_ms).toUTCString() },
});

test('put keeps a sensor waiting while the center’s clock is wrong, and takes its segments when it is right again', async (context) => {
  const center = await startIngest();
  context.after(() => center.close());
  const right_ms = center.clock.now_ms;
  for (const wrong_ms of [right_ms - 40 * DAY_MS, right_ms + 40 * DAY_MS, 0]) {
    center.clock.now_ms = wrong_ms;
    const sent = await center.send(makeSegment(), dated(right_ms));
    assert.deepEqual([sent.status, sent.word, sent.headers['retry-after']], [503, 'clock_differs', '60']);
  }
  assert.deepEqual([center.ingest.refused(), center.files('quarantine')], [{}, []]);
  center.clock.now_ms = right_ms;
  assert.equal((await center.send(makeSegment(), dated(right_ms))).status, 201);
});

test('put takes nothing of a sensor whose clock is wrong; set right, its segments of the future are refused and kept', async (context) => {
  const center = await startIngest();
  context.after(() => center.close());
  const now_ms = center.clock.now_ms;
  const ahead = makeSegment({ minute_from_ms: FROM_MS + DAY_MS });
  assert.equal((await center.send(ahead, dated(now_ms + DAY_MS))).word, 'clock_differs');
  assert.equal((await center.send(ahead, dated(now_ms))).word, 'from_future');
  assert.equal(center.files('quarantine').length, 2);
  const behind = makeSegment({ minute_from_ms: FROM_MS - DAY_MS, sequence: 8 });
  assert.equal((await center.send(behind, { sequence: 8, ...dated(now_ms - DAY_MS) })).word, 'clock_differs');
});

test('put stamps with the center’s clock, forwards and backwards, and goes on', async (context) => {
  const center = await startIngest();
  context.after(() => center.close());
  for (const [index, step_ms] of [0, 3_600_000, -3_600_000, 1].entries()) {
    center.clock.now_ms += step_ms;
    const file = makeSegment({ sensor: 'replay-x', sequence: index });
    assert.equal((await center.send(file, { sensor: 'replay-x', sequence: index })).status, 201);
    assert.equal(center.store.inserts[index]?.received_at_ms, center.clock.now_ms);
  }
});
