import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLate } from './late.ts';
import { type Store, StoreError, type StoredNotice } from './store.ts';

/** A store that counts calls of `query` and tells of segments when asked to. */
function fakeStore() {
  const listeners = new Set<(notice: StoredNotice) => void>();
  const store = {
    offset_minutes: 0,
    versions: { country: 'c', asn: 'a', scanners: 's' },
    query: () => Promise.resolve([{ one: 1 }]),
    version: () => 7,
    onStored: (listener: (notice: StoredNotice) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  } as unknown as Store;
  return { store, tell: (notice: StoredNotice) => listeners.forEach((listener) => listener(notice)) };
}

const NOTICE: StoredNotice = {
  feed: 'network',
  sensor: 'hill-one',
  sequence: 0,
  rows: 0,
  received_at_ms: 0,
  minute_from_ms: 0,
  minute_to_ms: 60_000,
};
const AWAY = new StoreError('unreachable', 'Cannot reach the database: nobody listens at its address');
const common = { offset_minutes: 540, pause_ms: () => 1, onFailure: () => {}, signal: new AbortController().signal };

test('openLate: says that the database is away until it is there, then passes everything on', async () => {
  const real = fakeStore();
  const attempts = [AWAY, new StoreError('timeout', 'Cannot open the database: too late')];
  const failures: string[] = [];
  const pauses: number[] = [];
  const { store, opened } = openLate({
    ...common,
    open: async () => {
      const failure = attempts.shift();
      if (failure !== undefined) throw failure;
      return real.store;
    },
    pause_ms: (attempt) => pauses.push(attempt),
    onFailure: ({ kind }) => failures.push(kind),
  });
  const heard: StoredNotice[] = [];
  const forget = store.onStored((notice) => heard.push(notice));
  await assert.rejects(store.query('SELECT 1'), { kind: 'unreachable' });
  await assert.rejects(store.receipt('a', 1), { kind: 'unreachable' });
  assert.deepEqual([store.version('network', '2026-01-01'), store.versions.asn, store.offset_minutes], [0, '', 540]);
  await opened;
  assert.deepEqual(
    [failures, pauses],
    [
      ['unreachable', 'timeout'],
      [0, 1],
    ],
  );
  assert.deepEqual(await store.query('SELECT 1'), [{ one: 1 }]);
  assert.deepEqual([store.version('network', '2026-01-01'), store.versions.asn], [7, 'a']);
  real.tell(NOTICE);
  forget();
  real.tell(NOTICE);
  assert.deepEqual(heard, [NOTICE]);
  await store.close();
});

test('openLate: a database that refuses us is not asked again', async () => {
  let attempts = 0;
  const { opened } = openLate({
    ...common,
    open: async () => {
      attempts++;
      throw new StoreError('refused', 'Cannot open the database: wrong password');
    },
  });
  await assert.rejects(opened, { kind: 'refused' });
  assert.equal(attempts, 1);
});

test('openLate: stops trying when the center stops', async () => {
  const stop = new AbortController();
  const { store, opened } = openLate({
    ...common,
    pause_ms: () => 60_000,
    open: async () => {
      throw AWAY;
    },
    onFailure: () => stop.abort(),
    signal: stop.signal,
  });
  await assert.rejects(opened, { name: 'AbortError' });
  await store.close();
});
