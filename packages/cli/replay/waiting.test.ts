import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitingTold } from './waiting.ts';

const FULL = 'the center answered 507: no room';
const SINCE_MS = Date.UTC(2026, 0, 1, 9, 30);

test('WaitingTold: a line for each reason and one for the end; the progress line counts down', () => {
  const said: string[] = [];
  const told = new WaitingTold((line) => void said.push(line));
  const hear = (trouble: string | undefined, again_s: number, now_s: number): string | undefined => {
    const status = { trouble, since_ms: SINCE_MS, again_ms: SINCE_MS + again_s * 1000 };
    return told.hear(status, SINCE_MS + now_s * 1000);
  };
  assert.equal(hear(undefined, 0, 0), undefined);
  assert.equal(hear('a blip', 0.5, 0.2), undefined);
  assert.equal(hear(FULL, 60, 0.2), 'waiting for the center, again in 1 min');
  assert.equal(hear(FULL, 60, 18), 'waiting for the center, again in 42 s');
  assert.equal(hear(FULL, 60, 61), 'trying again');
  assert.equal(hear(FULL, 120, 62), 'waiting for the center, again in 58 s');
  assert.equal(hear('connection \u001b[31mrefused', 120, 120), 'trying again');
  assert.equal(hear(undefined, 0, 180), undefined);
  assert.equal(hear(undefined, 0, 181), undefined);
  assert.deepEqual(said, [
    `Waiting since 09:30:00 UTC, trying again at 09:31:00; nothing is lost: ${FULL}`,
    'Waiting since 09:30:00 UTC, trying again now; nothing is lost: connection \\x1b[31mrefused',
    'The center takes segments again, after 3 min',
  ]);
});
