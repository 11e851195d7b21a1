/** Intervals of captures, and the bytes of files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import avsc from 'avsc';
import fc from 'fast-check';
import { CaptureReader } from '../capture/reader.ts';
import { AvroFile } from './avro/container.ts';
import { ByteSink, PIECE_BYTES_MAX } from './bytes.ts';
import { Corsaro2, type Corsaro2Options, HOLE_INTERVALS_MAX } from './corsaro2.ts';
import { Corsaro3 } from './corsaro3.ts';
import { schemaOf } from './flowtuple/avro.ts';
import { TuplePacket } from './flowtuple/tuple-packet.ts';
import { Backscatter } from './rsdos/backscatter.ts';
import { backscatterOf } from './rsdos/backscatter-of.ts';
import { Corsaro2Dos, type Corsaro2Dump } from './rsdos/corsaro2.ts';
import { Corsaro3Dos } from './rsdos/corsaro3.ts';

interface Sent {
  readonly time_s: number;
  readonly from?: number;
  readonly flags?: number;
}

/** A capture of raw IP. */
function readerOfBytes(packets: readonly { readonly time_s: number; readonly bytes: Uint8Array }[]): CaptureReader {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(0x00040002, 4);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(101, 20);
  const records = packets.flatMap(({ time_s, bytes }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(time_s, 0);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return [record, bytes];
  });
  const reader = new CaptureReader();
  reader.push(Buffer.concat([header, ...records]));
  reader.finish();
  return reader;
}

/** A capture of TCP from 203.0.113.`from` to 198.51.100.2. */
function readerOf(packets: readonly Sent[]): CaptureReader {
  return readerOfBytes(
    packets.map(({ time_s, from = 1, flags = 2 }) => {
      const bytes = new Uint8Array(40);
      bytes.set([0x45, 0, 0, 40, 0, 0, 0, 0, 50, 6, 0, 0, 203, 0, 113, from, 198, 51, 100, 2, 0, 80, 4, 1]);
      bytes.set([0x50, flags], 32);
      return { time_s, bytes };
    }),
  );
}

/** Number, start, end and flowtuples of each interval. */
function intervals(packets: readonly Sent[], options: Corsaro2Options = { interval_s: 60 }) {
  const ended: number[][] = [];
  const corsaro = new Corsaro2(options, ({ number, start_s, end_s, tuples }) => {
    ended.push([number, start_s, end_s, tuples.count]);
  });
  corsaro.takeAll(readerOf(packets));
  corsaro.finish();
  return { ended, corsaro };
}

test('Corsaro2 begins at the first packet, fills holes, and puts what goes back in time into the open interval', () => {
  const times = [1007, 1066, 1067, 1000, 1190];
  assert.deepEqual(intervals(times.map((time_s, index) => ({ time_s, from: index }))).ended, [
    [0, 1007, 1066, 2],
    [1, 1067, 1126, 2],
    [2, 1127, 1186, 0],
    [3, 1187, 1190, 1],
  ]);
});

test('Corsaro2 makes one interval of everything', () => {
  const packets = [{ time_s: 1007 }, { time_s: 900_000 }, { time_s: 5 }];
  assert.deepEqual(intervals(packets, { interval_s: undefined }).ended, [[0, 1007, 5, 1]]);
});

test('Corsaro2 makes no interval of nothing', () => {
  assert.deepEqual(intervals([]).ended, []);
});

test('Corsaro2 leaves out and counts empty intervals of a longer hole than a week', () => {
  const { ended, corsaro } = intervals([{ time_s: 0 }, { time_s: 4_000_000_000 }]);
  assert.equal(corsaro.skipped, Math.floor(4_000_000_000 / 60) - 1 - HOLE_INTERVALS_MAX);
  assert.equal(ended.length, 2 + HOLE_INTERVALS_MAX);
  assert.deepEqual(ended.at(-1), [66_666_666, 3_999_999_960, 4_000_000_000, 1]);
});

test('Corsaro2 and Corsaro3 take nothing more when an interval is full', () => {
  const packets = [1, 2, 3, 4].map((from) => ({ time_s: 10, from }));
  const { ended, corsaro } = intervals(packets, { interval_s: 60, tuplesMax: 2 });
  assert.deepEqual([ended, corsaro.isFull, corsaro.packets], [[[0, 10, 10, 2]], true, 3]);
  const other = new Corsaro3({ interval_s: 60, tuplesMax: 2 }, () => {});
  other.takeAll(readerOf(packets));
  assert.deepEqual([other.isFull, other.packets], [true, 3]);
});

test('Corsaro3 cuts by the clock and calls the first interval by its first packet', () => {
  const ended: number[][] = [];
  const corsaro = new Corsaro3({ interval_s: 60 }, ({ start_s, tuples }) => ended.push([start_s, tuples.count]));
  corsaro.takeAll(readerOf([{ time_s: 607 }, { time_s: 659 }, { time_s: 660 }, { time_s: 850 }]));
  corsaro.finish();
  assert.deepEqual(ended, [
    [607, 1],
    [660, 1],
    [840, 1],
  ]);
});

test('Corsaro3Dos forgets a victim over a hole, and remembers it in one interval of everything', () => {
  const burst = Array.from({ length: 40 }, (_, index) => ({ time_s: 600 + index, flags: 0x12 }));
  const packets = [...burst, { time_s: 900, flags: 0x12 }];
  const attacks = (interval_s: number | undefined): number[] => {
    const found: number[] = [];
    const dos = new Corsaro3Dos({ interval_s: interval_s ?? Number.POSITIVE_INFINITY });
    const corsaro = new Corsaro3({ interval_s, dos }, (ended) =>
      found.push(...ended.attacks.map((one) => one.packets)),
    );
    corsaro.takeAll(readerOf(packets));
    corsaro.finish();
    return found;
  };
  assert.deepEqual(attacks(60), []);
  assert.deepEqual(attacks(undefined), [41]);
});

/** One of few packets: SYN-ACKs of three victims, and ICMP that quotes, quotes too little, or is cut. */
function mixed(kind: number, from: number, to: number): Uint8Array {
  const address = [203, 0, 113, from];
  const head = (proto: number) => [0x45, 0, 0, 40, 0, 0, 0, 0, 50, proto, 0, 0, ...address, 198, 51, 100, to];
  const quote = [0x45, 0, 0, 40, 0, 0, 0, 0, 50, 6, 0, 0, 198, 51, 100, 2, 203, 0, 113, 3, 4, 1, 0, to];
  switch (kind) {
    case 0:
    case 1:
      return Uint8Array.from([...head(6), 0, 80, 4, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x12, 0, 0, 0, 0, 0, 0]);
    case 2:
      return Uint8Array.from([...head(1), 3, 3, 0, 0, 0, 0, 0, 0, ...quote]);
    case 3:
      return Uint8Array.from([...head(1), 3, 1, 0, 0, 0, 0, 0, 0, 0x45, 0]);
    default:
      return Uint8Array.from([...head(1), 3]);
  }
}

/** What the plugin says of the packets when nothing is taken for known. */
function slowly(packets: readonly { time_s: number; bytes: Uint8Array }[], interval_s: number): unknown[] {
  const [dos, packet, event] = [new Corsaro2Dos(), new TuplePacket(), new Backscatter()];
  const dumps: unknown[] = [];
  let next_s = (packets[0]?.time_s ?? 0) + interval_s;
  dos.begin(next_s - interval_s);
  for (const { time_s, bytes } of packets) {
    for (; time_s >= next_s; next_s += interval_s) {
      dumps.push(dos.end(next_s - 1));
      dos.begin(next_s);
    }
    const data = new DataView(bytes.buffer);
    packet.read(data, 0, bytes.length, 101);
    if (!backscatterOf(event, packet, data, bytes.length)) continue;
    event.seconds = time_s;
    dos.observe(event);
  }
  return [...dumps, dos.end(packets.at(-1)?.time_s ?? 0)];
}

/** The plugin's dumps by Corsaro2, which must be those of {@link slowly}. */
function compareWays(packets: readonly { time_s: number; bytes: Uint8Array }[], interval_s: number): Corsaro2Dump[] {
  const dumps: (Corsaro2Dump | undefined)[] = [];
  const corsaro = new Corsaro2({ interval_s, dos: new Corsaro2Dos() }, ({ dump }) => dumps.push(dump));
  corsaro.takeAll(readerOfBytes(packets));
  corsaro.finish();
  assert.deepEqual(dumps, slowly(packets, interval_s));
  return dumps.filter((dump) => dump !== undefined);
}

const repeat = (times: number, time_s: number, bytes: Uint8Array) =>
  Array.from({ length: times }, () => ({ time_s, bytes }));

test('Corsaro2 gives its plugin the same with its short cuts as without', () => {
  const packet = fc.record({
    step_s: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.integer({ min: -400, max: 400 })),
    kind: fc.integer({ min: 0, max: 4 }),
    from: fc.integer({ min: 1, max: 3 }),
    to: fc.integer({ min: 1, max: 3 }),
    times: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 60 }), fc.constantFrom(60, 100_000), (sent, interval_s) => {
      let time_s = 1_000_000;
      const packets = sent.flatMap(({ step_s, kind, from, to, times }) => {
        time_s += step_s;
        return repeat(times, time_s, mixed(kind, from, to));
      });
      compareWays(packets, interval_s);
    }),
    { numRuns: 150 },
  );
});

test('Corsaro2 does not take for known what a vector before has seen', () => {
  const [one, other] = [mixed(0, 1, 1), mixed(1, 1, 1)];
  const packets = [
    ...repeat(1, 1_000_000, one),
    ...repeat(30, 1_000_400, other),
    ...repeat(1, 1_000_401, one),
    ...repeat(9, 1_000_470, other),
  ];
  const attacks = compareWays(packets, 100_000).flatMap((dump) => dump.attacks);
  assert.deepEqual(
    attacks.map(({ packets: count, attack_ports }) => [count, attack_ports]),
    [[40, 2]],
  );
});

test('Corsaro2 looks again at a flowtuple that returns behind another', () => {
  const packets = [0, 30, 60, 310].flatMap((step) => [
    ...repeat(40, 1_000_000 + step, mixed(0, 1, 1)),
    ...repeat(1, 1_000_000 + step, mixed(2, 2, 2)),
    ...repeat(1, 1_000_000 + step, mixed(0, 1, 1)),
    ...repeat(1, 1_000_000 + step, mixed(4, 1, 1)),
  ]);
  const attacks = compareWays(packets, 100_000).flatMap((dump) => dump.attacks);
  assert.deepEqual(
    attacks.map(({ victim, packets: count }) => [victim & 0xff, count]),
    [[1, 164]],
  );
});

test('ByteSink hands on what is written, in pieces', () => {
  const pieces: Buffer[] = [];
  const sink = new ByteSink((piece) => pieces.push(Buffer.from(piece)));
  const large = Buffer.alloc(PIECE_BYTES_MAX * 2 + 7, 1);
  sink.text('head');
  sink.append(large);
  sink.text('x'.repeat(PIECE_BYTES_MAX + 1));
  sink.flush();
  sink.flush();
  assert.ok(
    Buffer.concat(pieces).equals(Buffer.concat([Buffer.from('head'), large, Buffer.alloc(PIECE_BYTES_MAX + 1, 'x')])),
  );
  assert.ok(pieces.every(({ length }) => length > 0 && length <= PIECE_BYTES_MAX));
});

test('AvroFile: what is written is what avsc reads', async () => {
  const schema = schemaOf('example', [
    ['number', 'long'],
    ['name', 'string'],
    ['bytes', 'bytes'],
  ]);
  const numbers = fc.oneof(fc.nat(), fc.constantFrom(0, 63, 64, 0x3fffffff, 0x40000000, 0xffffffff, 2 ** 52 - 1));
  const record = fc.record({
    number: numbers,
    name: fc.constantFrom('', '??', 'a name'),
    bytes: fc.uint8Array({ maxLength: 3000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 60 }), async (records) => {
      const pieces: Buffer[] = [];
      const file = new AvroFile(new ByteSink((piece) => pieces.push(Buffer.from(piece))), schema);
      for (const { number, name, bytes } of records) {
        file.long(number);
        file.string(name);
        file.blob(bytes);
        file.endRecord();
      }
      file.finish();
      const decoder = new avsc.streams.BlockDecoder();
      decoder.end(Buffer.concat(pieces));
      const read: unknown[] = [];
      for await (const one of decoder) read.push({ ...(one as object) });
      assert.deepEqual(
        read,
        records.map(({ bytes, ...rest }) => ({ ...rest, bytes: Buffer.from(bytes) })),
      );
    }),
    { numRuns: 50 },
  );
});
