import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY_MS, isoDay } from '../format/time.ts';
import {
  daysChoice,
  daysOf,
  type Extent,
  formatChoice,
  hasEnd,
  monthsOf,
  parseChoice,
  PERIOD_DAYS_MAX,
  type PeriodChoice,
  recordedExtent,
  toQuery,
} from './period.ts';

/** From noon of the first to 14:47 on 21 November in Japan. */
const EXTENT: Extent = {
  from_ms: Date.UTC(2025, 8, 1, 3),
  to_ms: Date.UTC(2025, 10, 21, 5, 47),
  offset_minutes: 540,
};

const dayText = fc.integer({ min: 0, max: 40_000 }).map((day) => isoDay(day * DAY_MS, 0));
const choices: fc.Arbitrary<PeriodChoice> = fc.oneof(
  fc.constantFrom(1, 7, 30).map((days) => ({ kind: 'recent', days }) as const),
  dayText.map((day) => ({ kind: 'month', month: day.slice(0, 7) }) as const),
  fc.tuple(dayText, fc.nat({ max: PERIOD_DAYS_MAX - 1 })).map(([first, more]) => {
    return { kind: 'days', first, last: isoDay(Date.parse(first) + more * DAY_MS, 0) } as const;
  }),
);

test('parseChoice: what was written is read', () => {
  fc.assert(fc.property(choices, (choice) => assert.deepEqual(parseChoice(formatChoice(choice)), choice)));
});

test('parseChoice: anything else is no choice', () => {
  for (const text of [
    '',
    '2d',
    '2021-13',
    '2021-02-30',
    '2021-02-02/2021-02-01',
    '2021-02-01/2021-02-01',
    '2020-01-01/2021-12-31',
    '2021-02/x',
    'a/b/c',
    '7d/7d',
  ]) {
    assert.equal(parseChoice(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => assert.equal(parseChoice(`${text}!`), undefined)));
});

test('parseChoice: as the center and the command line name periods', () => {
  assert.deepEqual(parseChoice('2021-02-01/2021-02-04'), { kind: 'days', first: '2021-02-01', last: '2021-02-03' });
  assert.deepEqual(parseChoice('2021-01/2021-03'), { kind: 'days', first: '2021-01-01', last: '2021-02-28' });
  assert.equal(formatChoice({ kind: 'days', first: '2021-02-01', last: '2021-02-03' }), '2021-02-01/2021-02-04');
});

test('daysChoice: at most so many days, the last one included', () => {
  const first = '2021-01-01';
  const last = (days: number): string => isoDay(Date.parse(first) + (days - 1) * DAY_MS, 0);
  assert.deepEqual(daysChoice(first, last(PERIOD_DAYS_MAX)), { kind: 'days', first, last: last(PERIOD_DAYS_MAX) });
  assert.equal(daysChoice(first, last(PERIOD_DAYS_MAX + 1)), undefined);
});

test('toQuery: exclusive ends for the center, full days for what is recent', () => {
  assert.equal(toQuery({ kind: 'recent', days: 7 }, EXTENT), undefined);
  assert.equal(toQuery({ kind: 'recent', days: 1 }, EXTENT), '2025-11-20');
  assert.equal(toQuery({ kind: 'recent', days: 30 }, EXTENT), '2025-10-22/2025-11-21');
  assert.equal(toQuery({ kind: 'month', month: '2025-10' }, EXTENT), '2025-10');
  assert.equal(toQuery({ kind: 'days', first: '2025-10-01', last: '2025-10-01' }, EXTENT), '2025-10-01');
  assert.equal(toQuery({ kind: 'days', first: '2025-10-01', last: '2025-10-31' }, EXTENT), '2025-10-01/2025-11-01');
});

test('toQuery: without a full day, the day that has begun', () => {
  const from_ms = Date.UTC(2025, 10, 20, 20);
  assert.equal(toQuery({ kind: 'recent', days: 1 }, { ...EXTENT, from_ms }), '2025-11-21');
});

test('daysOf: as many as are shown', () => {
  assert.equal(daysOf({ kind: 'recent', days: 30 }), 30);
  assert.equal(daysOf({ kind: 'days', first: '2025-02-27', last: '2025-03-01' }), 3);
  assert.equal(daysOf({ kind: 'month', month: '2025-02' }), 30);
});

test('monthsOf: months with data on the center’s calendar, newest first', () => {
  assert.deepEqual(monthsOf(EXTENT), ['2025-11', '2025-10', '2025-09']);
  const eve = { from_ms: Date.UTC(2025, 9, 31, 14), to_ms: Date.UTC(2025, 9, 31, 16), offset_minutes: 540 };
  assert.deepEqual(monthsOf(eve), ['2025-11', '2025-10']);
});

test('recordedExtent: of a recording the days that hold anything are whole days', () => {
  const extent = recordedExtent(EXTENT);
  assert.deepEqual([extent.from_ms, extent.to_ms], [Date.UTC(2025, 7, 31, 15), Date.UTC(2025, 10, 21, 15)]);
  assert.deepEqual(recordedExtent(extent), extent);
  assert.equal(toQuery({ kind: 'recent', days: 1 }, extent), '2025-11-21');
});

test('hasEnd: whether the last that a recording holds lies in the days chosen', () => {
  const has = (text: string): boolean => hasEnd(parseChoice(text) ?? { kind: 'recent', days: 7 }, EXTENT);
  assert.deepEqual(['7d', '2025-11', '2025-11-21', '2025-11-01/2025-11-22'].map(has), [true, true, true, true]);
  assert.deepEqual(['2025-10', '2025-11-20', '2025-11-01/2025-11-21'].map(has), [false, false, false]);
});
