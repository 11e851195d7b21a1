/** Sources of an hour and raw answers, on both engines. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '@noroshi/kit/testing.ts';
import type { SourceHourInsert } from './source-hours.ts';
import { openStore, type Store } from './store.ts';
import { ClickHouse, makeSegment, SERVER_NEEDS, START_MS } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-source-hours-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function hourOf(count: number, packets = 2): SourceHourInsert {
  const each = (number: number): number[] => new Array<number>(count).fill(number);
  return {
    feed: 'simulation',
    hour_ms: START_MS,
    rows: count,
    src: Uint32Array.from(Array.from({ length: count }, (_, row) => [0, 0, 0xffff, 0xcb007100 + row]).flat()),
    class: Uint8Array.from({ length: count }, (_, row) => row % 2),
    classNames: ['bogon', "it's"],
    reasons: Uint32Array.from(each(5)),
    reasonNames: ['first', 'second', 'third'],
    tools: Uint32Array.from({ length: count }, (_, row) => (row === 0 ? 2 ** 31 : 0)),
    toolNames: Array.from({ length: 32 }, (_, place) => `tool_${place}`),
    packets: Float64Array.from(each(packets)),
    targets: Uint32Array.from(each(3)),
    ports: Uint32Array.from(each(4)),
    asn: Uint32Array.from(each(64_500)),
    country: Uint16Array.from(each(1)),
    countryNames: ['unknown', 'JP'],
  };
}

let server: ClickHouse | undefined;
const engines = [
  { name: 'embedded', options: async () => ({ path: join(folder, 'db') }) },
  {
    name: 'server',
    options: async () => {
      server = await ClickHouse.start(join(folder, 'server'));
      return { url: server.url, database: 'observatory' };
    },
  },
];

for (const { name, options } of engines) {
  describe(`source hours, ${name}`, name === 'server' ? needs(...SERVER_NEEDS) : {}, () => {
    let store: Store;

    before(async () => {
      store = await openStore(await options());
    });
    after(async () => {
      await store.close();
      if (name === 'server') await server?.kill();
    });

    const counts = (): Promise<unknown[]> =>
      store.query('SELECT kind, name, sources, packets, revision FROM class_hours FINAL ORDER BY kind, name');

    test('replaceSourceHour: an hour that is said again takes the place of the whole hour', async () => {
      await store.replaceSourceHour(hourOf(3, 2 ** 33));
      assert.deepEqual(await store.query('SELECT * FROM source_hours ORDER BY src LIMIT 1'), [
        {
          feed: 'simulation',
          hour: '2026-11-21 08:00:00',
          src: '::ffff:203.0.113.0',
          class: 'bogon',
          reasons: ['first', 'third'],
          tools: ['tool_31'],
          packets: 2 ** 33,
          targets: 3,
          ports: 4,
          asn: 64_500,
          country: 'JP',
          revision: 1,
        },
      ]);
      await store.replaceSourceHour(hourOf(2));
      assert.deepEqual(await store.query('SELECT count() AS rows, max(revision) AS last FROM source_hours'), [
        { rows: 2, last: 2 },
      ]);
      assert.deepEqual(await counts(), [
        { kind: 'class', name: 'bogon', sources: 1, packets: 2, revision: 2 },
        { kind: 'class', name: "it's", sources: 1, packets: 2, revision: 2 },
        { kind: 'tool', name: 'tool_31', sources: 1, packets: 2, revision: 2 },
      ]);
      await store.replaceSourceHour({ ...hourOf(0), hour_ms: START_MS - 3_600_000 });
      await store.replaceSourceHour(hourOf(0));
      assert.deepEqual(await counts(), []);
      assert.deepEqual(await store.query('SELECT count() AS rows FROM source_hours'), [{ rows: 0 }]);
    });

    test('read: bytes of a format, with parameters; an error is a StoreError', async () => {
      const sql = `SELECT toUInt16(number) + {more:UInt16} AS n FROM numbers(3) FORMAT RowBinary`;
      const bytes = await store.read(sql, { more: 256 });
      assert.deepEqual([...bytes.subarray(0, 4)], [0, 1, 0, 0]);
      await assert.rejects(store.read('SELECT nothing FORMAT Native'), { name: 'StoreError', kind: 'refused' });
    });

    test('dropFlowsBefore: sources by hour go with the flow rows, classes by hour stay', async () => {
      await store.replaceSourceHour(hourOf(2));
      await store.addSegment(makeSegment(folder, { sequence: 1, rows: 10 }));
      assert.equal(await store.dropFlowsBefore('2026-11-23'), 1);
      assert.deepEqual(await store.query('SELECT count() AS rows FROM source_hours'), [{ rows: 0 }]);
      assert.equal((await counts()).length, 3);
    });
  });
}
