import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  clock,
  DAY_MS,
  days,
  isoDay,
  isoMonth,
  moment,
  monthDay,
  monthName,
  parseDay,
  tickDay,
  weekday,
  zone,
} from './time.ts';

const TOKYO = 540;
/** 23:05 in Japan, still the third. */
const MS = Date.UTC(2021, 1, 3, 14, 5);

test('times: of the center’s calendar, whatever the reader’s zone is', () => {
  assert.equal(isoDay(MS, TOKYO), '2021-02-03');
  assert.equal(isoDay(MS + 3_600_000, TOKYO), '2021-02-04');
  assert.equal(isoMonth(Date.UTC(2021, 0, 31, 15), TOKYO), '2021-02');
  assert.equal(clock(MS, TOKYO), '23:05');
  assert.equal(clock(MS, -210), '10:35');
});

test('times: in both languages', () => {
  assert.deepEqual([monthDay('en', MS, 0), monthDay('ja', MS, 0)], ['3 Feb', '2月3日']);
  assert.deepEqual([tickDay('en', MS, 0), tickDay('ja', MS, 0)], ['3 Feb', '2/3']);
  assert.deepEqual([weekday('en', MS, 0, MS), weekday('ja', MS, 0, MS)], ['Wed 3 Feb', '2月3日（水）']);
  assert.deepEqual([monthName('en', MS, 0), monthName('ja', MS, 0)], ['February 2021', '2021年2月']);
  assert.deepEqual([moment('en', MS, TOKYO, MS), moment('ja', MS, TOKYO, MS)], ['3 Feb 23:05', '2月3日 23:05']);
});

test('days: the end is exclusive, and what first and last have in common is said once', () => {
  const range = (from: string, to: string) =>
    (['en', 'ja'] as const).map((language) => days(language, Date.parse(from), Date.parse(to), 0));
  assert.deepEqual(range('2021-02-03', '2021-02-04'), ['3 Feb 2021', '2021年2月3日']);
  assert.deepEqual(range('2021-02-01', '2021-02-08'), ['1 – 7 Feb 2021', '2021年2月1日 – 7日']);
  assert.deepEqual(range('2021-01-31', '2021-02-03'), ['31 Jan – 2 Feb 2021', '2021年1月31日 – 2月2日']);
  assert.deepEqual(range('2020-12-31', '2021-01-02'), ['31 Dec 2020 – 1 Jan 2021', '2020年12月31日 – 2021年1月1日']);
});

test('parseDay: the day’s first moment, undefined for what is no day', () => {
  assert.equal(parseDay('2021-02-03', TOKYO), Date.UTC(2021, 1, 2, 15));
  for (const text of ['2021-02-30', '2021-2-3', '', 'x', '2021-02-03T00:00']) {
    assert.equal(parseDay(text, 0), undefined);
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: -720, max: 840 }), (day, offset_minutes) => {
      const ms = day * DAY_MS - offset_minutes * 60_000;
      assert.equal(parseDay(isoDay(ms, offset_minutes), offset_minutes), ms);
    }),
  );
});

test('zone: as people write it', () => {
  assert.deepEqual([540, 0, -210, 345].map(zone), ['UTC+9', 'UTC', 'UTC\u22123:30', 'UTC+5:45']);
});
