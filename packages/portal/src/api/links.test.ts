import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conservationPath, download, livePath, rankingPath, reportPath, seriesPath, summaryPath } from './links.ts';

test('links: relative addresses, without what the center knows by itself', () => {
  const scope = { feed: 'network', period: undefined } as const;
  assert.equal(summaryPath(scope), 'v1/summary?feed=network');
  const month = { feed: 'replay', period: '2021-02-01/2021-02-08' } as const;
  assert.equal(
    seriesPath(month, 'accesses', 'hour'),
    'v1/series?feed=replay&period=2021-02-01%2F2021-02-08&figure=accesses&step=hour',
  );
  assert.equal(rankingPath(scope, 'ports', 10, 'exclude'), 'v1/rankings/ports?feed=network&limit=10&scanners=exclude');
});

test('reportPath: the days that are shown, in the reader’s language', () => {
  const expected = 'v1/report?feed=network&period=2021-02&format=html&lang=ja';
  assert.equal(reportPath('network', '2021-02', 'ja'), expected);
});

test('download: the same question in another format', () => {
  assert.equal(download(livePath('network'), 'csv'), 'v1/live?feed=network&format=csv');
  assert.equal(download(conservationPath('network'), 'json'), 'v1/conservation?feed=network&format=json');
});
