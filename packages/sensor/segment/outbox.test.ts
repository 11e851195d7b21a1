/** What a worker puts into the outbox is what the other thread finds, group after group, wherever the chunks lie in memory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { newOutboxMemory, Outbox } from './outbox.ts';

test('Outbox gives the chunks as they were put, larger groups and smaller ones', () => {
  const memory = newOutboxMemory();
  const worker = new Outbox(memory);
  const writer = new Outbox(memory);
  const source = Uint8Array.from({ length: 4096 }, (_, index) => index * 7);
  for (const lengths of [[1, 2, 3], [1000, 0, 17, 2000], [5]]) {
    let from = 3;
    const chunks = lengths.map((length) => source.subarray(from, (from += length)));
    const places = worker.put(
      chunks,
      lengths.reduce((sum, length) => sum + length, 0),
    );
    assert.deepEqual(Buffer.concat(writer.chunks(places)), Buffer.concat(chunks));
    writer.free();
  }
});

const PUT_TWICE = `
  const { workerData, parentPort } = await import('node:worker_threads');
  const { Outbox } = await import(workerData.module);
  const outbox = new Outbox(workerData.memory);
  for (const value of [1, 2]) parentPort.postMessage(outbox.put([Uint8Array.of(value)], 1));
`;

test('Outbox keeps a group until it is free, and the worker waits', async () => {
  const memory = newOutboxMemory();
  const outbox = new Outbox(memory);
  const module = new URL('./outbox.ts', import.meta.url).href;
  const worker = new Worker(`(async () => {${PUT_TWICE}})()`, { eval: true, workerData: { memory, module } });
  for (const value of [1, 2]) {
    const [places] = (await once(worker, 'message')) as [Parameters<Outbox['chunks']>[0]];
    const gone = await Promise.race([once(worker, 'message'), setTimeout(50, 'waits')]);
    assert.equal(gone, 'waits');
    assert.deepEqual(outbox.chunks(places), [Uint8Array.of(value)]);
    outbox.free();
  }
  await worker.terminate();
});
