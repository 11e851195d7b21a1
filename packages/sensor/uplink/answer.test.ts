import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Answer, meaningOfHead, meaningOfPut, pauseOf, RETRY_AFTER_MS_MAX } from './answer.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function answer(status: number, body: unknown = '', retryAfter = ''): Answer {
  return { status, retryAfter, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function put(given: Answer): string {
  return meaningOfPut(given, 'test', 7, NOW_MS).kind;
}

const receipt = { state: 'stored', sensor: 'test', sequence: 7, rows: 3 };
const problem = { type: 'urn:noroshi:problem:not_parquet', title: 'x', status: 422, detail: 'It is none' };

test('meaningOfPut: only a receipt of this very segment says that it is stored', () => {
  for (const status of [200, 201]) {
    assert.equal(put(answer(status, receipt)), 'stored');
    assert.equal(put(answer(status, { ...receipt, state: 'duplicate' })), 'stored');
    for (const other of [
      '',
      '<html>Welcome</html>',
      'null',
      '7',
      [],
      { ...receipt, sequence: 8 },
      { ...receipt, sensor: 'x' },
    ]) {
      assert.equal(put(answer(status, other)), 'trouble');
    }
    assert.equal(put(answer(status, { ...receipt, state: 'queued' })), 'trouble');
  }
  for (const status of [202, 204, 206, 301, 302, 100]) assert.equal(put(answer(status, receipt)), 'trouble');
});

test('meaningOfPut: only a problem in the center’s own words refuses for good', () => {
  for (const status of [400, 404, 409, 411, 413, 415, 422]) {
    assert.equal(put(answer(status, problem)), 'refused');
    assert.equal(put(answer(status, problem, '5')), 'trouble', 'who says when to come again does not refuse for good');
    for (const other of ['', 'Not Found', { ...problem, type: 'about:blank' }, { type: problem.type }]) {
      assert.equal(put(answer(status, other)), 'trouble');
    }
  }
});

test('meaningOfPut: 401 and 403 are forbidden, 408, 425, 429 and 5xx pass', () => {
  for (const status of [401, 403]) {
    assert.equal(put(answer(status)), 'forbidden');
    assert.equal(put(answer(status, problem)), 'forbidden');
  }
  for (const status of [408, 425, 429, 500, 502, 503, 507]) assert.equal(put(answer(status, problem)), 'trouble');
  const meaning = meaningOfPut(answer(503, problem, '30'), 'test', 7, NOW_MS);
  assert.deepEqual(meaning, {
    kind: 'trouble',
    sentence: 'the center answered 503: It is none',
    reason: problem.type,
    pause_ms: 30_000,
  });
});

test('meaningOfHead: 200 is there, 404 is not, everything else decides nothing', () => {
  const kinds = [200, 404, 401, 403, 204, 301, 405, 500].map((status) => meaningOfHead(answer(status), NOW_MS).kind);
  assert.deepEqual(kinds, ['stored', 'absent', 'forbidden', 'forbidden', 'trouble', 'trouble', 'trouble', 'trouble']);
});

test('pauseOf: seconds or a date, within an hour, 0 for what is neither', () => {
  const pauses = [
    '120',
    ' 5 ',
    'Thu, 01 Jan 2026 00:01:00 GMT',
    'Wed, 31 Dec 2025 23:00:00 GMT',
    '',
    'soon',
    '-3',
    '999999999',
  ];
  assert.deepEqual(
    pauses.map((retryAfter) => pauseOf({ retryAfter }, NOW_MS)),
    [120_000, 5000, 60_000, 0, 0, 0, 0, RETRY_AFTER_MS_MAX],
  );
});

test('meaningOfPut: any answer has a meaning, and none of rubbish ends the waiting', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.string(), fc.string(), (status, body, retryAfter) => {
      const { kind } = meaningOfPut({ status, body, retryAfter }, 'test', 7, NOW_MS);
      assert.ok(kind === 'trouble' || kind === 'forbidden');
    }),
  );
});
