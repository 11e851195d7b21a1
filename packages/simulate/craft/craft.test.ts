import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Arrivals } from './arrivals.ts';
import { Host, hostAt, parsePrefix, type Prefix } from './prefix.ts';
import { gamma, Random } from './random.ts';
import { forgeHost, settleHost } from './space.ts';
import { Sweep } from './sweep.ts';
import { Telescope } from './telescope.ts';
import { TimeOrder } from './time-order.ts';
import { pulsedWindow, rhythmicWindow, steadyWindow, worked } from './window.ts';

const SPECIAL = /^(0|10|100|127|169|172|192|198|203|22[4-9]|2[345]\d)\./;

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  assert.ok(parsed, text);
  return parsed;
}

test('Random: a copy walks the same sequence, a fork another; unit and below stay in range', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, count) => {
      const random = new Random(seed);
      const copy = random.copy();
      assert.deepEqual([random.word(), random.word()], [copy.word(), copy.word()]);
      assert.notEqual(random.fork().word(), copy.copy().word());
      const value = random.below(count);
      assert.ok(value >= 0 && value < count && Number.isInteger(value));
      assert.ok(random.exponential() > 0);
    }),
  );
});

test('gamma: mean and variance are the shape', () => {
  const random = new Random(1);
  for (const shape of [0.5, 3, 200]) {
    const draws = Array.from({ length: 20_000 }, () => gamma(random, shape));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    assert.ok(
      Math.abs(mean / shape - 1) < 0.05 && Math.abs(variance / shape - 1) < 0.1,
      `${shape} ${mean} ${variance}`,
    );
  }
});

test('Arrivals: ordered, inside the window, spread as uniform numbers are', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom('steady', 'pulsed', 'daily'),
      (seed, count, shape) => {
        const window =
          shape === 'steady'
            ? steadyWindow(5, 4005)
            : shape === 'pulsed'
              ? pulsedWindow(5, 4005, 30, 70)
              : rhythmicWindow(5, 4005, 'daily', 0);
        const arrivals = new Arrivals(new Random(seed), count, window);
        let last = 5;
        for (let index = 0; index < count; index++) {
          const time = arrivals.next();
          assert.ok(time >= last && time <= 4005);
          if (shape === 'pulsed') assert.ok((time - 5) % 100 <= 30 + 1e-9);
          last = time;
        }
      },
    ),
  );
  const times = new Arrivals(new Random(3), 10_000, steadyWindow(0, 1));
  const worst = Math.max(
    ...Array.from({ length: 10_000 }, (_, index) => Math.abs(times.next() - (index + 0.5) / 10_000)),
  );
  assert.ok(worst < 1.95 / Math.sqrt(10_000), `Kolmogorov-Smirnov distance ${worst}`);
});

test('rhythmicWindow: busier at 15:00 than at 3:00, by three to one', () => {
  const day = rhythmicWindow(0, 86_400, 'daily', 0);
  const rate = (hour: number) => {
    const piece = hour * 4;
    return (day.worked_s[piece + 1] - day.worked_s[piece]) / (day.at_s[piece + 1] - day.at_s[piece]);
  };
  assert.ok(Math.abs(rate(15) / rate(3) - 3) < 0.05);
  assert.ok(Math.abs(worked(day) / 86_400 - 1) < 1e-6);
});

test('parsePrefix: clears host bits, refuses the rest', () => {
  assert.equal(prefix('192.0.2.77/24').text, '192.0.2.0/24');
  assert.equal(prefix('2001:db8::1/33').text, '2001:db8::/33');
  assert.equal(prefix('192.0.2.1').bits, 32);
  assert.equal(prefix('::ffff:192.0.2.77/120').text, '192.0.2.0/24');
  assert.equal(parsePrefix('1.2.3.4/33'), undefined);
});

test('Telescope: picks are members, every address of several prefixes is reachable', () => {
  const telescope = new Telescope([prefix('198.51.100.0/30'), prefix('203.0.113.8/31'), prefix('2001:db8:1::/64')]);
  assert.equal(telescope.addresses4, 6);
  const random = new Random(8);
  const host = new Host();
  const seen = new Set(Array.from({ length: 300 }, () => telescope.pick(random, 4, host).text));
  assert.deepEqual([...seen].sort(), [
    '198.51.100.0',
    '198.51.100.1',
    '198.51.100.2',
    '198.51.100.3',
    '203.0.113.8',
    '203.0.113.9',
  ]);
  for (let turn = 0; turn < 100; turn++) assert.match(telescope.pickUniform(random, 6, host).text, /^2001:db8:1:0?:/);
});

test('Sweep: every address once per round, whatever the size', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 20, max: 32 }), fc.integer({ min: 20, max: 32 }), (seed, a, b) => {
      const telescope = new Telescope([prefix(`198.51.0.0/${a}`), prefix(`203.0.0.0/${b}`)]);
      const sweep = new Sweep(telescope, 4, new Random(seed));
      const seen = new Set<number>();
      for (let step = 0; step < telescope.addresses4; step++) seen.add(sweep.next().w3);
      assert.equal(seen.size, telescope.addresses4);
      assert.equal(sweep.round, 1);
    }),
    { numRuns: 30 },
  );
});

test('space: sources are never special addresses', () => {
  const random = new Random(5);
  const host = new Host();
  for (let turn = 0; turn < 5000; turn++) {
    assert.doesNotMatch(forgeHost(random, 4, host).text, SPECIAL);
    assert.doesNotMatch(settleHost(random, 4, host).text, SPECIAL);
  }
  assert.equal(hostAt('2001:db8::1').text, '2001:db8::1');
});

test('TimeOrder: orders as a stable sort does, spread or crowded', () => {
  const order = new TimeOrder();
  const time = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 1e6, max: 1e6 + 1e-3, noNaN: true }),
    fc.nat(3),
  );
  fc.assert(
    fc.property(fc.array(time, { maxLength: 400 }), (times) => {
      const sorted = order.sort(Float64Array.from(times), times.length).slice(0, times.length);
      const expected = times.map((_, index) => index).sort((a, b) => times[a] - times[b] || a - b);
      assert.deepEqual([...sorted], expected);
    }),
    { examples: [[[6.4e-323, 0]]] },
  );
});
