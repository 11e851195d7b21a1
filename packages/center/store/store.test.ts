/** The same tests on both engines: the one in this process, and a server. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '@noroshi/kit/testing.ts';
import { openStore, type Store, StoreError, type StoreOptions } from './store.ts';
import { ClickHouse, contentOf, makeSegment, MINUTE_MS, SERVER_NEEDS, START_MS, TABLES } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const first = makeSegment(folder, { sequence: 1, rows: 2000 });
/** Two days at once, or what each engine holds in the end would not be the same. */
const others = [
  makeSegment(folder, { sequence: 2, rows: 700, minute_from_ms: START_MS + 5 * MINUTE_MS }),
  makeSegment(folder, { sequence: 3, rows: 0, minute_from_ms: START_MS + 10 * MINUTE_MS, minutes: 180 }),
  makeSegment(folder, { sensor: 'hill-two', sequence: 1, rows: 900, minute_from_ms: START_MS + 86_400_000 }),
  makeSegment(folder, { feed: 'replay', sensor: 'hill-three', sequence: 0, rows: 300 }),
];
/** What the engines hold when all tests have run. */
const contents: Record<string, string>[] = [];

interface Engine {
  readonly name: string;
  readonly options: () => Promise<StoreOptions>;
  readonly stop: () => Promise<void>;
}

let server: ClickHouse | undefined;
const engines: readonly Engine[] = [
  { name: 'embedded', options: async () => ({ path: join(folder, 'db') }), stop: async () => {} },
  {
    name: 'server',
    options: async () => {
      server ??= await ClickHouse.start(join(folder, 'server'));
      return { url: server.url, database: 'observatory' };
    },
    stop: async () => server?.kill(),
  },
];

for (const { name, options, stop } of engines) {
  describe(`store, ${name}`, name === 'server' ? needs(...SERVER_NEEDS) : {}, () => {
    let store: Store;

    before(async () => {
      store = await openStore(await options());
      await store.loadTables(TABLES);
    });
    after(async () => {
      await store.close();
      await stop();
    });

    test('addSegment stores a segment once and tells who listens', async () => {
      const notices: unknown[] = [];
      const forget = store.onStored((notice) => notices.push(notice));
      assert.equal(store.version('simulation', '2026-11-21'), 0);
      assert.equal(await store.receipt('hill-one', 1), undefined);
      assert.equal(await store.addSegment(first), 'stored');
      assert.equal(await store.addSegment(first), 'duplicate');
      assert.equal(await store.addSegment(makeSegment(folder, { sequence: 1, rows: 10, seed: 5 })), 'conflict');
      forget();
      const { minute_from_ms, minute_to_ms, sensor, sequence } = first.segment;
      const { received_at_ms } = first;
      assert.deepEqual(notices, [
        { feed: 'simulation', sensor, sequence, rows: 2000, received_at_ms, minute_from_ms, minute_to_ms },
      ]);
      assert.equal(store.version('simulation', '2026-11-21'), 1);
      assert.equal(store.version('network', '2026-11-21'), 0);
      assert.deepEqual(await store.receipt('hill-one', 1), {
        feed: 'simulation',
        digest: first.digest,
        rows: 2000,
        received_at_ms: first.received_at_ms,
      });
    });

    test('addSegment takes many at once, in their order', async () => {
      const outcomes = await Promise.all([...others, first].map((insert) => store.addSegment(insert)));
      assert.deepEqual(outcomes, ['stored', 'stored', 'stored', 'stored', 'duplicate']);
      assert.equal(store.version('simulation', '2026-11-21'), 3);
    });

    test('roll-ups: hold what the rows hold', async () => {
      const kept = [first, ...others].reduce((sum, { segment }) => sum + segment.counters.kept, 0);
      const accesses = `class NOT IN ('backscatter', 'response')`;
      const [sums] = await store.query(`
        SELECT (SELECT sum(packets) FROM flows) AS flows, (SELECT sum(packets) FROM minutes) AS minutes,
          (SELECT sum(packets) FROM hours) AS hours, (SELECT sum(packets) FROM day_ports) AS ports,
          (SELECT sum(kept) FROM day_accounts) AS accounts,
          (SELECT sum(packets) FROM flows WHERE ${accesses}) = (SELECT sum(packets) FROM day_sources) AS sources,
          (SELECT sum(packets) FROM day_sources) = (SELECT sum(packets) FROM day_countries) AS countries,
          (SELECT sum(packets) FROM day_sources) = (SELECT sum(packets) FROM day_networks) AS networks,
          (SELECT sum(packets) FROM flows WHERE ${accesses} AND scanner != '') = (SELECT sum(packets) FROM day_scanners) AS scanners,
          (SELECT sum(packets) FROM flows WHERE class = 'backscatter' AND victim != dst) = (SELECT sum(packets) FROM day_victims) AS victims,
          (SELECT sum(packets * length(splitByChar(' ', marks))) FROM flows WHERE ${accesses} AND marks != '')
            = (SELECT sum(packets) FROM day_marks) AS marks`);
      const same = { sources: 1, countries: 1, networks: 1, scanners: 1, victims: 1, marks: 1 };
      assert.deepEqual(sums, { flows: kept, minutes: kept, hours: kept, ports: kept, accounts: kept, ...same });
    });

    test('flows: an address is looked up by its longest prefix; unknown is a value', async () => {
      const rows = await store.query(`
        SELECT DISTINCT country, asn, scanner, net FROM flows
        WHERE src IN (toIPv6('::ffff:1.0.0.3'), toIPv6('::ffff:1.0.0.7'), toIPv6('::ffff:1.0.0.90'), toIPv6('::ffff:1.0.3.1'), toIPv6('2400:1::10'))
        ORDER BY country, asn, scanner`);
      assert.deepEqual(rows, [
        { country: 'JP', asn: 64_500, scanner: '', net: 4 },
        { country: 'JP', asn: 64_500, scanner: 'Kite', net: 4 },
        { country: 'JP', asn: 64_500, scanner: 'Lantern', net: 4 },
        { country: 'JP', asn: 64_502, scanner: 'Lantern', net: 6 },
        { country: 'unknown', asn: 0, scanner: '', net: 4 },
      ]);
      const victims = await store.query(`
        SELECT class = 'backscatter' AS is_answer, isNull(quoted_dst) AS is_plain, victim = ifNull(quoted_dst, src) AS is_victim,
          victim = toIPv6('::') AS is_none, min(victim_country) AS least
        FROM flows WHERE src BETWEEN toIPv6('::ffff:1.0.0.0') AND toIPv6('::ffff:1.0.0.255') AND isNull(quoted_dst)
        GROUP BY ALL ORDER BY is_answer`);
      assert.deepEqual(victims, [
        { is_answer: 0, is_plain: 1, is_victim: 0, is_none: 1, least: 'unknown' },
        { is_answer: 1, is_plain: 1, is_victim: 1, is_none: 0, least: 'JP' },
      ]);
    });

    test('exposure_hours: spans are cut at the hours', async () => {
      const rows = await store.query(`
        SELECT toHour(hour) AS hour, sum(address_seconds) AS addresses, sum(listening_seconds) AS seconds FROM exposure_hours
        WHERE feed = 'simulation' AND sensor = 'hill-one' GROUP BY hour ORDER BY hour`);
      assert.deepEqual(rows, [
        { hour: 8, addresses: 256 * 3600, seconds: 3600 },
        { hour: 9, addresses: 256 * 3600, seconds: 3600 },
        { hour: 10, addresses: 256 * 3600, seconds: 3600 },
        { hour: 11, addresses: 256 * 600, seconds: 600 },
      ]);
    });

    test('query binds outside values by type and never as SQL', async () => {
      const text = `'; DROP TABLE flows; -- \\ "`;
      const params = { text, list: ['a', `b'c`], big: 2 ** 52, no: -1 };
      const rows = await store.query(
        'SELECT {text:String} AS text, {list:Array(String)} AS list, {big:UInt64} AS big, {no:Int32} AS no',
        params,
      );
      assert.deepEqual(rows, [params]);
      const wrong = store.query('SELECT {n:UInt8}', { n: '1; SELECT 2' });
      await assert.rejects(wrong, (error) => error instanceof StoreError && error.kind === 'refused');
    });

    test('a segment that cannot be one insert, or is no Parquet, is refused and leaves nothing', async () => {
      const untouched = await contentOf(store);
      const refused = (pattern: RegExp) => (error: unknown) =>
        error instanceof StoreError && error.kind === 'refused' && pattern.test(error.message);
      const plan = makeSegment(folder, { sequence: 9, rows: 50 });
      const many = { ...plan, segment: { ...plan.segment, rows: 1_048_577 } };
      await assert.rejects(
        store.addSegment(many),
        refused(/^Cannot store segment hill-one\/9: it has 1048577 rows, more than/),
      );
      const days = { ...plan, segment: { ...plan.segment, minute_to_ms: START_MS + 86_400_000 } };
      await assert.rejects(store.addSegment(days), refused(/it covers more than one day of UTC$/));
      const broken = { ...plan, path: import.meta.filename };
      await assert.rejects(store.addSegment(broken), refused(/^Cannot store segment hill-one\/9: /));
      assert.deepEqual(await contentOf(store), untouched);
    });

    test('openStore finds everything again', async () => {
      await store.close();
      store = await openStore(await options());
      assert.equal(store.version('simulation', '2026-11-21'), 3);
      assert.equal(await store.addSegment(first), 'duplicate');
      contents.push(await contentOf(store));
    });
  });
}

test('both engines hold the same', needs(...SERVER_NEEDS), () => {
  assert.equal(contents.length, 2);
  assert.deepEqual(contents[1], contents[0]);
});
