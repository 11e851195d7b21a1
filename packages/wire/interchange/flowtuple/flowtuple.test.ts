/** Packets, tables and orders of flowtuples, beside their obvious forms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Backscatter } from '../rsdos/backscatter.ts';
import { backscatterOf } from '../rsdos/backscatter-of.ts';
import { outermostIpv4, outermostIpv4OfAny } from './outermost.ts';
import { TupleOrder } from './tuple-order.ts';
import { TUPLE_BACKSCATTER, TuplePacket } from './tuple-packet.ts';
import { EXTRA_MASSCAN, EXTRA_SPOOFED, TuplePacket3 } from './tuple-packet3.ts';
import { DST, IP_BYTES, KIND, PACKETS, PORTS, SRC, TUPLE_WORDS, TupleTable } from './tuple-table.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const MACS = '020202020202 040404040404';
/** An IPv4 header from 203.0.113.1 to 198.51.100.2 with TTL 52. */
function ipv4(
  protocol: number,
  payload: string,
  { fragment = '0000', ttl = 52, first = '45', options = '' } = {},
): string {
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  return `${first}00 0028 0000 ${fragment} ${hex(ttl)}${hex(protocol)} 0000 cb007101 c6336402 ${options} ${payload}`;
}
/** TCP 80 → 1025 with flags and window. */
const tcp = (flags: string, window = '0400'): string => `0050 0401 00000000 00000000 50${flags} ${window} 0000 0000`;

const half = (value: number): number => ((value & 0xff) << 8) | (value >>> 8);

/** Class, ports and flags that a packet has in a flowtuple; undefined when it has none. */
function read(hex: string, link = 1, packet = new TuplePacket()) {
  const bytes = bytesOf(hex);
  if (!packet.read(viewOf(bytes), 0, bytes.length, link)) return undefined;
  const { tupleClass, ports, kind } = packet;
  return [tupleClass, half(ports >>> 16), half(ports & 0xffff), kind & 0xff];
}

const PACKETS_READ: readonly (readonly [what: string, hex: string, expected: readonly number[] | undefined])[] = [
  ['SYN-ACK', ipv4(6, tcp('12')), [0, 80, 1025, 0x12]],
  ['SYN', ipv4(6, tcp('02')), [2, 80, 1025, 0x02]],
  ['RST of any kind', ipv4(6, tcp('05')), [0, 80, 1025, 0x05]],
  ['SYN-ACK behind options', ipv4(6, tcp('12'), { first: '46', options: '01010101' }), [0, 80, 1025, 0x12]],
  ['first fragment', ipv4(6, tcp('12'), { fragment: '2000' }), [0, 80, 1025, 0x12]],
  ['later fragment', ipv4(6, tcp('12'), { fragment: '0010' }), [2, 0, 0, 0]],
  ['TCP as far as its flags: class, no flags', ipv4(6, '0050 0401 00000000 00000000 5012'), [0, 80, 1025, 0]],
  ['TCP as far as its ports', ipv4(6, '0050 0401'), [2, 80, 1025, 0]],
  ['TCP cut in its ports', ipv4(6, '005004'), [2, 0, 0, 0]],
  ['echo request', ipv4(1, '0803 0000 00000000'), [1, 8, 3, 0]],
  ['echo reply', ipv4(1, '0000 0000 00000000'), [0, 0, 0, 0]],
  ['port unreachable', ipv4(1, '0303 0000 00000000'), [0, 3, 3, 0]],
  ['ICMP cut in its header: class only', ipv4(1, '0303 0000 0000'), [0, 0, 0, 0]],
  ['UDP', ipv4(17, '0035 1234 0008 0000'), [2, 53, 0x1234, 0]],
  ['GRE: its first four bytes', ipv4(47, '1234 5678'), [2, 0x1234, 0x5678, 0]],
  ['IPv6 in IPv4', ipv4(41, '6000 0000 0000'), [2, 0, 0, 0]],
  ['version 5', ipv4(6, tcp('12'), { first: '55' }), undefined],
  ['a header that is cut', '45000028 0000 0000 3406 0000 cb007101 c63364', undefined],
];

for (const [what, hex, expected] of PACKETS_READ) {
  test(`TuplePacket reads ${what}`, () => {
    assert.deepEqual(read(hex, 101), expected);
    assert.deepEqual(read(`${MACS} 0800 ${hex}`), expected);
  });
}

const INNER = ipv4(6, tcp('12'));
const LINKS: readonly (readonly [what: string, link: number, hex: string, corsaro: boolean, wide: boolean])[] = [
  ['802.1Q, twice', 1, `${MACS} 8100 0064 8100 0007 0800 ${INNER}`, true, true],
  ['802.1ad', 1, `${MACS} 88a8 0064 0800 ${INNER}`, false, true],
  ['MPLS', 1, `${MACS} 8847 00001000 00002100 ${INNER}`, true, true],
  ['PPPoE', 1, `${MACS} 8864 1100 0001 0030 0021 ${INNER}`, true, true],
  ['PPPoE with a short protocol', 1, `${MACS} 8864 1100 0001 0030 21 ${INNER}`, false, true],
  ['IPv6', 1, `${MACS} 86dd 6000 ${INNER}`, false, false],
  ['PPP without address', 9, `0021 ${INNER}`, true, true],
  ['PPP with address', 9, `ff03 0021 ${INNER}`, false, true],
  ['Cisco HDLC', 104, `0f00 0800 ${INNER}`, true, true],
  ['cooked, Ethernet hardware', 113, `0000 0001 0006 000000000000 0000 0800 ${INNER}`, true, true],
  ['cooked, other hardware', 113, `0000 0141 0006 000000000000 0000 0800 ${INNER}`, false, true],
  ['cooked, a frame inside', 113, `0000 0001 0006 000000000000 0000 0060 ${MACS} 0800 ${INNER}`, true, false],
  ['cooked, new form', 276, `0800 0000 00000001 0001 00 06 0000000000000000 ${INNER}`, false, true],
  ['a tag that is cut', 1, `${MACS} 8100 00`, false, false],
  ['labels without bottom', 1, `${MACS} 8847 00001000 00002000`, false, false],
];

for (const [what, link, hex, corsaro, wide] of LINKS) {
  test(`outermostIpv4 behind ${what}`, () => {
    const bytes = bytesOf(hex);
    const expected = bytes.length - bytesOf(INNER).length;
    const data = viewOf(bytes);
    assert.equal(outermostIpv4(data, 0, bytes.length, link), corsaro ? expected : -1);
    assert.equal(outermostIpv4OfAny(data, 0, bytes.length, link), wide ? expected : -1);
  });
}

test('TuplePacket and TuplePacket3 read any bytes', () => {
  const links = fc.constantFrom(0, 1, 9, 10, 12, 101, 104, 105, 107, 113, 127, 192, 228, 239, 276);
  const icmp = '45000028 0000 0000 3401 0000 cb007101 c6336402 03';
  const beginning = fc.constantFrom(
    '',
    icmp,
    `${MACS} 0800`,
    `${MACS} 0800 ${icmp}`,
    `${MACS} 8100`,
    `${MACS} 8847`,
    `${MACS} 8864`,
    '45',
  );
  const cases = fc.tuple(beginning, fc.uint8Array({ maxLength: 80 }), links, fc.boolean());
  fc.assert(
    fc.property(cases, ([head, tail, link, isWide]) => {
      const bytes = Uint8Array.from([...bytesOf(head), ...tail]);
      const event = new Backscatter();
      for (const packet of [new TuplePacket(isWide), new TuplePacket3(isWide)]) {
        if (!packet.read(viewOf(bytes), 0, bytes.length, link)) continue;
        assert.ok(packet.ipAt >= 0 && packet.ipAt + 20 <= bytes.length);
        if (packet.tupleClass === TUPLE_BACKSCATTER) backscatterOf(event, packet, viewOf(bytes), bytes.length);
      }
    }),
    { numRuns: 2000 },
  );
});

/** Flags beside a flowtuple of Corsaro 3. */
function judge(hex: string): string {
  const packet = new TuplePacket3();
  assert.notEqual(read(hex, 101, packet), undefined);
  const { extras } = packet;
  const words = [(extras & EXTRA_SPOOFED) === 0 ? '' : 'spoofed', (extras & EXTRA_MASSCAN) === 0 ? '' : 'masscan'];
  return words.filter((word) => word !== '').join(' ');
}

const JUDGED: readonly (readonly [what: string, hex: string, expected: string])[] = [
  ['an ordinary SYN', ipv4(6, tcp('02')), ''],
  ['RST and ACK', ipv4(6, tcp('14')), 'spoofed'],
  ['SYN and ECE', ipv4(6, tcp('42')), ''],
  ['a high TTL', ipv4(6, tcp('02', '2000'), { ttl: 200 }), 'spoofed'],
  ['a high TTL and the window of masscan', ipv4(6, tcp('02'), { ttl: 200 }), 'masscan'],
  ['the same with an ACK', ipv4(6, tcp('12'), { ttl: 200 }), ''],
  ['a high TTL of ICMP', ipv4(1, '0800 0000 00000000', { ttl: 255 }), ''],
  ['ICMP with type and code', ipv4(1, '0801 0000 00000000', { ttl: 255 }), ''],
  ['a later fragment', ipv4(6, tcp('12'), { fragment: '0010' }), 'spoofed'],
  ['the reserved bit', ipv4(6, tcp('12'), { fragment: '8000' }), 'spoofed'],
  ['UDP to port 80', ipv4(17, '0035 0050 0008 0000'), 'spoofed'],
  ['UDP from port 0', ipv4(17, '0000 0035 0008 0000'), 'spoofed'],
  ['GRE', ipv4(47, '1234 5678'), 'spoofed'],
  ['IPv6 in IPv4', ipv4(41, '6000 0000'), ''],
  ['a source that ends in 255', ipv4(6, tcp('02')).replace('cb007101', 'cb0071ff'), 'spoofed'],
  ['a source that is the destination', ipv4(6, tcp('02')).replace('cb007101', 'c6336402'), 'spoofed'],
];

for (const [what, hex, expected] of JUDGED) {
  test(`TuplePacket3 judges ${what}`, () => assert.equal(judge(hex), expected));
}

test('TuplePacket3 keeps header length and window of SYNs only', () => {
  const packet = new TuplePacket3();
  read(ipv4(6, tcp('02')), 101, packet);
  assert.equal(packet.extras, (20 << 16) | 1024);
  read(ipv4(6, tcp('12')), 101, packet);
  assert.equal(packet.extras, 0);
});

/** Fields of a packet without bytes. */
function fieldsOf(values: readonly number[]): TuplePacket {
  const [src = 0, dst = 0, ports = 0, kind = 0, ipBytes = 0] = values;
  return Object.assign(new TuplePacket(), { src, dst, ports, kind, ipBytes });
}

const WORDS = [SRC, DST, PORTS, KIND, IP_BYTES];
const ORDER = [KIND, SRC, DST, PORTS, IP_BYTES];

function compare(a: readonly number[], b: readonly number[]): number {
  for (const word of ORDER) {
    const difference = ((a[word] ?? 0) >>> 0) - ((b[word] ?? 0) >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Few different values, so that flowtuples repeat and share all but their last field; or any. */
const field = (most: number) => fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constantFrom(most, -1), fc.integer());
const tuples = fc.array(
  fc.tuple(
    field(7),
    field(63),
    field(511),
    fc.integer({ min: 0, max: 0x02ffffff }),
    fc.integer({ min: 0, max: 0xffff }),
  ),
  { maxLength: 300 },
);

test('TupleTable counts as a map does, TupleOrder sorts as a comparison does', () => {
  const table = new TupleTable();
  const order = new TupleOrder();
  fc.assert(
    fc.property(tuples, fc.integer({ min: 1, max: 3 }), (rows, kinds) => {
      const map = new Map<string, { values: readonly number[]; packets: number }>();
      table.clear();
      for (const [src, dst, ports, kind, ipBytes] of rows) {
        const values = [src, dst, ports, kinds === 3 ? kind : kind % kinds, kinds === 1 ? 40 : ipBytes];
        const known = map.get(values.join());
        if (known === undefined) map.set(values.join(), { values, packets: 1 });
        else known.packets++;
        assert.equal(table.add(fieldsOf(values)), known === undefined);
      }
      const expected = [...map.values()].sort((a, b) => compare(a.values, b.values));
      const { words, rows: sorted, count } = order.sort(table);
      const ours = Array.from(sorted.subarray(0, count), (row) => ({
        values: WORDS.map((word) => words[row * TUPLE_WORDS + word]),
        packets: words[row * TUPLE_WORDS + PACKETS],
      }));
      assert.deepEqual(ours, expected);
    }),
    { numRuns: 300 },
  );
});

test('TupleTable and TupleOrder grow: 40,000 flowtuples of 10,000 kinds', () => {
  const table = new TupleTable();
  for (let index = 0; index < 40_000; index++) {
    table.add(fieldsOf([Math.imul(index, 0x9e3779b1), 1, 2, (index % 10_000) * 7, 40]));
  }
  const { words, rows, count } = new TupleOrder().sort(table);
  assert.equal(count, 40_000);
  const valuesAt = (place: number) => Array.from({ length: 5 }, (_, word) => words[rows[place] * TUPLE_WORDS + word]);
  for (let place = 1; place < count; place++) assert.ok(compare(valuesAt(place - 1), valuesAt(place)) < 0);
});

test('TupleTable says when it is full', () => {
  const table = new TupleTable(2);
  table.add(fieldsOf([1]));
  assert.equal(table.isFull, false);
  table.add(fieldsOf([2]));
  assert.equal(table.isFull, true);
});
