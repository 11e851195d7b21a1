/** Turns: order, limits, and who goes alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Turns } from './turns.ts';

test('Turns: never more than the limit, never two of one name, nobody beside who is alone; all in order', async () => {
  const tasks = fc.array(fc.record({ name: fc.option(fc.constantFrom('a', 'b', 'c')), length: fc.nat(3) }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(tasks, fc.integer({ min: 1, max: 3 }), async (list, atOnceMax) => {
      const turns = new Turns(atOnceMax);
      const running: (string | null)[] = [];
      const begun: number[] = [];
      const work = list.map(({ name, length }, number) => {
        const task = async (): Promise<number> => {
          begun.push(number);
          running.push(name);
          assert.ok(running.length <= atOnceMax);
          assert.equal(new Set(running).size, running.length);
          if (running.includes(null)) assert.equal(running.length, 1);
          for (let step = 0; step < length; step++) await setImmediate();
          running.splice(running.indexOf(name), 1);
          return number;
        };
        return name === null ? turns.alone(task) : turns.beside(name, task);
      });
      assert.deepEqual(
        await Promise.all(work),
        list.map((_, number) => number),
      );
      assert.deepEqual(
        begun,
        begun.toSorted((a, b) => a - b),
      );
    }),
  );
});

test('Turns: a task that fails lets the next one begin', async () => {
  const turns = new Turns(1);
  const failed = turns.beside('a', () => Promise.reject(new Error('no')));
  const next = turns.alone(() => Promise.resolve('yes'));
  await assert.rejects(failed, /no/);
  assert.equal(await next, 'yes');
});

test('Turns: at the end what waits is refused, what comes as well, and what is under way is waited for', async () => {
  const turns = new Turns(1);
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  const first = turns.beside('a', async () => {
    await gate.promise;
    done.push('a');
  });
  const waiting = turns.beside('b', async () => void done.push('b'));
  turns.end(new Error('it ends'));
  await assert.rejects(waiting, /it ends/);
  await assert.rejects(
    turns.alone(async () => {}),
    /it ends/,
  );
  const ended = turns.ended().then(() => done.push('ended'));
  await setImmediate();
  assert.deepEqual(done, []);
  gate.resolve();
  await Promise.all([first, ended]);
  assert.deepEqual(done, ['a', 'ended']);
});
