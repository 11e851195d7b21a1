/** What the fuzzer once found stays mended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packBytes, readFound, replay } from './found.ts';

for (const [name, found] of readFound()) {
  test(`fuzz: ${name} (${found.law})`, () => assert.equal(replay(found), undefined));
}

test('fuzz: a counterexample is read as it was written', () => {
  const packet = { law: '', seed: 1, number: 1, link: 1, bytes: packBytes(new Uint8Array(14)) };
  const capture = { law: '', seed: 1, number: 1, sizes: [3], bytes: packBytes(Buffer.from('d4c3b2a1', 'hex')) };
  assert.deepEqual([replay(packet), replay(capture)], [undefined, undefined]);
});
