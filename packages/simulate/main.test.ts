import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import fc from 'fast-check';
import { ACTORS } from './actors/all.ts';
import { SCENARIOS, simulate, simulateToBytes } from './main.ts';
import { ROOM_MIN } from './simulation.ts';
import { readRecords, wrongSums } from './testing.ts';
import { EVENT_KINDS, type TruthEvent } from './truth.ts';
import { writeSimulation } from './writer.ts';

function filledInPieces(sizes: readonly number[]): Uint8Array {
  const simulation = simulate({ packets: 3000, seed: 9 });
  const parts: number[] = [];
  for (let turn = 0; ; turn++) {
    const buffer = new Uint8Array(ROOM_MIN + (sizes[turn % sizes.length] ?? 0));
    const length = simulation.writeTo(buffer);
    if (length === 0) return Uint8Array.from(parts);
    parts.push(...buffer.subarray(0, length));
  }
}

function sum(events: readonly TruthEvent[]): number {
  return events.reduce((total, event) => total + event.packets, 0);
}

test('simulate: the same seed gives the same bytes and truth, another seed others', () => {
  const one = simulateToBytes({ packets: 5000, seed: 3 });
  const same = simulateToBytes({ packets: 5000, seed: 3 });
  const other = simulateToBytes({ packets: 5000, seed: 4 });
  assert.deepEqual(one.bytes, same.bytes);
  assert.deepEqual(one.truth, same.truth);
  assert.notDeepEqual(one.bytes, other.bytes);
});

test('Simulation.writeTo: the sizes of the buffers do not change the capture', () => {
  const whole = simulateToBytes({ packets: 3000, seed: 9 }).bytes;
  fc.assert(
    fc.property(fc.array(fc.nat(20_000), { minLength: 1, maxLength: 5 }), (sizes) => {
      assert.deepEqual(filledInPieces(sizes), whole);
    }),
    { numRuns: 20 },
  );
});

test('Simulation.writeTo: refuses a buffer that may not hold one record', () => {
  assert.throws(() => simulate().writeTo(new Uint8Array(ROOM_MIN - 1)), /Cannot write to/);
});

for (const scenario of SCENARIOS) {
  test(`simulate ${scenario}: exact count, time order, sums of truth`, () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 6000 }),
        fc.constantFrom('us', 'ns'),
        (seed, packets, resolution) => {
          const { bytes, truth } = simulateToBytes({ seed, packets, scenario, resolution, duration_s: 120 });
          const records = readRecords(bytes);
          assert.equal(records.length, packets);
          assert.equal(sum(truth.events), packets);
          assert.equal(truth.header.packets, packets);
          assert.equal(truth.header.bytes, bytes.length);
          const perSecond = resolution === 'ns' ? 1e9 : 1e6;
          for (let at = 1; at < records.length; at++) {
            const [before, after] = [records[at - 1], records[at]];
            assert.ok(
              (after.seconds - before.seconds) * perSecond + after.fraction - before.fraction >= 0,
              `record ${at}`,
            );
          }
        },
      ),
      { numRuns: 12 },
    );
  });
}

test('simulate: truth per kind adds up, events lie inside the capture, ids are unique', () => {
  const { truth } = simulateToBytes({ packets: 60_000, scenario: 'responding' });
  const { start_s, duration_s, totals } = truth.header;
  for (const [kind, total] of Object.entries(totals)) {
    const own = truth.events.filter((event) => event.kind === kind);
    assert.deepEqual(total, { events: own.length, packets: sum(own) });
    assert.ok(kind in EVENT_KINDS);
  }
  for (const { id, start, end, subject } of truth.events) {
    assert.ok(start_s <= start && start <= end && end <= start_s + duration_s, id);
    assert.ok(subject.length > 0, id);
  }
  assert.equal(new Set(truth.events.map(({ id }) => id)).size, truth.events.length);
});

test('simulate: every actor takes part, IPv6 among them, and all sums but the damaged ones are right', () => {
  const undamaged = Object.fromEntries(ACTORS.filter(({ kind }) => kind !== 'damage').map(({ name }) => [name, 1]));
  const { bytes, truth } = simulateToBytes({ packets: 60_000, mix: undamaged, only: true });
  const records = readRecords(bytes);
  assert.equal(new Set(truth.events.map(({ actor }) => actor)).size, Object.keys(undamaged).length);
  assert.ok(records.filter(({ packet }) => packet.net === 6).length > 2000);
  for (const record of records) assert.equal(wrongSums(record), '');
});

test('simulate: one actor does not move another', () => {
  const alone = simulateToBytes({ mix: { mirai: 1 }, only: true, packets: 500 }).truth.events;
  const together = simulateToBytes({ mix: { mirai: 1, nmap: 1 }, only: true, packets: 1000 }).truth.events;
  const times = (events: readonly TruthEvent[]) => events.filter(({ actor }) => actor === 'mirai');
  assert.deepEqual(times(together), times(alone));
});

test('simulate: only prefixes of one family give packets of one family', () => {
  for (const [prefix, net] of [
    ['198.51.100.0/29', 4],
    ['2001:db8::/56', 6],
  ] as const) {
    const { bytes } = simulateToBytes({
      prefixes: [prefix],
      packets: 3000,
      mix: { 'tunnel-6in4': 0, 'damage-random': 0, 'damage-version': 0 },
    });
    const nets = new Set(
      readRecords(bytes)
        .map(({ packet }) => packet.net)
        .filter((walked) => walked !== 0),
    );
    assert.deepEqual([...nets], [net]);
  }
});

test('simulate: snap length cuts records, not lengths on the wire', () => {
  const { bytes } = simulateToBytes({ packets: 2000, snap_bytes: 34, mix: { 'damage-snap': 0 } });
  const records = readRecords(bytes);
  assert.equal(records.length, 2000);
  for (const { captured, wire } of records) assert.ok(captured === 34 && wire >= 60);
});

test('simulate: damage.file ends in the middle of a record that no event counts', () => {
  const whole = simulateToBytes({ packets: 500 });
  const cut = simulateToBytes({ packets: 500, damage: { file: true } });
  assert.deepEqual(cut.bytes.subarray(0, whole.bytes.length), whole.bytes);
  assert.ok(cut.bytes.length > whole.bytes.length + 16);
  assert.equal(readRecords(cut.bytes).length, 500);
  assert.equal(cut.truth.header.cut_at_end, true);
});

test('simulate: refuses nonsense with one sentence', () => {
  const refused: [Parameters<typeof simulate>[0], RegExp][] = [
    [{ packets: 10, rate_pps: 1, duration_s: 2 }, /only two/],
    [{ packets: -1 }, /packets -1 is not between/],
    [{ duration_s: Number.NaN, packets: 1 }, /duration_s NaN is not between/],
    [{ prefixes: ['10.0.0.0/33'] }, /prefix 10\.0\.0\.0\/33 is not/],
    [{ prefixes: [] }, /no prefix/],
    [{ mix: { nobody: 1 } }, /no actor is named nobody/],
    [{ mix: { mirai: -1 } }, /below zero/],
    [{ mix: { mirai: 1 }, only: true, prefixes: ['2001:db8::/64'] }, /no actor is left/],
    [{ scenario: 'nothing' as never }, /scenario nothing is not one of/],
  ];
  for (const [options, message] of refused) assert.throws(() => simulate(options), message);
});

test('simulate: two of packets, rate and duration settle the third', () => {
  assert.equal(simulate({ rate_pps: 50, duration_s: 20 }).packetsTotal, 1000);
  assert.equal(simulate({ rate_pps: 50, packets: 1000 }).settings.duration_s, 20);
  assert.equal(simulate({ packets: 7, duration_s: 20 }).settings.duration_s, 20);
});

test(
  'writeSimulation: tcpdump reads the capture without complaint; truth has a line per event',
  needs(program('tcpdump')),
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-simulate-'));
    try {
      const told: number[] = [];
      const options = { packets: 20_000, scenario: 'responding' } as const;
      const { capture, truthFile, truth } = await writeSimulation(join(folder, 'a.pcap'), options, (packets) =>
        told.push(packets),
      );
      const run = spawnSync('tcpdump', ['-n', '-t', '-r', capture], { encoding: 'utf8', maxBuffer: 1 << 28 });
      assert.equal(run.status, 0);
      assert.match(run.stderr, /^(reading from file [^\n]*\n)?$/);
      assert.equal(told.at(-1), 20_000);
      const lines = readFileSync(String(truthFile), 'utf8').trimEnd().split('\n');
      assert.equal(lines.length, 1 + truth.events.length);
      assert.deepEqual(JSON.parse(lines[0] ?? ''), JSON.parse(JSON.stringify(truth.header)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
