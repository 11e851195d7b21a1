/** One packet that carries each mark, and near ones that do not (version by version). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { TCP_ACK, TCP_SYN } from '../../net/tcp.ts';
import { hex, icmp4, ipv6, type Ipv4Fields, tcp, tcp4, type TcpFields, udp4 } from '../../net/testing.ts';
import { LINK_RAW } from '../../net/linktype.ts';
import { classified } from '../testing.ts';
import { MARKS } from './index.ts';

const MSS = hex('020405b4');
const WINDOWS = hex('020405b4 01030308 01010402');
const LINUX = hex('020405b4 0402080a 00000001 00000000 01030307');
const BSD = hex('020405b4 01030306 0101080a 00000001 00000000 04020000');
const DESTINATION = '12.0.0.2';
const DESTINATION_WORD = 0x0c000002;

/** IP id = destination ^ port ^ sequence number. */
const cookie = (tcpFields: TcpFields, ip: Ipv4Fields = {}): Uint8Array => {
  const seq = 0x5eed1234;
  const dport = 8080;
  const id = (DESTINATION_WORD ^ dport ^ seq) & 0xffff;
  return tcp4({ seq, dport, ...tcpFields }, { destination: DESTINATION, id, ttl: 240, ...ip });
};
const zmap = (options: Uint8Array, id: number): Uint8Array => tcp4({ window: 65_535, options }, { id });
const NONE = new Uint8Array(0);

const WITH: Readonly<Record<string, { readonly has: readonly Uint8Array[]; readonly not: readonly Uint8Array[] }>> = {
  mirai: {
    has: [tcp4({ seq: DESTINATION_WORD, dport: 23 }, { destination: DESTINATION })],
    not: [
      tcp4({ seq: DESTINATION_WORD + 1 }, { destination: DESTINATION }),
      tcp4({ seq: DESTINATION_WORD, flags: TCP_SYN | TCP_ACK }, { destination: DESTINATION }),
    ],
  },
  hajime: {
    has: [tcp4({ dport: 5358, window: 14_600 })],
    not: [
      tcp4({ dport: 5359, window: 14_600 }),
      tcp4({ dport: 5358, window: 14_601 }),
      tcp4({ dport: 5358, window: 14_600, seq: DESTINATION_WORD }, { destination: DESTINATION }),
    ],
  },
  masscan: { has: [cookie({})], not: [cookie({}, { id: 1 }), cookie({ flags: TCP_ACK })] },
  masscan_1_3: {
    has: [cookie({ window: 1024 })],
    not: [cookie({ window: 1024, options: MSS }), cookie({ window: 1023 })],
  },
  masscan_head: {
    has: [cookie({ window: 1025, options: MSS })],
    not: [cookie({ window: 1025 }), cookie({ window: 1024, options: MSS })],
  },
  masscan_banner: { has: [cookie({ window: 1200 })], not: [cookie({ window: 1200 }, { id: 1 })] },
  zmap: {
    has: [zmap(NONE, 54_321), udp4(1, 2, [], { id: 54_321 }), icmp4(8, 0, [], { id: 54_321 })],
    not: [zmap(NONE, 54_320), tcp4({}, { id: 54_321 })],
  },
  zmap_2: { has: [zmap(NONE, 54_321)], not: [zmap(MSS, 54_321)] },
  zmap_3: { has: [zmap(MSS, 54_321)], not: [zmap(NONE, 54_321), zmap(hex('020405b5'), 54_321)] },
  zmap_4_windows: { has: [zmap(WINDOWS, 9)], not: [zmap(LINUX, 9), tcp4({ window: 64_240, options: WINDOWS })] },
  zmap_4_linux: { has: [zmap(LINUX, 9)], not: [zmap(WINDOWS, 9), zmap(BSD, 9)] },
  zmap_4_bsd: { has: [zmap(BSD, 9)], not: [zmap(LINUX, 9)] },
  zmap_4_smallest: { has: [zmap(MSS, 9)], not: [zmap(MSS, 54_321), zmap(NONE, 9)] },
  nmap: {
    has: [tcp4({ window: 1024, options: MSS }, { ttl: 45 })],
    not: [
      tcp4({ window: 1024, options: MSS }, { ttl: 60 }),
      tcp4({ window: 1024 }, { ttl: 45 }),
      cookie({ window: 1024, options: MSS }, { ttl: 45 }),
    ],
  },
  unicornscan: { has: [tcp4({ window: 4096 })], not: [tcp4({ window: 4097 })] },
};

describe('marks', () => {
  for (const { name } of MARKS) {
    test(`${name}: those that carry it`, () => {
      for (const packet of WITH[name].has) assert.ok(classified(packet).marks.includes(name));
    });
    test(`${name}: those that do not`, () => {
      for (const packet of WITH[name].not) assert.ok(!classified(packet).marks.includes(name));
    });
  }

  test('names are unique and fit into one 32-bit integer', () => {
    assert.equal(new Set(MARKS.map(({ name }) => name)).size, MARKS.length);
    assert.ok(MARKS.length <= 31);
  });

  test('an answer carries none, whatever its numbers', () => {
    assert.deepEqual(classified(cookie({ flags: TCP_SYN | TCP_ACK, window: 1024 })).marks, []);
  });

  test('IPv6 has no id and no IPv4 destination to agree with', () => {
    assert.deepEqual(classified(ipv6({}, tcp({ seq: 0, window: 1024 })), LINK_RAW).marks, []);
  });

  test('masscan: whatever destination, port and sequence number it sends', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(65_535), fc.nat(255), (seq, dport, last) => {
        const id = ((0x0c000000 | last) ^ dport ^ seq) & 0xffff;
        const packet = tcp4({ seq, dport, window: 1024 }, { destination: `12.0.0.${last}`, id });
        assert.ok(classified(packet).marks.includes('masscan_1_3'));
      }),
    );
  });

  /** A random SYN carries a 16-bit mark once in 65,536: none of 2,000 is no proof, one is a coincidence, twenty are a bug. */
  test('a random SYN carries a mark as rarely as its chance says', () => {
    let met = 0;
    fc.assert(
      fc.property(fc.integer(), fc.nat(65_535), fc.nat(65_535), (seq, id, dport) => {
        const { marks } = classified(tcp4({ seq, dport, window: 64_240 }, { id }));
        met += marks.length;
      }),
      { numRuns: 2000, seed: 1 },
    );
    assert.ok(met <= 3, `${met} marks on 2,000 random SYNs`);
  });
});
