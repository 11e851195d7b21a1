/** What is asked of the database, and what is not asked again. The answers themselves: oracle.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIMENSIONS } from '@noroshi/wire/api/figures.ts';
import type { QueryParams, StoredNotice } from '../store/store.ts';
import { Query, type QueryStore, Unanswerable } from './query.ts';

interface Asked {
  readonly sql: string;
  readonly params: QueryParams;
}

/** A database without rows that remembers what it was asked. */
class EmptyStore implements QueryStore {
  readonly asked: Asked[] = [];
  readonly versions = { country: 'c', asn: 'a', scanners: 's' };
  readonly stored = new Map<string, number>();
  readonly listeners = new Set<(notice: StoredNotice) => void>();
  readonly offset_minutes: number;
  isAway = false;

  constructor(offset_minutes = 0) {
    this.offset_minutes = offset_minutes;
  }

  query<T>(sql: string, params: QueryParams = {}): Promise<T[]> {
    this.asked.push({ sql, params });
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve([]);
  }

  version(_feed: string, day: string): number {
    return this.stored.get(day) ?? 0;
  }

  onStored(listener: (notice: StoredNotice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  store(day: string): void {
    this.stored.set(day, this.version('', day) + 1);
    const minute_from_ms = Date.parse(day);
    const whose = {
      feed: 'network',
      sensor: 'hill-one',
      sequence: 0,
      rows: 0,
      received_at_ms: minute_from_ms,
    } as const;
    const notice = { ...whose, minute_from_ms, minute_to_ms: minute_from_ms + 60_000 };
    for (const listener of this.listeners) listener(notice);
  }

  /** What was asked since the last call. */
  take(): Asked[] {
    return this.asked.splice(0);
  }
}

const WEEK = { feed: 'network', period: '2021-02-08/2021-02-15' } as const;

test('Query asks once for a period, and again only for the day that changed', async () => {
  const store = new EmptyStore();
  for (const day of ['2021-02-02', '2021-02-08', '2021-02-09', '2021-02-14']) store.store(day);
  const query = new Query(store);
  await Promise.all([query.summary(WEEK), query.summary(WEEK), query.series(WEEK, 'accesses', 'hour')]);
  const first = store.take();
  // Days without any segment are not asked for, and those that follow each other are asked for together.
  const runs = new Set(first.map(({ params }) => `${String(params.first)} ${String(params.last)}`));
  assert.deepEqual([...runs].toSorted(), ['2021-02-02 2021-02-02', '2021-02-08 2021-02-09', '2021-02-14 2021-02-14']);
  assert.equal(first.length % runs.size, 0);
  await query.summary(WEEK);
  await query.series(WEEK, 'sources', 'day');
  assert.deepEqual(store.take(), []);
  store.store('2021-02-14');
  await query.summary(WEEK);
  const again = store.take();
  assert.equal(again.length, first.length / runs.size);
  assert.ok(again.every(({ params }) => params.first === '2021-02-14' && params.last === '2021-02-14'));
});

test('Query never looks at flow rows for a figure, a ranking, a series or the live window', async () => {
  const store = new EmptyStore();
  store.store('2021-02-14');
  const query = new Query(store);
  await query.summary(WEEK);
  for (const { id, steps } of query.definitions) for (const step of steps) await query.series(WEEK, id, step);
  for (const dimension of DIMENSIONS) {
    const scope = { ...WEEK, dimension, limit: 10 };
    await query.ranking({ ...scope, without_scanners: false });
    const asked = store.asked.length;
    await query.ranking({ ...scope, without_scanners: false });
    assert.equal(store.asked.length, asked, 'kept');
    await query.ranking({ ...scope, without_scanners: true });
  }
  for (const { sql } of store.asked) assert.doesNotMatch(sql, /\bflows\b/);
});

test('Query takes nothing from outside into the text of SQL, and no more rows than its limit', async () => {
  const store = new EmptyStore();
  store.store('2021-02-14');
  const query = new Query(store);
  const texts = async (feed: 'network' | 'replay', period: string): Promise<string[]> => {
    await query.summary({ feed, period });
    await query.ranking({ feed, period, dimension: 'ports', limit: 1e9, without_scanners: true });
    const asked = store.take();
    assert.ok(asked.every(({ params }) => params.limit === undefined || params.limit === 1000));
    return asked.map(({ sql }) => sql).toSorted();
  };
  assert.deepEqual(await texts('network', '2021-02-08/2021-02-15'), await texts('replay', '2021-02'));
});

test('Query: a database that was away is asked again', async () => {
  const store = new EmptyStore();
  store.store('2021-02-14');
  const query = new Query(store);
  store.isAway = true;
  await assert.rejects(query.summary(WEEK), /away/);
  await assert.rejects(query.feeds(), /away/);
  store.isAway = false;
  assert.equal((await query.summary(WEEK)).figures.length, query.definitions.length);
  assert.deepEqual(await query.feeds(), []);
});

test('Query: questions without an answer are refused with a sentence', async () => {
  const query = new Query(new EmptyStore());
  const refused = async (asking: Promise<unknown>, reason: string, sentence: RegExp): Promise<void> => {
    await assert.rejects(asking, (error: unknown) => {
      assert.ok(error instanceof Unanswerable);
      assert.equal(error.reason, reason);
      assert.match(error.message, sentence);
      return true;
    });
  };
  await refused(
    query.summary({ feed: 'network', period: 'yesterday' }),
    'malformed',
    /^Cannot read period "yesterday": /,
  );
  await refused(
    query.summary({ feed: 'network' }),
    'no_data',
    /^Cannot read the last days: the feed holds nothing yet$/,
  );
  await refused(query.live('network'), 'no_data', /^Cannot show the last 24 hours: /);
  await refused(query.series(WEEK, 'happiness', 'day'), 'malformed', /^Cannot draw a series: no figure has this name$/);
  await refused(query.series(WEEK, 'sources', 'hour'), 'malformed', /^Cannot draw sources by hour: /);
});

test('Query: a day of Japan is two days of UTC; whichever changes, it is asked for again', async () => {
  const store = new EmptyStore(540);
  const query = new Query(store);
  const day = { feed: 'network', period: '2021-02-14' } as const;
  for (const changed of ['2021-02-13', '2021-02-14']) {
    store.store(changed);
    await query.summary(day);
    const asked = store.take().filter(({ params }) => params.first === '2021-02-14' && 'from_s' in params);
    assert.ok(asked.length > 0, changed);
    const midnight_s = Date.UTC(2021, 1, 13, 15) / 1000;
    assert.deepEqual([asked[0].params.from_s, asked[0].params.to_s], [midnight_s, midnight_s + 86_400]);
  }
  assert.throws(() => new Query(new EmptyStore(330)), RangeError);
});

test('Query stops listening when it is closed', () => {
  const store = new EmptyStore();
  const query = new Query(store);
  assert.equal(store.listeners.size, 1);
  query.close();
  assert.equal(store.listeners.size, 0);
});
