import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { FakeCenter, OFFSET_MINUTES } from '../../testing/fixtures.ts';
import { moment } from '../format/time.ts';
import { failureSentence } from './failure.ts';
import { columnsSentence, figuresSentence, liveSentence, rankSentence, rhythm, seriesSentence } from './sentences.ts';
import { speaker } from './translate.ts';

const NOW_MS = Date.UTC(2025, 10, 21, 5, 47);
mock.timers.enable({ apis: ['Date'], now: NOW_MS });
const center = new FakeCenter(NOW_MS);
const summary = center.summary('network', null);
const [definition] = center.definitions().figures;

test('figuresSentence: how many, when, and whether that is more', () => {
  assert.match(
    figuresSentence('en', summary, OFFSET_MINUTES),
    /^14 – 20 Nov 2025: .* 9,520\.2 times a day\. That is \d+\.\d% (more|less) than in the period before\.$/,
  );
  assert.match(figuresSentence('ja', summary, OFFSET_MINUTES), /^2025年11月14日 – 20日、.*9,520\.2件.*前期間より/);
  const first = summary.figures.map((figure) => ({ ...figure, all: { ...figure.all, change_percent: null } }));
  assert.match(figuresSentence('en', { ...summary, figures: first }, OFFSET_MINUTES), /times a day\.$/);
  assert.equal(figuresSentence('en', { ...summary, figures: [] }, OFFSET_MINUTES), 'Nothing in this period.');
});

test('rhythm: seconds between accesses', () => {
  assert.equal(rhythm('en', 9520.2), 'one every 9.1 seconds');
  assert.equal(rhythm('ja', 86.4), '1,000秒に1件');
  assert.equal(rhythm('en', 3_142_800), 'one every 0.0275 seconds');
  assert.equal(rhythm('en', 0), undefined);
  assert.equal(rhythm('en', null), undefined);
});

test('liveSentence: per address, or that nothing listened', () => {
  assert.match(
    liveSentence('en', center.live('network')),
    /^Each address was accessed [\d,]+ times: one access every \d+\.\d seconds\.$/,
  );
  assert.equal(
    liveSentence('en', { ...center.live('network'), minutes: [] }),
    'Nothing listened in the last 24 hours.',
  );
});

test('liveSentence: of less than a day, what was counted and in how long', () => {
  const window = center.live('network');
  const minutes = window.minutes.slice(-4).map((minute) => {
    return { ...minute, accesses: 160, scanner_accesses: 0, address_seconds: 240 };
  });
  assert.equal(
    liveSentence('en', { ...window, minutes }),
    'In the 4 minutes observed, each address was accessed 160 times: one access every 1.5 seconds.',
  );
  assert.match(liveSentence('ja', { ...window, minutes }), /^観測した4分間に、1アドレス当たり160件/);
  const hours = window.minutes.slice(-200);
  assert.match(
    liveSentence('en', { ...window, minutes: hours }),
    /^In the 3 hours observed, each address was accessed/,
  );
});

test('moment: the year is named when it is not this one', () => {
  assert.equal(moment('en', Date.UTC(2021, 7, 20, 1, 2), 0), '20 Aug 2021 01:02');
  assert.equal(moment('ja', Date.UTC(2021, 7, 20, 1, 2), 0), '2021年8月20日 01:02');
  assert.equal(moment('en', Date.UTC(2025, 7, 20, 1, 2), 0), '20 Aug 01:02');
});

test('seriesSentence: what is counted, and its highest point', () => {
  const series = center.series('network', 'accesses', 'day', null);
  assert.match(
    seriesSentence('en', definition, series, OFFSET_MINUTES),
    /Highest: [\d,.]+ per day and address, \w+ \d+ Nov\.$/,
  );
  assert.match(seriesSentence('en', { ...definition, is_share: true }, series, 0), /Highest: [\d,.]+%, /);
  assert.match(seriesSentence('ja', definition, { ...series, points: [] }, 0), /この期間にはありません。$/);
});

test('rankSentence: the first row in words, for every dimension', () => {
  const say = (dimension: 'ports' | 'countries' | 'marks' | 'scanners' | 'victims'): string => {
    return rankSentence('en', center.ranking('network', dimension, null, 10, 'include'), summary.figures);
  };
  assert.match(
    say('ports'),
    /^23\/tcp \(Telnet\) was tried most: 893\.1 times per address and day, 9\.4% of all accesses\.$/,
  );
  assert.match(say('countries'), /^First is United States with 25\.4%/);
  assert.match(say('marks'), /evidence, not proof/);
  assert.match(say('scanners'), /^31\.1% of all accesses .* Palo Alto Networks\.$/);
  assert.match(say('victims'), /684\.9 addresses a day/);
});

test('rankSentence: nothing to rank', () => {
  const empty = { ...center.ranking('network', 'ports', null, 10, 'include'), rows: [] };
  assert.equal(rankSentence('en', empty, []), 'Nothing in this period.');
  assert.match(rankSentence('en', { ...empty, dimension: 'victims' }, []), /^Nobody answered/);
});

test('columnsSentence: a chart for those who do not see it', () => {
  const points = [
    { from_ms: 0, value: 1 },
    { from_ms: 300_000, value: 12.3 },
    { from_ms: 600_000, value: null },
  ];
  const text = 'Columns for each 5 minutes. Highest 12.3 at 00:05; newest 12.3.';
  assert.equal(columnsSentence('en', points, 5, 0), text);
});

test('failureSentence: one for each kind', () => {
  const say = speaker('en');
  const problem = { type: 'urn:x', title: 'x', status: 400, detail: 'Cannot read period "x": it is none' };
  assert.equal(failureSentence(say, { kind: 'problem', problem }), problem.detail);
  assert.match(failureSentence(say, { kind: 'status', status: 502 }), /error 502/);
  assert.match(failureSentence(say, { kind: 'unreachable' }), /^Cannot reach/);
  const fault = { path: 'figures[0]', expected: 'an object' };
  assert.match(failureSentence(say, { kind: 'shape', fault }), /figures\[0\] is not an object/);
});
