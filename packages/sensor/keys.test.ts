/**
 * Rows of packets that are nearly alike: frames that differ in one part of the key, or in one fact that a row gathers, in every
 * order and at nearly the same time. What a look-up, a batch or a run of packets could confuse is confused here.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { writeFlows } from './segment/flows.ts';
import { pcapOf, scratch } from './testing/captures.ts';
import { oracle, type PlainRow } from './testing/oracle.ts';
import { difference, readRows } from './testing/rows.ts';

const at = scratch();
const LINK_RAW = 101;
const START_S = 1_700_000_040;

const u16 = (...values: readonly number[]): number[] => values.flatMap((value) => [(value >>> 8) & 255, value & 255]);
const u32 = (value: number): number[] => u16(value >>> 16, value);

interface Ends {
  readonly src?: number;
  readonly dst?: number;
  readonly ttl?: number;
}

/** IPv4 from 11.0.0.1 to 25.37.0.1 unless said otherwise. */
function ipv4(
  proto: number,
  body: readonly number[],
  { src = 0x0b000001, dst = 0x19250001, ttl = 60 }: Ends = {},
): number[] {
  return [...u16(0x4500, 20 + body.length, 77, 0), ttl, proto, 0, 0, ...u32(src), ...u32(dst), ...body];
}

function ipv6(proto: number, body: readonly number[], { src = 1, dst = 1, ttl = 60 }: Ends = {}): number[] {
  const address = (last: number): number[] => [...u16(0x2d00, 1, 2, 3, 0, 0), ...u32(last)];
  return [0x60, 0, 0, 0, ...u16(body.length), proto, ttl, ...address(src), ...address(dst), ...body];
}

const SYN = { sport: 4000, dport: 23, seq: 99, flags: 2, window: 4096, options: [] as readonly number[], data: '' };

function tcp(changes: Partial<typeof SYN> = {}): number[] {
  const { sport, dport, seq, flags, window, options, data } = { ...SYN, ...changes };
  const header = u16((5 + options.length / 4) * 0x1000 + flags, window, 0, 0);
  return [...u16(sport, dport), ...u32(seq), ...u32(0), ...header, ...options, ...Buffer.from(data)];
}

function udp(sport: number, dport: number, data: string): number[] {
  return [...u16(sport, dport, 8 + data.length, 0), ...Buffer.from(data)];
}

function icmp(type: number, code: number, body: readonly number[] = []): number[] {
  return [type, code, 0, 0, 0, 0, 0, 0, ...body];
}

/** What an ICMP error quotes: a packet from the telescope to a victim. */
const quote = (victim: number, dport: number, proto = 17): number[] =>
  ipv4(proto, udp(1234, dport, ''), { src: 0x19250001, dst: victim });
const quote6 = (victim: number): number[] => ipv6(17, udp(1234, 53, ''), { dst: victim });

/** Each frame differs from a neighbour in one thing. */
const FRAMES: readonly (readonly number[])[] = [
  ipv4(6, tcp()),
  ipv4(6, tcp(), { src: 0x0b000002 }),
  ipv4(6, tcp(), { dst: 0x19250002 }),
  ipv4(6, tcp(), { ttl: 200 }),
  ipv4(6, tcp({ dport: 2323 })),
  ipv4(6, tcp({ sport: 40 })),
  ipv4(6, tcp({ sport: 65_535 })),
  // Marks: Mirai's sequence number, Hajime's window; then other classes of the same addresses and ports.
  ipv4(6, tcp({ seq: 0x19250001 })),
  ipv4(6, tcp({ seq: 0x19250001, window: 14_600 })),
  ipv4(6, tcp({ flags: 16 })),
  ipv4(6, tcp({ flags: 18, sport: 23, dport: 4000 })),
  ipv4(6, tcp({ flags: 0x0c2, window: 1 })),
  ipv4(6, tcp({ data: 'first' })),
  ipv4(6, tcp({ data: 'x'.repeat(300) })),
  ipv4(6, tcp({ options: [2, 4, 5, 0xb4] })),
  ipv4(6, tcp()).slice(0, 34),
  ipv4(17, udp(4000, 23, '')),
  ipv4(17, udp(4000, 23, 'a')),
  ipv4(17, udp(4000, 23, 'b')),
  ipv4(1, icmp(8, 0)),
  ipv4(1, icmp(8, 1)),
  ipv4(1, icmp(3, 3)),
  ipv4(1, icmp(3, 3, quote(0x01020304, 53))),
  ipv4(1, icmp(3, 3, quote(0x01020305, 53))),
  ipv4(1, icmp(3, 3, quote(0x01020304, 54))),
  ipv4(1, icmp(3, 3, quote(0x01020304, 53, 6))),
  ipv4(1, icmp(3, 1, quote(0x01020304, 53))),
  ipv4(47, [1, 2, 3]),
  ipv6(6, tcp()),
  ipv6(6, tcp(), { src: 2 }),
  ipv6(6, tcp(), { dst: 2 }),
  ipv6(6, tcp({ dport: 2323 })),
  ipv6(17, udp(4000, 23, 'a')),
  ipv6(58, icmp(1, 4)),
  ipv6(58, icmp(1, 4, quote6(9))),
  ipv6(58, icmp(1, 4, quote6(8))),
  [1, 2, 3],
];

interface Sent {
  readonly bytes: Uint8Array;
  readonly second: number;
}

async function compare(sent: readonly Sent[], rowsPerMinuteMax = 1000): Promise<PlainRow[]> {
  const shots = sent.map(({ bytes, second }, index) => {
    return { link: LINK_RAW, seconds: START_S + second, nanoseconds: index * 1000, wireBytes: bytes.length, bytes };
  });
  const capture = pcapOf(shots);
  writeFileSync(at('x.pcap'), capture);
  const paths = [at('x.pcap')];
  await writeFlows({ paths, out: at('x.parquet'), workers: 1, compression: 'none', rowsPerMinuteMax });
  const rows = await readRows(at('x.parquet'), parquetReadObjects);
  assert.equal(difference(rows, oracle(capture, { rowsPerMinuteMax }).rows), undefined);
  return rows;
}

test('writeFlows makes a row of each of the frames that differ in the key, and only of those', async () => {
  const all = FRAMES.map((frame) => ({ bytes: Uint8Array.from(frame), second: 0 }));
  const rows = await compare(all);
  const columns = [
    'src',
    'dst',
    'proto',
    'service_port',
    'icmp_code',
    'class',
    'marks',
    'quoted_dst',
    'quoted_proto',
    'quoted_port',
  ] as const;
  for (const column of columns) assert.ok(new Set(rows.map((row) => row[column])).size > 1, column);
  assert.equal(rows.length, (await compare([...all, ...all.toReversed()])).length);
});

for (const [first, one] of FRAMES.entries()) {
  test(`writeFlows tells frame ${first} from every other, before and behind it, in runs and alone`, async () => {
    const sent = FRAMES.flatMap((other) => [one, other, other, one, one, other]);
    await compare(sent.map((frame) => ({ bytes: Uint8Array.from(frame), second: 0 })));
  });
}

test('writeFlows gathers any sequence of nearly alike packets as the oracle does', async () => {
  const one = fc.record({
    bytes: fc.constantFrom(...FRAMES).map((frame) => Uint8Array.from(frame)),
    second: fc.constantFrom(0, 0, 0, 0, 1, 59, 60, 61, 119, 120, 200),
  });
  const runs = fc.array(fc.tuple(one, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 200 });
  const sequence = runs.map((list) => list.flatMap(([sent, times]) => Array.from({ length: times }, () => sent)));
  await fc.assert(
    fc.asyncProperty(sequence, fc.constantFrom(1, 2, 3, 5, 11, 1000), async (sent, rowsPerMinuteMax) => {
      await compare(sent, rowsPerMinuteMax);
    }),
    { numRuns: 60 },
  );
});

test('writeFlows finds its rows again while a minute grows behind a small one', async () => {
  const flow = (number: number): Uint8Array => Uint8Array.from(ipv4(6, tcp(), { src: 0x0b000000 + number }));
  const minutes = [5, 5000, 3, 700, 9000].flatMap((flows, minute) => {
    const numbers = Array.from({ length: 2 * flows }, (_, index) => index % flows);
    return numbers.map((number) => ({ bytes: flow(number), second: minute * 60 }));
  });
  const rows = await compare(minutes, 100_000);
  assert.ok(rows.every(({ packets }) => packets === '2'));
});

/** Numbers far from each other, all different in their low bits too: an odd factor loses none. */
const scattered = (number: number): number => Math.imul(number, 0x2c1b3c6d);

/** So many keys that differ in one part only that some of them share a place in the index and the upper bits of their hash. */
const CROWDS: Readonly<Record<string, (number: number) => number[]>> = {
  sources: (number) => ipv4(6, tcp(), { src: 0x0b000000 + number }),
  destinations: (number) => ipv4(6, tcp(), { dst: 0x19000000 + (scattered(number) & 0xffffff) }),
  ports: (number) => ipv4(6, tcp({ dport: number })),
  'quoted victims': (number) => ipv4(1, icmp(3, 3, quote(0x01000000 + number, 53))),
  'quoted ports': (number) => ipv4(1, icmp(3, 3, quote(0x01020304, scattered(number) & 0xffff))),
  'IPv6 sources': (number) => ipv6(6, tcp(), { src: number }),
  'quoted IPv6 victims': (number) => ipv6(58, icmp(1, 4, quote6(number))),
};

for (const [name, frame] of Object.entries(CROWDS)) {
  test(`writeFlows keeps 6,000 ${name} apart`, async () => {
    const numbers = Array.from({ length: 12_000 }, (_, index) => index % 6000);
    const rows = await compare(
      numbers.map((number) => ({ bytes: Uint8Array.from(frame(number)), second: 0 })),
      100_000,
    );
    assert.equal(rows.length, 6000);
  });
}
