import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, type Fetch } from './ask.ts';
import { number, object } from './shape.ts';

const shape = object<{ a: number }>({ a: number });
const { signal } = new AbortController();

function answering(body: string, status = 200): Fetch {
  return () => Promise.resolve(new Response(body, { status }));
}

test('ask: an answer of the expected shape', async () => {
  assert.deepEqual(await ask(shape, 'v1/x', signal, answering('{"a":1}')), { ok: true, value: { a: 1 } });
});

test('ask: the center’s problem, or its status when it gave no reason', async () => {
  const problem = { type: 'urn:noroshi:problem:bad_parameter', title: 'Bad', status: 400, detail: 'Cannot answer: no' };
  const said = await ask(shape, 'v1/x', signal, answering(JSON.stringify(problem), 400));
  assert.deepEqual(said, { ok: false, failure: { kind: 'problem', problem } });
  const mute = await ask(shape, 'v1/x', signal, answering('<html>', 502));
  assert.deepEqual(mute, { ok: false, failure: { kind: 'status', status: 502 } });
});

test('ask: what is not JSON, or of another shape, is a fault and never a value', async () => {
  for (const [body, path, expected] of [
    ['{"a":', '', 'an object'],
    ['{"a":"1"}', 'a', 'a number'],
  ] as const) {
    const answer = await ask(shape, 'v1/x', signal, answering(body));
    assert.deepEqual(answer, { ok: false, failure: { kind: 'shape', fault: { path, expected } } });
  }
});

test('ask: no network, and being given up, are unreachable', async () => {
  const broken: Fetch = () => Promise.reject(new TypeError('no'));
  assert.deepEqual(await ask(shape, 'v1/x', signal, broken), { ok: false, failure: { kind: 'unreachable' } });
  const given = new AbortController();
  const waiting: Fetch = (_, init) => {
    return new Promise((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('given up')));
    });
  };
  const answer = ask(shape, 'v1/x', given.signal, waiting);
  given.abort();
  assert.deepEqual(await answer, { ok: false, failure: { kind: 'unreachable' } });
});
