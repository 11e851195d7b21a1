import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Calendar, DAY_MS, dayName, PERIOD_DAYS_MAX } from './period.ts';

const UTC = new Calendar();

const DAY_LAST = Date.UTC(2100, 0, 1) / DAY_MS;
const days = fc.record({
  calendar: fc.integer({ min: -12, max: 14 }).map((hours) => new Calendar(hours * 60)),
  from: fc.integer({ min: 800, max: DAY_LAST }),
  length: fc.integer({ min: 1, max: 400 }),
});

function read(text: string): { readonly from: string; readonly to: string; readonly name: string } {
  const result = UTC.parse(text, undefined);
  assert.ok(result.ok, result.ok ? '' : result.sentence);
  const { from_ms, to_ms, name } = result.period;
  return { from: dayName(from_ms / DAY_MS), to: dayName(to_ms / DAY_MS), name };
}

test('parse reads a month, a day, and from/to', () => {
  assert.deepEqual(read('2021-02'), { from: '2021-02-01', to: '2021-03-01', name: '2021-02' });
  assert.deepEqual(read('2020-12'), { from: '2020-12-01', to: '2021-01-01', name: '2020-12' });
  assert.deepEqual(read('2021-02-03'), { from: '2021-02-03', to: '2021-02-04', name: '2021-02-03' });
  assert.deepEqual(read('2021-02-03/2021-02-05'), {
    from: '2021-02-03',
    to: '2021-02-05',
    name: '2021-02-03/2021-02-05',
  });
  assert.deepEqual(read('2021-02/2021-04'), { from: '2021-02-01', to: '2021-04-01', name: '2021-02-01/2021-04-01' });
  assert.deepEqual(read('2021-02-01/2021-03-01').name, '2021-02', 'a month by any other name');
});

test('parse refuses what is no period, in one sentence that repeats at most 40 characters of it', () => {
  const cases: [string, string][] = [
    ['', 'malformed'],
    ['2021', 'malformed'],
    ['2021-2', 'malformed'],
    ['2021-13', 'malformed'],
    ['2021-02-30', 'malformed'],
    ['1969-12', 'malformed'],
    ['2106-01', 'malformed'],
    ['2021-02-01/', 'malformed'],
    ['2021-02-01/2021-02-02/2021-02-03', 'malformed'],
    ['2021-02-03/2021-02-03', 'backwards'],
    ['2021-02-03/2021-02-01', 'backwards'],
    ['2021-01-01/2022-02-06', 'too_long'],
    [`2021-02-01; drop table flows ${'x'.repeat(1e5)}`, 'malformed'],
  ];
  for (const [text, reason] of cases) {
    const result = UTC.parse(text, undefined);
    assert.ok(!result.ok, text);
    assert.equal(result.reason, reason, text);
    assert.match(result.sentence, /^Cannot read .+: .+[^.]$/);
    assert.ok(result.sentence.length < 160);
  }
  assert.ok(UTC.parse('2021-01-01/2022-02-05', undefined).ok, `${PERIOD_DAYS_MAX} days are not too many`);
});

test('parse: a name parses to the period that it was made from, whatever the period', () => {
  fc.assert(
    fc.property(days, ({ calendar, from, length }) => {
      const period = calendar.period(from, from + length);
      assert.deepEqual(calendar.parse(period.name, undefined), { ok: true, period });
      assert.equal(period.days, length);
      const numbers = calendar.days(period);
      assert.deepEqual([numbers.length, numbers[0], numbers.at(-1)], [length, from, from + length - 1]);
      assert.equal(calendar.dayOf(period.to_ms - 1), from + length - 1);
      assert.equal(period.to_ms - period.from_ms, length * DAY_MS);
    }),
  );
});

test('parse never throws, whatever the text', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d/-]{0,24}$/));
  fc.assert(
    fc.property(text, (given) => {
      const result = UTC.parse(given, undefined);
      assert.ok(result.ok ? result.period.days >= 1 && result.period.days <= PERIOD_DAYS_MAX : result.sentence !== '');
    }),
  );
});

test('previous touches its period, and is as long unless both are months', () => {
  fc.assert(
    fc.property(days, ({ calendar, from, length }) => {
      const period = calendar.period(from, from + length);
      const previous = calendar.previous(period);
      assert.equal(previous.to_ms, period.from_ms);
      if (/^\d{4}-\d{2}$/.test(period.name)) assert.match(previous.name, /^\d{4}-\d{2}$/);
      else assert.equal(previous.days, period.days);
    }),
  );
  const month = UTC.parse('2021-01', undefined);
  assert.ok(month.ok);
  assert.equal(UTC.previous(month.period).name, '2020-12');
});

test('parse: without a text the last seven whole days, fewer when there are fewer, and parts of days only alone', () => {
  const at = (iso: string): number => Date.parse(`${iso}Z`);
  const recent = (from: string, to: string): string => {
    const result = UTC.parse(undefined, { from_ms: at(from), to_ms: at(to) });
    return result.ok ? result.period.name : result.reason;
  };
  assert.equal(recent('2021-01-01T00:00', '2021-02-10T12:00'), '2021-02-03/2021-02-10');
  assert.equal(recent('2021-02-01T06:00', '2021-02-04T12:00'), '2021-02-02/2021-02-04');
  assert.equal(recent('2021-02-01T06:00', '2021-02-01T07:00'), '2021-02-01');
  assert.equal(recent('2021-02-01T06:00', '2021-02-02T07:00'), '2021-02-01/2021-02-03');
  assert.equal(UTC.parse(undefined, undefined).ok, false);
});

test('Calendar: days of Japan begin at 15:00 UTC; a day that begins inside an hour is refused', () => {
  const result = new Calendar(540).parse('2021-02-03', undefined);
  assert.ok(result.ok);
  assert.equal(new Date(result.period.from_ms).toISOString(), '2021-02-02T15:00:00.000Z');
  assert.equal(result.period.name, '2021-02-03');
  assert.throws(() => new Calendar(330), /^RangeError: Cannot count days 330 minutes ahead of UTC: not whole hours$/);
});
