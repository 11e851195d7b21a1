/** The ledger's thread: opens the database, does what it is told, says how it went. WebAssembly and large reports compute here. */
import { parentPort, workerData } from 'node:worker_threads';
import { ledgerErrorOf } from './error.ts';
import { type Answer, type Call, type LedgerPlace, OPENED } from './messages.ts';
import { openDatabase } from './open-database.ts';
import { ledgerOver } from './over.ts';

const opening = openDatabase(workerData as LedgerPlace).then(ledgerOver);
void answer(OPENED, async () => {
  await opening;
});

const underWay = new Set<Promise<void>>();

parentPort?.on('message', (call: Call) => {
  const done = answer(call.number, () => called(call));
  // Its own end it need not wait for.
  if (call.method !== 'close') void counted(done);
});

async function called({ method, args }: Call): Promise<unknown> {
  const ledger = await opening;
  if (method === 'close') await Promise.all(underWay);
  const work = ledger[method] as (...given: readonly unknown[]) => Promise<unknown>;
  return work(...args);
}

async function counted(done: Promise<void>): Promise<void> {
  underWay.add(done);
  await done;
  underWay.delete(done);
}

async function answer(number: number, work: () => Promise<unknown>): Promise<void> {
  // A worker's port has no origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const say = (message: Answer): void => parentPort?.postMessage(message);
  try {
    say({ number, value: await work() });
  } catch (error) {
    const { kind, message } = ledgerErrorOf('use the ledger', error);
    say({ number, kind, message });
  }
}
