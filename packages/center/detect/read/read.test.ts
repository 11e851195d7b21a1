/** Rows and exposure as the database has them, on both engines, beside the obvious reading; and answers that are none. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { needs } from '@noroshi/kit/testing.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { openStore, type Store } from '../../store/store.ts';
import { ClickHouse, makeSegment, MINUTE_MS, SERVER_NEEDS, START_MS, TABLES } from '../../store/testing.ts';
import { classCode, markBits, predicateBits } from '../flow-batch-of.ts';
import { readExposure } from './exposure.ts';
import { readNative } from './native.ts';
import { readRows, rowsQuery } from './rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-read-'));
after(() => rmSync(folder, { recursive: true, force: true }));

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

/** Columns that both sides show as numbers. */
const PLAIN = ['proto', 'service_port', 'icmp_type', 'packets', 'bytes', 'first_us', 'tcp_flags', 'asn', 'victim_asn'];

for (const { name, options } of engines) {
  describe(`read, ${name}`, name === 'server' ? needs(...SERVER_NEEDS) : {}, () => {
    let store: Store;

    before(async () => {
      store = await openStore(await options());
      await store.loadTables(TABLES);
      await store.addSegment(makeSegment(folder, { sequence: 1, rows: 900, addresses: 100 }));
      await store.addSegment(
        makeSegment(folder, { sensor: 'hill-two', sequence: 1, rows: 700, addresses: 50, minutes: 3 }),
      );
      await store.addSegment(makeSegment(folder, { feed: 'replay', sensor: 'hill-three', sequence: 1, rows: 50 }));
    });
    after(async () => {
      await store.close();
      if (name === 'server') await server?.kill();
    });

    test('readRows: the rows of some minutes, all sensors of the feed', async () => {
      const [from_ms, to_ms] = [START_MS + MINUTE_MS, START_MS + 4 * MINUTE_MS];
      const { sql, params } = rowsQuery('simulation', from_ms, to_ms);
      const { batch, minutes } = readRows(await store.read(sql, params));
      const rows = await store.query<Record<string, string | number>>(
        `SELECT toUnixTimestamp64Milli(minute) AS minute_ms, * REPLACE (toString(src) AS src, toString(dst) AS dst, toString(quoted_dst) AS quoted_dst)
         FROM flows WHERE feed = 'simulation' AND minute_ms >= {from_ms:Int64} AND minute_ms < {to_ms:Int64}`,
        { from_ms, to_ms },
      );
      const address = (words: Uint32Array, row: number): string => {
        const [w0, w1, w2, w3] = words.subarray(row * 4, row * 4 + 4);
        const text = formatAddress(w0, w1, w2, w3);
        return text.includes(':') ? text : `::ffff:${text}`;
      };
      const read = Array.from({ length: batch.rows }, (_, row) => ({
        minute_ms: minutes[row],
        src: address(batch.src, row),
        dst: address(batch.dst, row),
        quoted_dst: address(batch.quoted_dst, row),
        class: batch.class[row],
        marks: batch.marks[row],
        predicates: batch.predicates[row],
        options: batch.optionTexts[batch.tcp_options_first[row]],
        scanner: batch.scannerNames[batch.scanner[row]],
        country: batch.countryNames[batch.country[row]],
        victim_country: batch.countryNames[batch.victim_country[row]],
        plain: PLAIN.map((column) => batch[column as 'packets'][row]),
      }));
      const obvious = rows.map((row) => ({
        minute_ms: row.minute_ms,
        src: row.src,
        dst: row.dst,
        quoted_dst: row.quoted_dst ?? '::',
        class: classCode(String(row.class)),
        marks: markBits(String(row.marks)),
        predicates: predicateBits(String(row.predicates)),
        options: row.tcp_options_first,
        scanner: row.scanner,
        country: row.country,
        victim_country: row.victim_country,
        plain: PLAIN.map((column) => row[column]),
      }));
      const sorted = (list: readonly object[]): string[] => list.map((item) => JSON.stringify(item)).sort();
      assert.equal(read.length > 500, true);
      assert.deepEqual(sorted(read), sorted(obvious));
    });

    test('readRows: nothing is no rows', async () => {
      const { sql, params } = rowsQuery('network', START_MS, START_MS + MINUTE_MS);
      assert.equal(readRows(await store.read(sql, params)).batch.rows, 0);
    });

    test('readExposure: means over all sensors of the feed, minute by minute', async () => {
      const exposure = await readExposure(store, 'simulation', START_MS - MINUTE_MS, START_MS + 9 * MINUTE_MS);
      assert.deepEqual(
        [...exposure].map(([minute_ms, { addresses, networks64 }]) => [
          (minute_ms - START_MS) / MINUTE_MS,
          addresses,
          networks64,
        ]),
        [0, 1, 2, 3, 4].map((minute) => (minute < 3 ? [minute, 150, 2] : [minute, 100, 1])),
      );
      assert.equal((await readExposure(store, 'simulation', START_MS + MINUTE_MS, START_MS + 2 * MINUTE_MS)).size, 1);
    });

    test('readNative: any cut and any other bytes give blocks or a RangeError', async () => {
      const { sql, params } = rowsQuery('replay', START_MS, START_MS + 9 * MINUTE_MS);
      const bytes = await store.read(sql.replace('FORMAT', 'LIMIT 3 FORMAT'), params);
      const attempt = (some: Uint8Array<ArrayBuffer>): void => {
        try {
          readNative(some);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      };
      for (let length = 0; length < bytes.length; length++) attempt(bytes.slice(0, length));
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const changed = bytes.slice();
          for (const [at, byte] of changes) changed[at] = byte;
          attempt(changed);
        }),
        { numRuns: 500 },
      );
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (random) => attempt(Uint8Array.from(random))));
    });
  });
}
