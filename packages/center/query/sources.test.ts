import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Period } from '@noroshi/wire/api/figures.ts';
import { parseAddress } from '@noroshi/wire/net/address.ts';
import { openStore, type Store } from '../store/store.ts';
import { networkNames, placesOf } from './places.ts';
import { HOURLY_DAYS_MAX, readSources } from './sources.ts';
import { words, writeSegment } from './testing.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 10, 21);
const folder = mkdtempSync(join(tmpdir(), 'noroshi-sources-'));
let store: Store;

const period = (days: number): Period => ({ name: '', from_ms: START_MS, to_ms: START_MS + days * DAY_MS, days });

/** An hour whose sources have these classes; every second one runs a tool. */
function hourOf(hour: number, classes: readonly number[]) {
  const rows = classes.length;
  return {
    feed: 'network' as const,
    hour_ms: START_MS + hour * HOUR_MS,
    rows,
    src: Uint32Array.from(classes.flatMap((_, at) => [...(parseAddress(`198.51.100.${at}`) ?? [])])),
    class: Uint8Array.from(classes),
    classNames: ['bot', 'unknown'],
    reasons: new Uint32Array(rows),
    reasonNames: ['bot_mark'],
    tools: Uint32Array.from(classes, (_, at) => at % 2),
    toolNames: ['mirai'],
    packets: new Float64Array(rows).fill(10),
    targets: new Uint32Array(rows),
    ports: new Uint32Array(rows),
    asn: new Uint32Array(rows),
    country: new Uint16Array(rows),
    countryNames: ['unknown'],
  };
}

before(async () => {
  store = await openStore({ path: join(folder, 'database') });
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test('readSources: by hour; what is said again takes the place of what was said before', async () => {
  await store.replaceSourceHour(hourOf(0, [0, 0, 1, 1]));
  await store.replaceSourceHour(hourOf(2, [1, 1]));
  await store.replaceSourceHour(hourOf(2, [0]));
  const { step_hours, steps, rows } = await readSources(store, 'network', period(1));
  assert.equal(step_hours, 1);
  assert.deepEqual(
    [...steps],
    [
      [START_MS, 1],
      [START_MS + 2 * HOUR_MS, 1],
    ],
  );
  assert.deepEqual(
    rows.map(({ kind, name, at_ms, sources, packets }) => [(at_ms - START_MS) / HOUR_MS, kind, name, sources, packets]),
    [
      [0, 'class', 'bot', 2, 20],
      [0, 'class', 'unknown', 2, 20],
      [0, 'tool', 'mirai', 2, 20],
      [2, 'class', 'bot', 1, 10],
    ],
  );
  const other = await readSources(store, 'replay', period(1));
  assert.deepEqual([other.steps.size, other.rows.length], [0, 0]);
});

test('readSources: a revision that a kill left behind does not count, neither do names that only it has', async () => {
  const old = `SELECT 'network', toDateTime(${START_MS / 1000}, 'UTC'), 'class', name, 99, 99, 0 FROM VALUES('name String', 'bot', 'exploit')`;
  await store.query(`INSERT INTO class_hours ${old}`).catch(() => []);
  const { rows } = await readSources(store, 'network', period(1));
  assert.deepEqual(
    rows
      .filter(({ at_ms, kind }) => at_ms === START_MS && kind === 'class')
      .map(({ name, sources }) => [name, sources]),
    [
      ['bot', 2],
      ['unknown', 2],
    ],
  );
});

test('readSources: by day in long periods, with the hours that were classified', async () => {
  await store.replaceSourceHour(hourOf(25, [0, 1]));
  const hourly = await readSources(store, 'network', period(HOURLY_DAYS_MAX));
  const { step_hours, steps, rows } = await readSources(store, 'network', period(HOURLY_DAYS_MAX + 1));
  assert.deepEqual([hourly.step_hours, step_hours], [1, 24]);
  assert.deepEqual(
    [...steps],
    [
      [START_MS, 2],
      [START_MS + DAY_MS, 1],
    ],
  );
  assert.deepEqual(
    rows.filter(({ name }) => name === 'bot').map(({ sources }) => sources),
    [3, 1],
  );
});

test('placesOf: sources and victims of both families, as they were looked up; nothing for strangers and hostile text', async () => {
  const minute = { minute_from_ms: START_MS, minute_to_ms: START_MS + 60_000, feed: 'network' as const };
  const common = { minute_ms: START_MS, dst: words('192.0.2.1'), proto: 6, service_port: 80, marks: '', packets: 3 };
  const exposure = [{ from_ms: START_MS, to_ms: START_MS + 60_000, addresses: 1, networks64: 0 }];
  const segment = writeSegment(folder, { ...minute, sensor: 'hill', sequence: 0, exposure }, [
    { ...common, src: words('198.51.100.7'), class: 'backscatter' },
    { ...common, src: words('2001:db8::7'), class: 'probe' },
  ]);
  await store.addSegment(segment);
  const asked = ['198.51.100.7', '2001:db8::7', '203.0.113.1'];
  const places = await placesOf(store, 'network', asked, { first: '2026-11-20', last: '2026-11-22' });
  assert.deepEqual([...places.keys()].toSorted(), ['198.51.100.7', '2001:db8::7']);
  assert.deepEqual(places.get('198.51.100.7'), { country: 'unknown', asn: 0, as_name: '' });
  assert.equal((await placesOf(store, 'network', asked, { first: '2026-11-23', last: '2026-11-24' })).size, 0);
  assert.deepEqual([(await placesOf(store, 'network', [], { first: '', last: '' })).size], [0]);
  assert.equal((await networkNames(store, [64_500])).size, 0);
});
