import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { widthOf } from '@noroshi/kit/width.ts';
import type { Exposure, Measured, Period, Ranking, RankRow } from '@noroshi/wire/api/figures.ts';
import { REPORT_DIMENSIONS, type Report, type ReportDimension } from '@noroshi/wire/api/report.ts';
import { figureDefinitions } from '../query/figures/definitions.ts';
import { renderReport } from './render.ts';

const DAY_MS = 86_400_000;
const PERIOD: Period = { name: '2021-02', from_ms: Date.UTC(2021, 1, 1), to_ms: Date.UTC(2021, 2, 1), days: 28 };
const BEFORE: Period = { name: '2021-01', from_ms: Date.UTC(2021, 0, 1), to_ms: Date.UTC(2021, 1, 1), days: 31 };
const EXPOSURE: Exposure = {
  sensors: 2,
  addresses: 99.5,
  networks64: 1,
  address_seconds: 1,
  uptime: 0.987,
  received: 1_234_567,
  kept: 1_200_000,
  filtered: 34_000,
  dropped: 567,
  loss: 567 / 1_234_567,
};
const MEASURED: Measured = {
  value: 0.5,
  interval: { low: 0.4, high: 0.6 },
  previous: 0.25,
  change: 0.25,
  change_percent: 100,
};
const NOTHING: Measured = { value: null, interval: null, previous: null, change: null, change_percent: null };

interface Hostile {
  readonly title?: string;
  readonly key?: string;
  readonly label?: string;
  readonly table?: string;
}

function reportOf(hostile: Hostile = {}, period = PERIOD): Report {
  const { title = 'のろし', key = 'AS64500', label = '富士ネットワーク', table = 'c 1' } = hostile;
  const common = { feed: 'network', is_simulated: false, period, previous: BEFORE, exposure: EXPOSURE } as const;
  const row: RankRow = {
    key,
    label: { ja: label, en: label },
    packets: 10,
    rate: 1234.567,
    sources: null,
    share: 0.4,
    rank: 1,
    previous_rank: null,
    previous_rate: null,
    change: -0.001,
    change_percent: null,
  };
  const ranking = (dimension: ReportDimension): Ranking => ({
    ...common,
    dimension,
    without_scanners: false,
    all_packets: 25,
    total_packets: 25,
    total_rows: 1,
    rows: [row, { ...row, rank: 2, share: 0.1, rate: 1 }],
  });
  return {
    title: { ja: title, en: title },
    summary: {
      ...common,
      previous_exposure: { ...EXPOSURE, sensors: 0 },
      figures: figureDefinitions.map(({ id }) => ({ id, all: MEASURED, without_scanners: NOTHING })),
    },
    definitions: figureDefinitions,
    rankings: Object.fromEntries(REPORT_DIMENSIONS.map((one) => [one, ranking(one)])) as Report['rankings'],
    tables: { country: table, asn: '', scanners: table },
  };
}

test('renderReport text: columns stand under each other, whatever the language; numbers as published', () => {
  for (const language of ['ja', 'en'] as const) {
    const { body, contentType } = renderReport(reportOf(), 'text', language);
    assert.equal(contentType, 'text/plain; charset=utf-8');
    const lines = body.split('\n');
    const ranks = lines.filter((line) => line.includes('AS64500'));
    assert.equal(ranks.length, 2 * REPORT_DIMENSIONS.length);
    assert.match(ranks[0], /^ {3,4}1 +– {2}AS64500 富士ネットワーク +1,234\.57 +±0\.00 +– +40\.0 % +–$/);
    for (let at = 0; at < ranks.length; at += 2) assert.equal(widthOf(ranks[at]), widthOf(ranks[at + 1]));
    assert.ok(lines.every((line) => line === line.trimEnd()));
    assert.ok(lines.every((line) => widthOf(line) <= 140));
    const share = lines.find((line) => /調査目的スキャナーの割合|Share of acknowledged/.test(line)) ?? '';
    assert.match(share, / 50\.0 {2}% +\+25\.0 +\+100\.0 % +40\.0 – 60\.0 +–$/);
  }
});

test('renderReport: the title says the month, other periods their days, also those of Japan', () => {
  const title = (period: Period, language: 'ja' | 'en'): string => {
    return renderReport(reportOf({}, period), 'text', language).body.split('\n')[0];
  };
  assert.equal(title(PERIOD, 'ja'), 'のろし 観測レポート 2021年2月');
  assert.equal(title(PERIOD, 'en'), 'のろし Observation report February 2021');
  const week = { name: '2021-02-01/2021-02-08', from_ms: PERIOD.from_ms, to_ms: PERIOD.from_ms + 7 * DAY_MS, days: 7 };
  assert.equal(title(week, 'ja'), 'のろし 観測レポート 2021-02-01 – 2021-02-07');
  for (const [hours, zone] of [
    [9, 'UTC+9'],
    [-8, 'UTC−8'],
  ] as const) {
    const shift_ms = -hours * 3_600_000;
    const day = {
      name: '2021-02-03',
      from_ms: Date.UTC(2021, 1, 3) + shift_ms,
      to_ms: Date.UTC(2021, 1, 4) + shift_ms,
      days: 1,
    };
    assert.equal(title(day, 'ja'), 'のろし 観測レポート 2021-02-03');
    assert.ok(renderReport(reportOf({}, day), 'text', 'en').body.includes(`2021-02-03 (1 day, ${zone})`));
  }
});

test('renderReport: what is not from sensors says so, on every form for people', () => {
  const simulated = {
    ...reportOf(),
    summary: { ...reportOf().summary, feed: 'simulation', is_simulated: true } as const,
  };
  const replayed = { ...reportOf(), summary: { ...reportOf().summary, feed: 'replay' } as const };
  for (const format of ['text', 'html'] as const) {
    assert.match(renderReport(simulated, format, 'ja').body, /模擬データ/);
    assert.match(renderReport(simulated, format, 'en').body, /SIMULATED/);
    assert.match(renderReport(replayed, format, 'en').body, /REPLAYED/);
    assert.doesNotMatch(renderReport(reportOf(), format, 'en').body, /SIMULATED|REPLAYED/);
  }
});

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=1>',
    "' onmouseover='1",
    '&lt;b&gt;',
    '</title><b>',
    '\u001b[2J\u202e',
  ),
);
const hostile = fc.record({ title: hostileText, key: hostileText, label: hostileText, table: hostileText });

test('renderReport html: foreign text opens no tag and no attribute', () => {
  const count = (body: string, what: RegExp): number => body.match(what)?.length ?? 0;
  const calm = renderReport(reportOf(), 'html', 'en').body;
  fc.assert(
    fc.property(hostile, (texts) => {
      const { body } = renderReport(reportOf(texts), 'html', 'en');
      for (const what of [/</g, />/g, /"/g]) assert.equal(count(body, what), count(calm, what));
    }),
  );
});

test('renderReport html: one page that runs and loads nothing; its policy allows its own style only', () => {
  const { body, policy } = renderReport(reportOf(), 'html', 'ja');
  assert.match(body, /^<!doctype html>\n<html lang="ja">/);
  assert.doesNotMatch(body, /<script|<link|src=|href=|url\(|@import|style="|\son\w+=/);
  const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  assert.ok(policy?.includes(`style-src 'sha256-${digest}'`) === true && policy.startsWith("default-src 'none'"));
  assert.ok(style.includes('prefers-color-scheme:dark') && style.includes('size:A4'));
  // As many bars as ranked rows, the longest as wide as can be.
  assert.equal(body.match(/<rect /g)?.length, 2 * REPORT_DIMENSIONS.length);
  assert.ok(body.includes('<rect width="100"') && body.includes('<rect width="25"'));
});

test('renderReport text: foreign text cannot move the cursor or turn the line round', () => {
  fc.assert(
    fc.property(hostile, (texts) => {
      const { body } = renderReport(reportOf(texts), 'text', 'ja');
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      assert.doesNotMatch(body, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('renderReport csv: every figure with and without scanners, every ranked row, no formula, unrounded', () => {
  const { body, contentType } = renderReport(reportOf({ label: '=1+1', key: 'a,"b"' }), 'csv', 'en');
  assert.equal(contentType, 'text/csv; charset=utf-8');
  const lines = body.trimEnd().split('\r\n');
  assert.equal(lines.length, 1 + 2 * figureDefinitions.length + 2 * REPORT_DIMENSIONS.length);
  assert.ok(
    lines[1].startsWith(
      'network,2021-02,figures,include,,,accesses,Accesses,per day and address,0.5,0.4,0.6,0.25,0.25,100',
    ),
  );
  assert.ok(lines.at(-1)?.includes(`"a,""b""",'=1+1,per day and address,1,`));
});

test('renderReport json: the model itself', () => {
  const { body, contentType } = renderReport(reportOf(), 'json', 'en');
  assert.deepEqual(JSON.parse(body), JSON.parse(JSON.stringify(reportOf())));
  assert.equal(contentType, 'application/json');
});
