/** What the engine keeps: intervals, receipts, the book of sightings, what it remembers, what is on its way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MINUTE_MS } from '../bins.ts';
import { binAt, remembering } from '../testing.ts';
import { BlockRunner } from './blocks.ts';
import { AT_ONCE_MAX, Book, KEPT_MAX, REPORT_SIGHTINGS_MAX } from './book.ts';
import { Intervals } from './intervals.ts';
import { readMemo, TODO_MAX, writeMemo } from './memo.ts';
import { Outbox } from './outbox.ts';
import { changedSince, HOUR_MS, Receipts } from './receipts.ts';

test('Intervals: the set of all that was added and not cut, beside a set of numbers', () => {
  const step = fc.record({ from: fc.nat(40), length: fc.nat(9), isCut: fc.constantFrom(false, false, false, true) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(60), (steps, asked) => {
      const intervals = new Intervals();
      const obvious = new Set<number>();
      for (const { from, length, isCut } of steps) {
        if (isCut) {
          intervals.cut(from);
          for (const number of obvious) if (number >= from) obvious.delete(number);
        } else {
          intervals.add(from, from + length);
          for (let number = from; number < from + length; number++) obvious.add(number);
        }
      }
      const numbers = intervals.all.flatMap(({ from_ms, to_ms }) => {
        return Array.from({ length: to_ms - from_ms }, (_, index) => from_ms + index);
      });
      const sorted = [...obvious].sort((a, b) => a - b);
      assert.deepEqual(numbers, sorted);
      assert.equal(
        intervals.next(asked),
        sorted.find((number) => number >= asked),
      );
      for (const [index, { from_ms }] of intervals.all.entries()) {
        if (index > 0) assert.equal(from_ms > intervals.all[index - 1].to_ms, true, 'they do not touch');
      }
    }),
  );
});

test('Receipts: many quiet hours are read at once, a full one by minutes', () => {
  const receipts = new Receipts();
  receipts.add(0, HOUR_MS, 60, 1000);
  receipts.add(2 * HOUR_MS, 3 * HOUR_MS, 60, 4_500_000);
  receipts.add(3 * HOUR_MS, 4 * HOUR_MS, 60, 60_000_000);
  assert.equal(receipts.span_ms(0), 2 * HOUR_MS);
  assert.equal(receipts.span_ms(2 * HOUR_MS), 2 * MINUTE_MS);
  assert.equal(receipts.span_ms(3 * HOUR_MS - MINUTE_MS), MINUTE_MS);
  assert.equal(receipts.span_ms(3 * HOUR_MS), MINUTE_MS);
  assert.equal(receipts.span_ms(4 * HOUR_MS), 12 * HOUR_MS);
  assert.deepEqual(receipts.counts(HOUR_MS), { '2': 60, '3': 60 });
  receipts.doubt(2 * HOUR_MS);
  const rows = [0, 2, 3].map((hour) => ({ hour, segments: 60, packed: 1, from_ms: hour, to_ms: hour + 1 }));
  assert.deepEqual(changedSince(rows, receipts.counts(0)), [{ from_ms: 2, to_ms: 3 }]);
});

test('writeMemo and readMemo: what is written is what is read; anything else is nothing', () => {
  const time = fc.integer({ min: -(2 ** 40), max: 2 ** 45 });
  const progress = fc.record({
    to_ms: time,
    todo: fc.array(fc.record({ from_ms: time, to_ms: time }), { maxLength: 5 }),
    is_settled: fc.boolean(),
  });
  const memo = fc.record({
    hours: fc.dictionary(fc.stringMatching(/^\d{1,6}$/), fc.integer({ min: -1 })),
    detectors: fc.dictionary(fc.stringMatching(/^[a-z]+\/[a-z]+@\d$/), progress),
  });
  fc.assert(
    fc.property(memo, (one) => {
      assert.deepEqual(readMemo(writeMemo(one)), JSON.parse(JSON.stringify(one)));
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => readMemo(text) === undefined));
  fc.assert(
    fc.property(fc.json(), (text) => {
      readMemo(text);
    }),
  );
  const wrong = {
    version: 1,
    hours: {},
    detectors: { 'scan/a@1': { to_ms: 1, todo: [{ from_ms: 'x' }], is_settled: true } },
  };
  assert.equal(readMemo(JSON.stringify(wrong)), undefined);
  assert.equal(readMemo(JSON.stringify({ ...wrong, version: 2, detectors: {} })), undefined);
});

test('writeMemo: too many ranges become one that holds them', () => {
  const todo = Array.from({ length: TODO_MAX + 1 }, (_, index) => ({ from_ms: index * 2, to_ms: index * 2 + 1 }));
  const memo = { hours: {}, detectors: { 'scan/a@1': { to_ms: 5000, todo, is_settled: false } } };
  assert.deepEqual(readMemo(writeMemo(memo))?.detectors['scan/a@1'].todo, [{ from_ms: 0, to_ms: 2 * TODO_MAX + 1 }]);
});

const slow = remembering({ block_minutes: 60, bin_minutes: 5 });
const task = { id: 1, detector: slow, answer_ms: 20 * MINUTE_MS, until_ms: Number.POSITIVE_INFINITY, position_ms: 0 };
const once = new BlockRunner(remembering(), { feed: 'simulation' });
once.step(binAt(0, [1]));
const [seen] = once.take().sightings;
const sightingAt = (minute: number, aspect = '') => ({ ...seen, bin_ms: minute * MINUTE_MS, aspect });

test('Book: a bin is told again with all that is known of it, warm-up is not told', () => {
  const book = new Book(task);
  assert.deepEqual(book.take([sightingAt(15)], 0, 17 * MINUTE_MS), []);
  assert.deepEqual(book.take([], 17 * MINUTE_MS, 20 * MINUTE_MS), []);
  const told = (sightings: Parameters<Book['take']>[0], from: number, to: number): unknown =>
    book
      .take(sightings, from * MINUTE_MS, to * MINUTE_MS)
      .map((part) => [
        part.from_ms / MINUTE_MS,
        part.to_ms / MINUTE_MS,
        part.sightings.map(({ bin_ms }) => bin_ms / MINUTE_MS),
      ]);
  assert.deepEqual(told([sightingAt(20)], 20, 22), [[20, 22, [20]]]);
  assert.deepEqual(told([sightingAt(20, 'other')], 22, 24), [[20, 24, [20, 20]]]);
  assert.deepEqual(told([], 24, 24.5), [[24.5, 24.5, []]]);
  assert.deepEqual(told([], 24.5, 27), [[25, 27, []]]);
  assert.deepEqual(told([sightingAt(15)], 27, 28), [[15, 28, [15, 20, 20]]]);
  // The block has ended: nothing of it is kept.
  assert.deepEqual(told([sightingAt(55)], 28, 60), [[30, 60, [55]]]);
  assert.deepEqual(told([], 60, 61), [[60, 61, []]]);
});

test('Book: more than a report holds is cut between bins, and what is kept has a limit', () => {
  const book = new Book({ ...task, answer_ms: 0 });
  const many = (minute: number, count: number) =>
    Array.from({ length: count }, (_, index) => sightingAt(minute, `${index}`));
  const parts = book.take([...many(0, 40_000), ...many(5, 30_000), ...many(10, 10)], 0, 15 * MINUTE_MS);
  assert.deepEqual(
    parts.map(({ from_ms, to_ms, sightings }) => [from_ms / MINUTE_MS, to_ms / MINUTE_MS, sightings.length]),
    [
      [0, 5, 40_000],
      [5, 15, 30_010],
    ],
  );
  const one = book.take(many(15, KEPT_MAX + 1), 15 * MINUTE_MS, 20 * MINUTE_MS);
  assert.deepEqual(
    one.map(({ sightings }) => sightings.length),
    [REPORT_SIGHTINGS_MAX],
  );
  assert.deepEqual(
    book.take([], 20 * MINUTE_MS, 21 * MINUTE_MS).map(({ sightings }) => sightings.length),
    [0],
  );
});

test('Book: a bin with very many is told when it ends, also when somebody began in the middle of it', () => {
  const book = new Book({ ...task, answer_ms: 12 * MINUTE_MS });
  const many = Array.from({ length: AT_ONCE_MAX + 1 }, (_, index) => sightingAt(10, `${index}`));
  const counts = (sightings: Parameters<Book['take']>[0], from: number, to: number): unknown =>
    book
      .take(sightings, from * MINUTE_MS, to * MINUTE_MS)
      .map((part) => [part.from_ms / MINUTE_MS, part.sightings.length]);
  assert.deepEqual(counts(many, 10, 12), []);
  assert.deepEqual(counts([sightingAt(10, 'late')], 12, 14), [[14, 0]]);
  assert.deepEqual(counts([], 14, 15), [[10, AT_ONCE_MAX + 2]]);
  assert.deepEqual(counts([], 15, 16), [[15, 0]]);
});

test('Outbox: letters go in order; one that cannot be sent stays, with those behind it', async () => {
  const outbox = new Outbox();
  const sent: string[] = [];
  let isAway = true;
  const letter = (name: string, detector?: string) => ({
    detector,
    send: async () => {
      if (isAway && name === 'b') throw new Error('away');
      sent.push(name);
    },
    undo: () => void sent.push(`not ${name}`),
  });
  for (const one of [letter('a'), letter('b', 'x'), letter('c', 'x'), letter('d')]) outbox.add(one);
  await assert.rejects(outbox.flush(new AbortController().signal));
  assert.deepEqual(sent, ['a']);
  outbox.drop('x');
  isAway = false;
  await outbox.flush(new AbortController().signal);
  assert.deepEqual(sent, ['a', 'not b', 'not c', 'd']);
});

test('Outbox: a stop waits for the letter on its way, not for those behind it', async () => {
  const outbox = new Outbox();
  const stopped = new AbortController();
  const sent: string[] = [];
  for (const name of ['a', 'b']) {
    outbox.add({
      detector: undefined,
      send: async () => {
        sent.push(name);
        stopped.abort(new Error('stopping'));
      },
    });
  }
  await assert.rejects(outbox.flush(stopped.signal), /stopping/);
  assert.deepEqual(sent, ['a']);
});

test('BlockRunner: times become whole, and figures that are no number are left out', () => {
  const odd = {
    ...seen,
    first_ms: 1.5,
    last_ms: 2.9,
    figures: { packets: 3, none: -0, rate_pps: Number.POSITIVE_INFINITY },
  };
  const untidy = new BlockRunner(
    { ...slow, start: () => ({ step: () => ({ sightings: [odd] }) }) },
    { feed: 'simulation' },
  );
  untidy.step(binAt(0));
  const [{ first_ms, last_ms, figures }] = untidy.take().sightings;
  assert.deepEqual([first_ms, last_ms, figures], [1, 2, { packets: 3, none: 0 }]);
});
