import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Methods } from './methods.ts';

test('Methods: what an address takes, whatever stands for its parameters', () => {
  const methods = new Methods();
  methods.add('/v1/summary', 'GET');
  methods.add('/v1/summary', ['HEAD']);
  methods.add('/v1/segments/:sensor/:sequence', 'PUT');
  methods.add('/v1/*', 'OPTIONS');
  assert.deepEqual(methods.of('/v1/summary?feed=x/y'), ['GET', 'HEAD']);
  assert.deepEqual(methods.of('/v1/segments/hill/7'), ['PUT']);
  assert.deepEqual([methods.of('/v1/nothing'), methods.of('/v1/segments/hill'), methods.of('/')], [[], [], []]);
});
