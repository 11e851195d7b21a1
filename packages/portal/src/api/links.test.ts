import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attacksPath,
  conservationPath,
  detectorsPath,
  download,
  findingPath,
  findingsPath,
  livePath,
  rankingPath,
  reportPath,
  seriesPath,
  sourcesPath,
  summaryPath,
  victimPath,
  victimsPath,
} from './links.ts';

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

test('links: what was found, and about whom', () => {
  const scope = { feed: 'network', period: '2021-02' } as const;
  assert.equal(attacksPath('network', 10), 'v1/victims?feed=network&open=true&limit=10');
  assert.equal(victimsPath(scope, 50), 'v1/victims?feed=network&period=2021-02&limit=50');
  assert.equal(victimPath('network', '2001:db8::1'), 'v1/victims/2001%3Adb8%3A%3A1?feed=network');
  assert.equal(
    findingsPath({ feed: 'network', detector: 'dos/victim', state: undefined, open: 'true', limit: 9 }),
    'v1/findings?feed=network&detector=dos%2Fvictim&open=true&limit=9',
  );
  assert.equal(findingPath('a-b'), 'v1/findings/a-b');
  assert.equal(sourcesPath(scope), 'v1/sources?feed=network&period=2021-02');
  assert.equal(detectorsPath('replay'), 'v1/detectors?feed=replay');
});

test('reportPath: the days that are shown, in the reader’s language', () => {
  const expected = 'v1/report?feed=network&period=2021-02&format=html&lang=ja';
  assert.equal(reportPath('network', '2021-02', 'ja'), expected);
});

test('download: the same question in another format', () => {
  assert.equal(download(livePath('network'), 'csv'), 'v1/live?feed=network&format=csv');
  assert.equal(download(conservationPath('network'), 'json'), 'v1/conservation?feed=network&format=json');
});
