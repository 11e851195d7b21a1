/** What happens at each limit of the flow table: rows are closed early and counted, and no packet and no byte is lost. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { pcapHeader } from '@noroshi/wire/capture/testing.ts';
import { LAYOUTS_MAX } from '@noroshi/wire/flow/options.ts';
import { ARENA_BYTES_MAX, PAYLOAD_SAMPLE_BYTES_MAX } from '@noroshi/wire/flow/row-store.ts';
import { type FlowsOptions, writeFlows } from './segment/flows.ts';
import { pcapOf, scratch, shotsOf } from './testing/captures.ts';
import { oracle, type PlainRow } from './testing/oracle.ts';
import { difference, readRows, sumsByKey, total } from './testing/rows.ts';

const at = scratch();

async function flows(
  capture: Uint8Array,
  options: Partial<FlowsOptions>,
): Promise<{ rows: PlainRow[]; closedEarly: number }> {
  writeFileSync(at('x.pcap'), capture);
  const { counters } = await writeFlows({
    paths: [at('x.pcap')],
    out: at('x.parquet'),
    workers: 1,
    compression: 'none',
    ...options,
  });
  const rows = await readRows(at('x.parquet'), parquetReadObjects);
  assert.equal(counters.rows, rows.length);
  return { rows, closedEarly: counters.closedEarly };
}

/** Flows met once and often, IPv6 and quotes among them, and every tenth packet half a minute late. */
const repeats = simulateToBytes({ seed: 8, packets: 600, scenario: 'repeats', duration_s: 240 }).bytes;
const mixed = simulateToBytes({ seed: 8, packets: 1400, scenario: 'responding', duration_s: 240 }).bytes;
const shots = [...shotsOf(repeats), ...shotsOf(mixed)].toSorted((a, b) => a.seconds - b.seconds);
const crowded = pcapOf(shots.map((shot, index) => ({ ...shot, seconds: shot.seconds - (index % 10 === 0 ? 30 : 0) })));

for (const rowsPerMinuteMax of [1, 7, 300]) {
  for (const workers of [1, 2]) {
    test(`writeFlows of ${rowsPerMinuteMax} rows a minute, ${workers} workers: closes early, loses nothing`, async () => {
      const unlimited = oracle(crowded);
      const expected = oracle(crowded, { rowsPerMinuteMax });
      const { rows, closedEarly } = await flows(crowded, { rowsPerMinuteMax, workers });
      assert.equal(difference(rows, expected.rows), undefined);
      assert.deepEqual(sumsByKey(rows), sumsByKey(unlimited.rows));
      assert.equal(closedEarly, expected.closedEarly);
      assert.ok(closedEarly > 0);
      assert.equal(unlimited.closedEarly, 0);
    });
  }
}

for (const rowsPerMinuteMax of [0, -1, 0.5, 524_288, Number.NaN]) {
  test(`writeFlows refuses ${rowsPerMinuteMax} rows a minute and leaves no file`, async () => {
    await assert.rejects(
      flows(repeats, { rowsPerMinuteMax }),
      /^RangeError: Cannot make a flow table: .* rows a minute/,
    );
  });
}

const IP_AT = 16 + 14;

/** A capture of one packet a source, all in one minute: Ethernet, IPv4, and `transport` bytes that `put` completes. */
function fromManySources(
  packets: number,
  proto: number,
  transport: number,
  put: (data: DataView, offset: number, number: number) => void,
): Uint8Array {
  const record = IP_AT + 20 + transport;
  const capture = new Uint8Array(24 + packets * record);
  capture.set(pcapHeader());
  const data = new DataView(capture.buffer);
  for (let number = 0, offset = 24; number < packets; number++, offset += record) {
    for (const [index, value] of [1_700_000_040, number % 1_000_000, record - 16, record - 16].entries()) {
      data.setUint32(offset + index * 4, value, true);
    }
    data.setUint16(offset + 28, 0x0800);
    data.setUint32(offset + IP_AT, 0x45000000 | (20 + transport));
    data.setUint32(offset + IP_AT + 8, 0x40000000 | (proto << 16));
    data.setUint32(offset + IP_AT + 12, 0x0b000000 + number);
    data.setUint32(offset + IP_AT + 16, 0x19250001);
    put(data, offset + IP_AT + 20, number);
  }
  return capture;
}

test('writeFlows closes early when the payload samples’ memory is used up, and every row keeps its sample', async () => {
  const packets = Math.ceil(ARENA_BYTES_MAX / PAYLOAD_SAMPLE_BYTES_MAX) + 5000;
  const capture = fromManySources(packets, 17, 8 + PAYLOAD_SAMPLE_BYTES_MAX, (data, offset, number) => {
    data.setUint16(offset + 2, 9999);
    data.setUint16(offset + 4, 8 + PAYLOAD_SAMPLE_BYTES_MAX);
    data.setUint32(offset + 8, number);
  });
  const { rows, closedEarly } = await flows(capture, {});
  assert.equal(closedEarly, 1);
  assert.equal(rows.length, packets);
  assert.equal(total(rows, 'packets'), packets);
  const samples = rows.map(({ payload }) => `${Number.parseInt(payload.slice(0, 8), 16)} of ${payload.length / 2}`);
  assert.deepEqual(
    samples,
    Array.from({ length: packets }, (_, number) => `${number} of ${PAYLOAD_SAMPLE_BYTES_MAX}`),
  );
});

test('writeFlows closes early when a row group has all the option layouts it may, and every row keeps its own', async () => {
  const packets = LAYOUTS_MAX + 3000;
  const capture = fromManySources(packets, 6, 28, (data, offset, number) => {
    data.setUint16(offset + 2, 443);
    data.setUint16(offset + 12, 0x7002);
    data.setUint32(offset + 20, 0x02040000 | (number & 0xffff));
    data.setUint32(offset + 24, 0x01030300 | (number >>> 16));
  });
  const { rows, closedEarly } = await flows(capture, {});
  assert.equal(closedEarly, 1);
  const layouts = rows.map((row) => row.tcp_options_first);
  assert.deepEqual(
    layouts,
    Array.from({ length: packets }, (_, number) => `2-1-3_${number & 0xffff}_${number >>> 16}`),
  );
});
