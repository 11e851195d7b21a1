import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bar, onAxis, sparkline, squeeze } from './bars.ts';
import { bytes, count, percent, rate } from './numbers.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { wrap } from './section.ts';
import { named, PLAIN, wantsColour } from './style.ts';
import { type Column, table } from './table.ts';
import { briefly, dateText, duration, epochText, isoText } from './time.ts';
import { cut, padEnd, trimEnd, widthOf } from '@noroshi/kit/width.ts';

test('count: thousands separators', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567, 4_294_967_296].map(count), [
    '0',
    '999',
    '1,000',
    '1,234,567',
    '4,294,967,296',
  ]);
});

test('percent: never rounds something to nothing, nor less than all to all', () => {
  assert.deepEqual(
    [percent(0, 10), percent(1, 10_000), percent(1, 3), percent(9999, 10_000), percent(10, 10), percent(1, 0)],
    ['0.0 %', '< 0.1 %', '33.3 %', '> 99.9 %', '100.0 %', '0.0 %'],
  );
});

test('bytes and rate: three digits', () => {
  assert.deepEqual([0, 999, 1000, 999_600, 12_345_678].map(bytes), ['0 B', '999 B', '1.00 kB', '1.00 MB', '12.3 MB']);
  assert.deepEqual([0.004, 0.5, 12.34, 999, 1234.5].map(rate), ['0.004', '0.50', '12.3', '999', '1,235']);
});

test('duration and briefly: the unit that a person would choose', () => {
  assert.deepEqual([2e-5, 0.25, 4, 41.2, 61, 3600, 100_000].map(duration), [
    '20 µs',
    '250 ms',
    '4 s',
    '41 s',
    '1 min 1 s',
    '1 h',
    '1 d 3 h',
  ]);
  assert.deepEqual([41.2, 594, 3600 * 5, 86_400 * 9].map(briefly), ['41 s', '9.9 min', '5 h', '9 d']);
});

test('epochText: nine digits, also before 1970', () => {
  assert.equal(epochText(1_612_345_678, 123_456_789), '1612345678.123456789');
  assert.equal(epochText(0, 1), '0.000000001');
  assert.equal(epochText(-5, 500_000_000), '-4.500000000');
  assert.equal(epochText(-1, 500_000_000), '-0.500000000');
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 4e9 }), fc.integer({ min: 0, max: 999_999_999 }), (s, ns) => {
      assert.match(epochText(s, ns), /^-?\d+\.\d{9}$/);
      assert.ok(Math.abs(Number(epochText(s, ns)) - (s + ns / 1e9)) < 1e-6);
    }),
  );
});

test('isoText and dateText: UTC, and no throw beyond the calendar', () => {
  assert.equal(isoText(1_612_345_678, 5), '2021-02-03T09:47:58.000000005Z');
  assert.equal(isoText(1e15, 0), null);
  assert.equal(dateText(1_612_345_678.9), '2021-02-03 09:47:58');
  assert.equal(dateText(1e15), '1000000000000000');
});

test('bar and sparkline: the least value shows, the largest fills', () => {
  assert.equal(bar(10, 10, 4), '████');
  assert.equal(bar(1, 1e9, 4), '▏');
  assert.equal(bar(0, 10, 4), '');
  assert.equal(sparkline([0, 1, 8, 16]), ' ▁▅█');
  assert.equal(sparkline([]), '');
});

test('squeeze and onAxis: nothing is lost', () => {
  const values = fc.array(fc.nat(1000), { minLength: 1, maxLength: 200 });
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 80 }), fc.nat(50), (all, width, at) => {
      assert.equal(sum(squeeze(all, width).values), sum(all));
      assert.ok(squeeze(all, width).values.length <= width);
      const spread = onAxis({ at, step: 1, values: all }, 0, 300, width);
      assert.ok(Math.abs(sum(spread) - sum(all)) < 1e-6 * (1 + sum(all)));
    }),
  );
});

test('safe: no control character survives, ordinary text is left alone', () => {
  assert.equal(safe('狼煙 Noroshi “é” – ok'), '狼煙 Noroshi “é” – ok');
  assert.equal(safe('\u001b[31m\r\n\u009b\u202e'), '\\x1b[31m\\x0d\\x0a\\x9b\\u202e');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      assert.doesNotMatch(safe(text), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u),
    ),
  );
  assert.equal(named('a b\u0007.pcap'), '“a b\\x07.pcap”');
});

test('widthOf, cut, padEnd: wide characters take two columns', () => {
  assert.equal(widthOf('狼煙 ok'), 7);
  assert.equal(cut('狼煙 ok', 4), '狼…');
  assert.equal(widthOf(padEnd('狼煙', 8)), 8);
  assert.equal(trimEnd('a \u001b[2mb  \u001b[22m  '), 'a \u001b[2mb\u001b[22m');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) =>
      assert.ok(widthOf(cut(safe(text), width)) <= width),
    ),
  );
});

test('wrap: no line is too long unless a word is', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 20, max: 80 }), (text, width) => {
      for (const line of wrap(text, width)) assert.ok(line.length <= width);
      assert.equal(wrap(text, width).join(' '), text);
    }),
  );
});

interface Row {
  readonly name: string;
  readonly value: number;
}

test('table: fits every width from 60 to 160, whatever stands in it', () => {
  const columns: Column<Row>[] = [
    { head: 'name', text: ({ name }) => safe(name) },
    { head: 'value', text: ({ value }) => count(value), align: 'right' },
    { head: 'more', text: ({ name }) => safe(name), least: 8, optional: 1 },
    { head: 'most', text: ({ name }) => safe(name), least: 8, optional: 2 },
  ];
  const rows = fc.array(fc.record({ name: fc.string({ maxLength: 90 }), value: fc.nat() }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(rows, fc.integer({ min: 60, max: 160 }), (all, width) => {
      const lines = table(all, columns, width, PLAIN, { value: ({ value }) => value, most: 2 ** 31 });
      assert.equal(lines.length, all.length + 1);
      for (const line of lines) assert.ok(widthOf(line) <= width, `${widthOf(line)} > ${width}: ${line}`);
    }),
  );
});

test('table: drops the column with the greatest number first', () => {
  const columns: Column<string>[] = [
    { head: 'a', text: (row) => row },
    { head: 'b', text: (row) => row, optional: 1 },
    { head: 'c', text: (row) => row, optional: 2 },
  ];
  assert.equal(table(['x'.repeat(25)], columns, 60, PLAIN)[0], `  a${' '.repeat(26)}b`);
});

test('wantsColour: NO_COLOR over FORCE_COLOR over the terminal', () => {
  assert.equal(wantsColour({}, true), true);
  assert.equal(wantsColour({}, false), false);
  assert.equal(wantsColour({ TERM: 'dumb' }, true), false);
  assert.equal(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false);
  assert.equal(wantsColour({ NO_COLOR: '' }, true), true);
  assert.equal(wantsColour({ FORCE_COLOR: '1' }, false), true);
  assert.equal(wantsColour({ FORCE_COLOR: '0' }, true), false);
});
