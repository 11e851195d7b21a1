/**
 * A capture that drives every branch of both plugins (../shared/reference/corsaro-out/gen-dos.mjs), and what Corsaro 2.0.0 and 3.4.1
 * wrote of it: ours are the same. And the first minute of one in which every packet is another flowtuple.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import avsc from 'avsc';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { CaptureReader } from '../capture/reader.ts';
import { formatIpv4 } from '../net/address.ts';
import { AvroFile } from './avro/container.ts';
import { ByteSink } from './bytes.ts';
import { Corsaro2, type Corsaro2Interval } from './corsaro2.ts';
import { Corsaro3 } from './corsaro3.ts';
import { asciiIntervalEnd, asciiIntervalStart, writeAsciiClasses } from './flowtuple/ascii.ts';
import { FLOWTUPLE_SCHEMA, writeAvroTuples } from './flowtuple/avro.ts';
import { writeBinaryClasses, writeBinaryInterval } from './flowtuple/binary.ts';
import { TupleOrder } from './flowtuple/tuple-order.ts';
import { TUPLE_CLASSES } from './flowtuple/tuple-packet.ts';
import { globalFoot, globalHead, globalInterval } from './global.ts';
import { asciiDump } from './rsdos/ascii.ts';
import { DOS_SCHEMA, writeAvroAttacks } from './rsdos/avro.ts';
import { writeBinaryDump } from './rsdos/binary.ts';
import { Corsaro2Dos } from './rsdos/corsaro2.ts';
import { Corsaro3Dos } from './rsdos/corsaro3.ts';

const OUT = ['reference', 'corsaro-out'];
const NEEDS = needs(sharedFile(...OUT, 'dos.pcap.zst'), sharedFile(...OUT, 'dos'));

const reference = (...path: readonly string[]): Buffer => {
  const bytes = readFileSync(sharedData(...OUT, ...path));
  return path.at(-1)?.endsWith('.zst') === true ? zstdDecompressSync(bytes) : bytes;
};

/** Gathers what a sink hands on. */
function gather(): { sink: ByteSink; bytes: () => Buffer } {
  const pieces: Buffer[] = [];
  const sink = new ByteSink((piece) => pieces.push(Buffer.from(piece)));
  const bytes = (): Buffer => {
    sink.flush();
    return Buffer.concat(pieces);
  };
  return { sink, bytes };
}

function run2(onEnd: (interval: Corsaro2Interval) => void): Corsaro2 {
  const reader = new CaptureReader();
  reader.push(reference('dos.pcap.zst'));
  reader.finish();
  const corsaro = new Corsaro2({ interval_s: 60, dos: new Corsaro2Dos({ firstPacketsBytesMax: 1 << 20 }) }, onEnd);
  corsaro.takeAll(reader);
  corsaro.finish();
  return corsaro;
}

const lines = (text: string): string[] => text.trimEnd().split('\n').sort();

test('Corsaro2 in text: flowtuples byte for byte, attacks record by record, the global file', NEEDS, () => {
  const { sink, bytes } = gather();
  const order = new TupleOrder();
  let [dos, global] = ['', globalHead(60, true)];
  const corsaro = run2((interval) => {
    sink.text(asciiIntervalStart(interval.number, interval.start_s));
    writeAsciiClasses(sink, order.sort(interval.tuples));
    sink.text(asciiIntervalEnd(interval.number, interval.end_s));
    dos += asciiDump(interval);
    global += globalInterval(interval);
  });
  assert.ok(bytes().equals(reference('dos', 'dos-ascii.flowtuple.zst')));
  assert.deepEqual(lines(dos), lines(reference('dos', 'dos-ascii.dos').toString()));
  // When, where from and how long it was written are no business of the packets.
  const clock = /^# CORSARO_(INITTIME|TRACEURI|FINALTIME|RUNTIME) .*\n/gm;
  const theirs = reference('dos', 'dos-ascii.global').toString().replaceAll(clock, '');
  assert.equal(global + globalFoot(corsaro), theirs);
});

/** Reads what the head comment of flowtuple/binary.ts describes, as the lines of the text format. */
function textOfBinary(data: DataView): string {
  let [text, at] = ['', 0];
  while (at < data.byteLength) {
    text += boundOf(data, at, 'START');
    at += 14;
    for (const [place, name] of TUPLE_CLASSES.entries()) {
      const count = data.getUint32(at + 6);
      assert.deepEqual([data.getUint32(at), data.getUint16(at + 4)], [0x53495855, place]);
      text += `START ${name} ${count}\n`;
      at += 10;
      for (let record = 0; record < count; record++, at += 21) text += lineOf(data, at);
      assert.deepEqual([data.getUint32(at), data.getUint16(at + 4)], [0x53495855, place]);
      text += `END ${name}\n`;
      at += 6;
    }
    text += boundOf(data, at, 'END');
    at += 14;
  }
  return text;
}

function boundOf(data: DataView, at: number, which: 'START' | 'END'): string {
  assert.deepEqual([data.getUint32(at), data.getUint32(at + 4)], [0x45444752, 0x494e5452]);
  return `# CORSARO_INTERVAL_${which} ${data.getUint16(at + 8)} ${data.getUint32(at + 10)}\n`;
}

function lineOf(data: DataView, at: number): string {
  const addresses = `${formatIpv4(data.getUint32(at))}|${formatIpv4(data.getUint32(at + 4))}`;
  const flags = data
    .getUint8(at + 14)
    .toString(16)
    .padStart(2, '0');
  const numbers = [data.getUint16(at + 8), data.getUint16(at + 10), data.getUint8(at + 12), data.getUint8(at + 13)];
  return `${addresses}|${numbers.join('|')}|0x${flags}|${data.getUint16(at + 15)},${data.getUint32(at + 17)}\n`;
}

test('Corsaro2 in binary: the same records', NEEDS, () => {
  const [tuples, dos] = [gather(), gather()];
  const order = new TupleOrder();
  let records = 0;
  run2((interval) => {
    writeBinaryInterval(tuples.sink, interval.number, interval.start_s);
    writeBinaryClasses(tuples.sink, order.sort(interval.tuples));
    writeBinaryInterval(tuples.sink, interval.number, interval.end_s);
    writeBinaryDump(dos.sink, interval);
    records += interval.dump?.attacks.length ?? 0;
  });
  const bytes = tuples.bytes();
  const text = textOfBinary(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  assert.equal(text, reference('dos', 'dos-ascii.flowtuple.zst').toString());
  const attacks = dos.bytes();
  const first = new DataView(attacks.buffer, attacks.byteOffset, attacks.length);
  // The first dump has five records; the first record's victim is 203.0.113.1, a vector over more than one dump.
  assert.deepEqual([first.getUint16(8), first.getUint32(14), first.getUint32(18)], [4, 5, 0xcb007101]);
  assert.deepEqual([first.getBigUint64(38), first.getUint32(46), first.getBigUint64(50)], [14_798n, 14_798, 591_920n]);
  assert.deepEqual([first.getBigUint64(62), first.getUint32(86), first.getUint32(102)], [3003n, 54, 0x08004500]);
  assert.equal(records, 28);
});

/** An Avro file's records by a reader of others, with bytes as hex. */
async function readAvro(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  const decoder = new avsc.streams.BlockDecoder();
  decoder.end(bytes);
  for await (const record of decoder) records.push({ ...(record as object) });
  for (const record of records) {
    const { initial_packet } = record;
    if (initial_packet instanceof Buffer) record['initial_packet'] = initial_packet.toString('hex');
  }
  return records;
}

const asSet = (records: readonly Record<string, unknown>[]): string[] =>
  records.map((one) => JSON.stringify(one)).sort();
const fromLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('Corsaro3 in Avro: flowtuples and attacks, field by field, read by avsc', NEEDS, async () => {
  const [tuples, dos] = [gather(), gather()];
  const [tuplesFile, dosFile] = [new AvroFile(tuples.sink, FLOWTUPLE_SCHEMA), new AvroFile(dos.sink, DOS_SCHEMA)];
  const order = new TupleOrder();
  const reader = new CaptureReader();
  reader.push(reference('dos.pcap.zst'));
  reader.finish();
  const plugin = new Corsaro3Dos({ firstPacketsBytesMax: 1 << 24 });
  const corsaro = new Corsaro3({ interval_s: 60, dos: plugin }, ({ start_s, tuples: table, attacks }) => {
    writeAvroTuples(tuplesFile, start_s, order.sort(table));
    writeAvroAttacks(dosFile, start_s, attacks);
  });
  corsaro.takeAll(reader);
  corsaro.finish();
  tuplesFile.finish();
  dosFile.finish();
  const ours = await readAvro(tuples.bytes());
  const theirs = fromLines(reference('dos', 'corsaro3', 'flowtuple.avro.jsonl.zst').toString());
  assert.deepEqual(asSet(ours), asSet(theirs));
  // Intervals are files of their own there, in no order; inside one, the order is ours.
  const firstInterval = (records: readonly Record<string, unknown>[]) =>
    records.filter(({ time }) => time === 1_700_000_040);
  assert.deepEqual(firstInterval(ours), firstInterval(theirs));
  const attacks = fromLines(reference('dos', 'corsaro3', 'dos.avro.jsonl').toString());
  assert.deepEqual(asSet(await readAvro(dos.bytes())), asSet(attacks));
});

const GENERATOR = [...OUT, 'd', 'gen.mjs'];
const DIGESTS = [...OUT, 'd', 'd-flowtuple-digest.txt'];
/** So many packets reach into the second minute. */
const PACKETS = 1_250_000;

test('Corsaro2 with a million flowtuples in a minute', needs(sharedFile(...GENERATOR)), async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-interchange-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const capture = join(folder, 'd.pcap');
  execFileSync(process.execPath, [sharedData(...GENERATOR), String(PACKETS), capture]);
  const { sink, bytes } = gather();
  const order = new TupleOrder();
  let isFirst = true;
  const corsaro = new Corsaro2({ interval_s: 60 }, ({ tuples }) => {
    if (isFirst) writeAsciiClasses(sink, order.sort(tuples));
    isFirst = false;
  });
  const reader = new CaptureReader();
  for await (const chunk of createReadStream(capture, { highWaterMark: 1 << 20 })) {
    reader.push(chunk as Buffer);
    corsaro.takeAll(reader);
  }
  reader.finish();
  corsaro.finish();
  const digests = digestsOf(bytes().toString('latin1')).map((digest) => `00-${digest}`);
  assert.deepEqual(
    digests,
    readFileSync(sharedData(...DIGESTS), 'utf8')
      .split('\n')
      .slice(0, 3),
  );
});

/** For each class a line as in the reference: flowtuples, packets, digest of the lines in the order of their bytes. */
function digestsOf(text: string): string[] {
  return TUPLE_CLASSES.map((name) => {
    const start = text.indexOf('\n', text.indexOf(`START ${name}`)) + 1;
    const tuples = text
      .slice(start, text.indexOf(`END ${name}`))
      .split('\n')
      .slice(0, -1)
      .sort();
    const packets = tuples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(',') + 1)), 0);
    const hash = createHash('sha256').update(tuples.map((line) => `${line}\n`).join(''));
    return `${name} tuples=${tuples.length} packets=${packets} sha256_of_LC_ALL=C_sorted_lines=${hash.digest('hex')}`;
  });
}
