/** Event time as captures have it: late packets, clocks that jump, years that cannot be, weeks of silence, very many minutes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { Blocks } from '@noroshi/wire/capture/testing.ts';
import { type FlowsOptions, type FlowsOutcome, writeFlows } from './segment/flows.ts';
import { pcapOf, scratch, type Shot, shotsOf } from './testing/captures.ts';
import { oracle, type PlainRow } from './testing/oracle.ts';
import { difference, readRows, total } from './testing/rows.ts';

const at = scratch();
const DAY_S = 86_400;
const START_S = 1_700_000_040;
const flood = shotsOf(simulateToBytes({ seed: 31, packets: 200, scenario: 'repeats', duration_s: 1 }).bytes);

/** The same few flows at these seconds, one packet each. */
function shotsAt(seconds: readonly number[]): Shot[] {
  return seconds.map((second, index) => ({ ...flood[index % 7], seconds: second, nanoseconds: index % 1e9 }));
}

/** Writes the flows with one and two workers; both must give the oracle's rows. */
async function compare(
  capture: Uint8Array,
  options: Partial<FlowsOptions> = {},
): Promise<FlowsOutcome & { rows: PlainRow[] }> {
  writeFileSync(at('x.pcap'), capture);
  const paths = [at('x.pcap')];
  const settings = { paths, out: at('x.parquet'), compression: 'none', ...options } as const;
  const outcome = await writeFlows({ ...settings, workers: 1 });
  const rows = await readRows(at('x.parquet'), parquetReadObjects);
  assert.equal(difference(rows, oracle(capture).rows), undefined);
  const { segment } = await writeFlows({ ...settings, workers: 2 });
  assert.deepEqual(segment, outcome.segment);
  return { ...outcome, rows };
}

const minutesOf = (rows: readonly PlainRow[]): number[] => rows.map(({ minute }) => Number(minute) / 1000 - START_S);

const STEPS: Readonly<Record<string, { readonly seconds: readonly number[]; readonly minutes: readonly number[] }>> = {
  'a packet of the minute before stays in a row of its own minute': {
    seconds: [0, 61, 59, 62, 58, 63],
    minutes: [0, 60, 0],
  },
  'a packet 61 seconds late, but in the minute before, is only late': { seconds: [121, 60], minutes: [120, 60] },
  'a packet of two minutes before begins anew, and so does the next': {
    seconds: [121, 59, 122],
    minutes: [120, 0, 120],
  },
  'a later packet begins a minute, and a late one of the minute before last begins anew': {
    seconds: [0, 60, 120, 1],
    minutes: [0, 60, 120, 0],
  },
};

for (const [name, { seconds, minutes }] of Object.entries(STEPS)) {
  test(`FlowTable: ${name}`, async () => {
    const shots = seconds.map((second) => ({ ...flood[0], seconds: START_S + second }));
    const { rows } = await compare(pcapOf(shots));
    assert.deepEqual(minutesOf(rows), minutes);
    assert.equal(total(rows, 'packets'), seconds.length);
  });
}

test('writeFlows gives the oracle’s rows whatever the clock does', async () => {
  const second = fc.oneof(
    fc.integer({ min: START_S, max: START_S + 300 }),
    fc.constantFrom(0, 59, 60, 0x7fffffff, 0x80000000, 0xffffffff),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(second, { minLength: 1, maxLength: 300 }), async (seconds) => {
      writeFileSync(at('x.pcap'), pcapOf(shotsAt(seconds)));
      const { segment } = await writeFlows({
        paths: [at('x.pcap')],
        out: at('x.parquet'),
        workers: 1,
        compression: 'none',
      });
      const rows = await readRows(at('x.parquet'), parquetReadObjects);
      assert.equal(difference(rows, oracle(pcapOf(shotsAt(seconds))).rows), undefined);
      assert.equal(segment.first_ms, Math.min(...seconds) * 1000);
      assert.equal(segment.minute_to_ms, Math.floor(Math.max(...seconds) / 60) * 60_000 + 60_000);
    }),
    { numRuns: 40 },
  );
});

test('writeFlows passes over a week without packets in no time, and 30 days are one segment', async () => {
  const days = Array.from({ length: 30 }, (_, day) => day).filter((day) => day < 10 || day >= 17);
  const seconds = days.flatMap((day) => Array.from({ length: 100 }, (_, index) => START_S + day * DAY_S + index * 7));
  const began = performance.now();
  const { segment, rows } = await compare(pcapOf(shotsAt(seconds)), { prefixes: ['25.0.0.0/8', '2001:db8::/36'] });
  assert.ok(performance.now() - began < 5000);
  assert.equal(segment.minute_to_ms - segment.minute_from_ms, (29 * DAY_S + 12 * 60) * 1000);
  assert.equal(total(rows, 'packets'), 2300);
});

test('writeFlows holds more than 65,536 minutes in one capture', async () => {
  const seconds = Array.from({ length: 66_000 }, (_, index) => START_S + index * 60);
  const { segment, rows } = await compare(pcapOf(shotsAt(seconds)));
  assert.deepEqual(
    rows.map(({ minute }) => Number(minute) / 1000),
    seconds,
  );
  assert.ok(segment.digests.length > 1);
});

test('writeFlows holds as many minutes as a clock can jump, each with a late packet', async () => {
  const seconds = Array.from({ length: 70_000 }, (_, index) => (index >> 1) * 180 + (index % 2 === 0 ? 120 : 60));
  const { rows } = await compare(pcapOf(shotsAt(seconds)));
  assert.equal(rows.length, 70_000);
  assert.deepEqual(
    rows.map(({ minute }) => Number(minute) / 1000),
    seconds,
  );
});

/** A pcapng capture whose clock is offset by so many seconds. */
function offset(offset_s: bigint, count: number): Uint8Array {
  const blocks = new Blocks(true);
  const packets = Array.from({ length: count }, (_, index) =>
    blocks.enhanced(0, BigInt(index) * 1_000_000n, flood[0].bytes),
  );
  return Buffer.concat([blocks.section(), blocks.interface(1, 0, blocks.option(14, blocks.u64(offset_s))), ...packets]);
}

for (const [name, offset_s, first_ms] of [
  ['beyond 32 bits', 2n ** 33n, 0xffff_ffff * 1000],
  ['beyond every date', 2n ** 62n, 0xffff_ffff * 1000],
  ['before 1970', -100_000n, 0],
  ['before every date', -(2n ** 62n), 0],
] as const) {
  test(`writeFlows takes times ${name} as the nearest that 32 bits hold, in the rows and in the metadata`, async () => {
    const { segment, rows } = await compare(offset(offset_s, 5));
    assert.equal(total(rows, 'packets'), 5);
    assert.equal(segment.minute_from_ms, Number(rows[0].minute));
    assert.equal(segment.first_ms, first_ms);
  });
}

test('writeFlows keeps rows and exposure when one packet’s clock is at 1970 and another’s at 2106', async () => {
  const { segment } = await compare(pcapOf(shotsAt([START_S, 0, 0xffff_ffff])), { prefixes: ['25.37.0.0/16'] });
  assert.equal(segment.counters.kept, 3);
  assert.equal(segment.exposure[0]?.addresses, 65_536);
});
