import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Memo } from './memo.ts';

test('Memo answers a question once for each version, also while it is being answered', async () => {
  const memo = new Memo<number>(4);
  let asked = 0;
  const make = (): Promise<number> => Promise.resolve(++asked);
  assert.deepEqual(await Promise.all([memo.get('a', 1, make), memo.get('a', 1, make)]), [1, 1]);
  assert.equal(await memo.get('a', 2, make), 2);
  assert.equal(await memo.get('a', 2, make), 2);
  assert.equal(memo.size, 1);
});

test('Memo keeps at most so many answers; the least recently asked for leaves', async () => {
  const memo = new Memo<string>(2);
  const make = (text: string) => (): Promise<string> => Promise.resolve(text);
  await memo.get('a', 1, make('a'));
  await memo.get('b', 1, make('b'));
  await memo.get('a', 1, make('not again'));
  await memo.get('c', 1, make('c'));
  assert.equal(memo.size, 2);
  assert.equal(await memo.peek('a', 1), 'a');
  assert.equal(memo.peek('b', 1), undefined);
});

test('Memo does not keep a failure', async () => {
  const memo = new Memo<number>(2);
  await assert.rejects(memo.get('a', 1, () => Promise.reject(new Error('away'))));
  assert.equal(await memo.get('a', 1, () => Promise.resolve(7)), 7);
});
