/** The layout of NPA's monthly paper, to the decimal, from rows through database, figures and report. See README.md. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildReport } from '@noroshi/center/publish/report.ts';
import { renderReport } from '@noroshi/center/publish/render.ts';
import { Query } from '@noroshi/center/query/query.ts';
import { writeSegment } from '@noroshi/center/query/testing.ts';
import { openStore, type Store } from '@noroshi/center/store/store.ts';
import type { Report } from '@noroshi/wire/api/report.ts';
import { ADDRESSES, FEBRUARY, JANUARY, rowsOf, TABLES } from './months.ts';

const DAY_MS = 86_400_000;
const TITLE = { ja: 'のろし', en: 'Noroshi' };
const folder = mkdtempSync(join(tmpdir(), 'noroshi-report-'));
let store: Store;
let query: Query;
let report: Report;

before(async () => {
  store = await openStore({ path: join(folder, 'store') });
  await store.loadTables(TABLES);
  let sequence = 0;
  for (const month of [JANUARY, FEBRUARY]) {
    for (let day = 0; day < month.days; day++) {
      const from_ms = month.from_ms + day * DAY_MS;
      const to_ms = from_ms + DAY_MS;
      const plan = {
        feed: 'network',
        sensor: 'hill-1',
        sequence: sequence++,
        minute_from_ms: from_ms,
        minute_to_ms: to_ms,
        exposure: [{ from_ms, to_ms, addresses: ADDRESSES, networks64: 0 }],
        filtered: { not_ip: 1000 },
        dropped: { spool_full: 50 },
      } as const;
      const segment = writeSegment(folder, plan, rowsOf(month, day));
      assert.equal(await store.addSegment(segment), 'stored');
      rmSync(segment.path);
    }
  }
  query = new Query(store);
  report = await buildReport(query, { feed: 'network', period: '2021-02', title: TITLE });
});
after(async () => {
  query.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const language of ['ja', 'en'] as const) {
  for (const format of ['text', 'csv', 'html'] as const) {
    const name = `expected.${language}.${format === 'text' ? 'txt' : format}`;
    test(`cases/monthly-report: ${name} is what comes out`, () => {
      const { body } = renderReport(report, format, language);
      const path = join(import.meta.dirname, name);
      if (process.env.NOROSHI_ACCEPT === '1') writeFileSync(path, body);
      assert.equal(body, readFileSync(path, 'utf8'));
    });
  }
}

test('cases/monthly-report: the printed figures of R3.2, with their changes', () => {
  const text = renderReport(report, 'text', 'ja').body.replaceAll(/ {2,}/g, '  ');
  for (const printed of [
    'アクセス件数  5,438.3  件/日・IPアドレス  −1,093.5  −16.7 %',
    '送信元IPアドレス数  45,808.0  IPアドレス/日  −3,714.1  −7.5 %',
    '検知件数(ツール・ボットの特徴)  1,071.4  ',
    '検知した送信元IPアドレス数  12,048.1  ',
    '跳ね返りパケット件数  13,283.3  ',
    '跳ね返りパケットの送信元(被害)IPアドレス数  684.9  ',
    '445/tcp smb  507.14  ',
    '23/tcp telnet  293.09  ',
    '1433/tcp mssql  127.95  ',
    '22/tcp ssh  113.88  ',
    '123/udp ntp  81.95  ',
  ]) {
    assert.ok(text.includes(printed), `${printed}\n${text}`);
  }
});

test('cases/monthly-report: what went in is accounted for', async () => {
  const { is_conserved, segments, dropped } = await query.conservation('network');
  assert.deepEqual([is_conserved, segments, dropped], [true, 59, { spool_full: 59 * 50 }]);
});
