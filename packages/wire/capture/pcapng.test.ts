import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { join } from '../net/testing.ts';
import { INTERFACES_MAX, PcapngPacket, setTime } from './pcapng.ts';
import { PACKET_BYTES_MAX } from './reader.ts';
import { Blocks, readAll } from './testing.ts';

const LITTLE = new Blocks(true);
const BIG = new Blocks(false);
const RESOLUTION = 9;
const OFFSET = 14;

describe('pcapng: blocks', () => {
  for (const [name, b] of [
    ['little endian', LITTLE],
    ['big endian', BIG],
  ] as const) {
    test(`every packet block, ${name}`, () => {
      const file = join(
        b.section(),
        b.interface(101, 2),
        b.enhanced(0, 1_000_001n, [1, 2, 3, 4, 5], 50),
        b.obsolete(0, 2_000_002n, [6]),
        b.simple([7, 8], 9),
      );
      const { packets, failure } = readAll(file);
      assert.equal(failure, undefined);
      assert.deepEqual(packets, [
        { link: 101, seconds: 1, nanoseconds: 1000, wireBytes: 50, bytes: [1, 2, 3, 4, 5] },
        { link: 101, seconds: 2, nanoseconds: 2000, wireBytes: 1, bytes: [6] },
        { link: 101, seconds: 0, nanoseconds: 0, wireBytes: 9, bytes: [7, 8] },
      ]);
    });
  }

  test('each interface has its own link type, resolution and offset', () => {
    const file = join(
      LITTLE.section(),
      LITTLE.interface(1),
      LITTLE.interface(113, 0, LITTLE.option(RESOLUTION, [9])),
      LITTLE.interface(0, 0, LITTLE.option(RESOLUTION, [0x80 | 10]), LITTLE.option(OFFSET, LITTLE.u64(1000n))),
      LITTLE.enhanced(2, 1536n, [1]),
      LITTLE.enhanced(1, 1_000_000_007n, [1]),
      LITTLE.enhanced(0, 7n, [1]),
    );
    const times = readAll(file).packets.map(({ link, seconds, nanoseconds }) => [link, seconds, nanoseconds]);
    assert.deepEqual(times, [
      [0, 1001, 500_000_000],
      [113, 1, 7],
      [1, 0, 7000],
    ]);
  });

  test('a negative offset', () => {
    const described = LITTLE.interface(1, 0, LITTLE.option(OFFSET, LITTLE.u64(-5n)));
    const file = join(LITTLE.section(), described, LITTLE.enhanced(0, 9_000_000n, [1]));
    assert.equal(readAll(file).packets[0].seconds, 4);
  });

  test('a section may turn the byte order round and forgets the interfaces', () => {
    const file = join(
      LITTLE.section(),
      LITTLE.interface(1),
      LITTLE.enhanced(0, 0n, [1]),
      BIG.section(),
      BIG.interface(101),
      BIG.enhanced(0, 0n, [2]),
      LITTLE.section(),
      LITTLE.enhanced(0, 0n, [3]),
    );
    const { packets, failure } = readAll(file);
    assert.deepEqual(
      packets.map(({ link }) => link),
      [1, 101],
    );
    assert.equal(failure?.kind, 'interface');
  });

  test('unknown blocks, names and secrets are passed over, in whatever pieces they come', () => {
    const file = join(
      LITTLE.section(),
      LITTLE.interface(1),
      LITTLE.block(0x0bad, new Uint8Array(5000)),
      LITTLE.block(4, [1, 2, 3]),
      LITTLE.block(10, [1]),
      LITTLE.enhanced(0, 0n, [9]),
    );
    for (const size of [1, 7, 1000, file.length]) {
      const { packets, failure } = readAll(file, [size]);
      assert.equal(failure, undefined);
      assert.deepEqual(
        packets.map(({ bytes }) => bytes),
        [[9]],
      );
    }
  });

  test('the latest drop counters of each interface, over all sections', () => {
    const dropped = (count: bigint): Uint8Array => LITTLE.option(5, LITTLE.u64(count));
    const file = join(
      LITTLE.section(),
      LITTLE.interface(1),
      LITTLE.interface(1),
      LITTLE.statistics(0, dropped(3n)),
      LITTLE.statistics(0, dropped(5n), LITTLE.option(7, LITTLE.u64(2n)), LITTLE.option(4, LITTLE.u64(99n))),
      LITTLE.statistics(1, dropped(10n)),
      LITTLE.statistics(7, dropped(10n)),
      LITTLE.section(),
      LITTLE.interface(1),
      LITTLE.statistics(0, dropped(100n)),
    );
    assert.equal(readAll(file).dropped, 117);
  });
});

describe('pcapng: damage', () => {
  const good = join(LITTLE.section(), LITTLE.interface(1), LITTLE.enhanced(0, 0n, [1, 2, 3]));
  const fails = (bad: Uint8Array): [string | undefined, number | undefined, number] => {
    const { packets, failure } = readAll(join(good, bad));
    return [failure?.kind, failure?.offset, packets.length];
  };
  const at = good.length;

  test('a block that is cut', () =>
    assert.deepEqual(fails(LITTLE.enhanced(0, 0n, [1]).subarray(0, 20)), ['cut', at, 1]));
  test('a cut block that nobody reads', () => {
    assert.deepEqual(fails(LITTLE.block(0x0bad, new Uint8Array(100)).subarray(0, 50)), ['cut', at, 1]);
  });
  test('a block length below 12', () => assert.deepEqual(fails(LITTLE.u32(6, 8, 8)), ['block', at, 1]));
  test('block lengths that differ', () => {
    const block = LITTLE.enhanced(0, 0n, [1]);
    block[block.length - 4] ^= 4;
    assert.deepEqual(fails(block), ['block', at, 1]);
  });
  test('a packet longer than its block', () => {
    const block = LITTLE.block(6, LITTLE.u32(0, 0, 0, 1000, 1000), [1]);
    assert.deepEqual(fails(block), ['record', at, 1]);
  });
  test('a packet one byte longer than its block, and one that just fits', () => {
    const claiming = (bytes: number): Uint8Array => LITTLE.block(6, LITTLE.u32(0, 0, 0, bytes, bytes), [1, 2, 3, 4]);
    assert.deepEqual(fails(claiming(5)), ['record', at, 1]);
    assert.deepEqual(fails(claiming(4)), [undefined, undefined, 2]);
  });
  test('more interfaces than anybody has', () => {
    const many = new Uint8Array((INTERFACES_MAX + 1) * 20);
    for (let index = 0; index <= INTERFACES_MAX; index++) many.set(LITTLE.interface(1), index * 20);
    assert.equal(fails(many)[0], 'limit');
  });
  test('a packet block too short for its fields', () => {
    assert.deepEqual(fails(LITTLE.block(6, LITTLE.u32(0, 0))), ['block', at, 1]);
    assert.deepEqual(fails(LITTLE.block(3)), ['block', at, 1]);
    assert.deepEqual(fails(LITTLE.block(1, LITTLE.u32(0))), ['block', at, 1]);
  });
  test('an interface that was not described', () => {
    assert.deepEqual(fails(LITTLE.enhanced(1, 0n, [1])), ['interface', at, 1]);
  });
  test('a simple packet longer than its block, or without interface', () => {
    assert.deepEqual(fails(LITTLE.simple([1], 50)), ['record', at, 1]);
    assert.equal(readAll(join(LITTLE.section(), LITTLE.simple([1]))).failure?.kind, 'interface');
  });
  test('a larger packet than anything sends', () => {
    assert.deepEqual(fails(LITTLE.enhanced(0, 0n, new Uint8Array(PACKET_BYTES_MAX + 1))), ['record', at, 1]);
  });
  test('a larger block than is held in memory', () => {
    assert.deepEqual(fails(LITTLE.u32(6, 0x0200_0000)), ['block', at, 1]);
  });
  test('a section without byte order, of another version, of an impossible length', () => {
    assert.deepEqual(fails(LITTLE.block(0x0a0d0d0a, new Uint8Array(16))), ['block', at, 1]);
    assert.deepEqual(fails(LITTLE.section(2)), ['version', at, 1]);
    assert.deepEqual(fails(LITTLE.block(0x0a0d0d0a, LITTLE.u32(0x1a2b3c4d))), ['block', at, 1]);
  });
  test('statistics and options that lie are ignored', () => {
    const lying = LITTLE.block(5, LITTLE.u32(0, 0, 0), LITTLE.u16(5, 60_000));
    assert.deepEqual(fails(join(lying, LITTLE.block(5, LITTLE.u32(0)))), [undefined, undefined, 1]);
  });
});

test('setTime: limbs give what BigInt gives', () => {
  const ticks = fc.oneof(
    fc.constantFrom(1, 10, 1000, 1_000_000, 1_000_000_000, 2 ** 10, 2 ** 30, 2 ** 32, 2 ** 36),
    fc.constantFrom(10 ** 12, 10 ** 15, 2 ** 40, 2 ** 63, 2 ** 127),
  );
  const packet = new PcapngPacket();
  fc.assert(
    fc.property(ticks, fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.integer(), (perSecond, high, low, offset_s) => {
      setTime(packet, { link: 1, snapBytes: 0, ticks: perSecond, offset_s, dropped: 0 }, high, low);
      const count = (BigInt(high) << 32n) | BigInt(low);
      const rate = BigInt(perSecond);
      const expected_ns = Number(((count % rate) * 1_000_000_000n) / rate);
      assert.equal(packet.seconds, Number(count / rate) + offset_s);
      // Above 1 GHz the rest is divided in doubles, which may round at the last nanosecond.
      assert.ok(Math.abs(packet.nanoseconds - expected_ns) <= (perSecond > 1e9 ? 1 : 0));
    }),
  );
});
