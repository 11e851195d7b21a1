/** openLateLedger beside a ledger that comes late, or never. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerError } from './error.ts';
import { openLateLedger } from './late.ts';
import type { Ledger } from './ledger.ts';

const away = (): LedgerError => new LedgerError('unreachable', 'Cannot reach the ledger: nobody listens');

test('openLateLedger: says that the ledger is away until it is there, then passes everything on', async () => {
  const calls: unknown[][] = [];
  const real = new Proxy({} as Ledger, {
    get: (_, name) => (name === 'then' ? undefined : async (...args: unknown[]) => void calls.push([name, ...args])),
  });
  let attempts = 0;
  const failures: string[] = [];
  const { ledger, opened } = openLateLedger({
    open: async () => {
      if (attempts++ < 2) throw away();
      return real;
    },
    pause_ms: () => 1,
    onFailure: ({ message }) => failures.push(message),
    signal: new AbortController().signal,
  });
  await assert.rejects(ledger.memory('key'), { name: 'LedgerError', kind: 'unreachable' });
  await opened;
  assert.equal(failures.length, 2);
  await ledger.memory('key');
  await ledger.remember('key', 'value');
  await ledger.finding('id');
  await ledger.history('id');
  await ledger.sightings('id');
  await ledger.expire('network', 1, 2);
  await ledger.findings({ feed: 'network', limit: 1 });
  await ledger.decide('id', { state: 'refuted', actor: 'a', note: '', at_ms: 1 });
  await ledger.close();
  assert.deepEqual(
    calls.map(([name]) => name),
    ['memory', 'remember', 'finding', 'history', 'sightings', 'expire', 'findings', 'decide', 'close'],
  );
});

test('openLateLedger: one that refuses us is not asked again; stopping ends the trying', async () => {
  let attempts = 0;
  const refused = openLateLedger({
    open: async () => {
      attempts++;
      throw new LedgerError('refused', 'Cannot open the ledger: it is of a newer version');
    },
    pause_ms: () => 1,
    onFailure: () => {},
    signal: new AbortController().signal,
  });
  await assert.rejects(refused.opened, { kind: 'refused' });
  assert.equal(attempts, 1);
  const stopping = new AbortController();
  const waiting = openLateLedger({
    open: () => Promise.reject(away()),
    pause_ms: () => 60_000,
    onFailure: () => stopping.abort(),
    signal: stopping.signal,
  });
  await assert.rejects(waiting.opened);
  await waiting.ledger.close();
});
