import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Heard, joined, SILENCE_MINUTES_MAX, STRETCHES_MAX, type Stretch } from './heard.ts';
import { Tally } from './tally.ts';

function heardOf(minutes: readonly number[]): Stretch[] {
  const heard = new Heard();
  for (const minute of minutes) heard.hear(minute);
  return joined(heard.take()?.stretches ?? []);
}

/** The rule in its plainest form: every pair of packets in a row that is near covers what lies between. */
function covered(minutes: readonly number[]): number[] {
  const set = new Set(minutes);
  for (const [index, minute] of minutes.entries()) {
    const before = minutes[index - 1] ?? minute;
    if (Math.abs(minute - before) > SILENCE_MINUTES_MAX) continue;
    for (let at = Math.min(before, minute); at <= Math.max(before, minute); at++) set.add(at);
  }
  return [...set].toSorted((a, b) => a - b);
}

function minutesOf(stretches: readonly Stretch[]): number[] {
  return stretches.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

const clock = fc.array(fc.oneof(fc.nat(200), fc.nat(3000)), { minLength: 1, maxLength: 60 });

test('Heard.hear: silence up to an hour counts as listening, a longer one is a gap', () => {
  assert.deepEqual(heardOf([10, 70]), [{ from: 10, to: 70 }]);
  assert.deepEqual(heardOf([10, 71]), [
    { from: 10, to: 10 },
    { from: 71, to: 71 },
  ]);
  assert.deepEqual(heardOf([]), []);
});

test('Heard.hear: any order of minutes covers what the plain rule says', () => {
  fc.assert(fc.property(clock, (minutes) => assert.deepEqual(minutesOf(heardOf(minutes)), covered(minutes))));
});

test('Heard.append: parts heard by others join to the same as the whole', () => {
  fc.assert(
    fc.property(clock, fc.array(fc.nat(60), { maxLength: 4 }), (minutes, cuts) => {
      const ends = [...cuts, minutes.length].toSorted((a, b) => a - b);
      const whole = new Heard();
      let from = 0;
      for (const end of ends) {
        const part = new Heard();
        for (const minute of minutes.slice(from, end)) part.hear(minute);
        const data = part.take();
        if (data !== undefined) whole.append(data);
        from = Math.max(from, end);
      }
      assert.deepEqual(joined(whole.take()?.stretches ?? []), heardOf(minutes));
    }),
  );
});

test('Heard.take: begins anew', () => {
  const heard = new Heard();
  heard.hear(5);
  assert.deepEqual(heard.take(), { first: 5, last: 5, stretches: [{ from: 5, to: 5 }] });
  assert.equal(heard.take(), undefined);
  heard.hear(900);
  assert.deepEqual(heard.take()?.stretches, [{ from: 900, to: 900 }]);
});

test('Heard: a clock that jumps with every packet stays within bounds', () => {
  const heard = new Heard();
  for (let index = 0; index < 3 * STRETCHES_MAX; index++) heard.hear(index * 100);
  const stretches = heard.take()?.stretches ?? [];
  assert.ok(stretches.length >= STRETCHES_MAX && stretches.length < STRETCHES_MAX + 5000, `${stretches.length}`);
});

test('Tally.append: filtered packets add up by day and reason', () => {
  const [sum, part] = [new Tally(), new Tally()];
  sum.filter(10, 'elsewhere');
  part.filter(20, 'elsewhere');
  part.filter(86_400, 'not_ip');
  part.hear(1440);
  sum.append(part.take());
  assert.deepEqual([...sum.days()], [0, 1]);
  assert.deepEqual(sum.takeDay(0), { not_ip: 0, malformed: 0, elsewhere: 2 });
  assert.equal(sum.takeDay(0), undefined);
  const { filtered, heard } = sum.take();
  assert.deepEqual([...filtered], [[1, { not_ip: 1, malformed: 0, elsewhere: 0 }]]);
  assert.deepEqual(joined(heard?.stretches ?? []), [{ from: 1440, to: 1440 }]);
});
