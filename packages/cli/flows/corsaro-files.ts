/** The files of a format of Corsaro's: what has to be done with packets so that they become whole. */
import { PartFile } from '@noroshi/kit/part-file.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { AvroFile } from '@noroshi/wire/interchange/avro/container.ts';
import { ByteSink } from '@noroshi/wire/interchange/bytes.ts';
import { Corsaro2, type Corsaro2Interval } from '@noroshi/wire/interchange/corsaro2.ts';
import { Corsaro3 } from '@noroshi/wire/interchange/corsaro3.ts';
import { asciiIntervalEnd, asciiIntervalStart, writeAsciiClasses } from '@noroshi/wire/interchange/flowtuple/ascii.ts';
import { FLOWTUPLE_SCHEMA, writeAvroTuples } from '@noroshi/wire/interchange/flowtuple/avro.ts';
import { writeBinaryClasses, writeBinaryInterval } from '@noroshi/wire/interchange/flowtuple/binary.ts';
import { TupleOrder } from '@noroshi/wire/interchange/flowtuple/tuple-order.ts';
import { globalFoot, globalHead, globalInterval } from '@noroshi/wire/interchange/global.ts';
import { asciiDump } from '@noroshi/wire/interchange/rsdos/ascii.ts';
import { DOS_SCHEMA, writeAvroAttacks } from '@noroshi/wire/interchange/rsdos/avro.ts';
import { writeBinaryDump } from '@noroshi/wire/interchange/rsdos/binary.ts';
import { Corsaro2Dos } from '@noroshi/wire/interchange/rsdos/corsaro2.ts';
import { Corsaro3Dos } from '@noroshi/wire/interchange/rsdos/corsaro3.ts';
import { FIRST_PACKETS_BYTES_MAX, type Vectors } from '@noroshi/wire/interchange/rsdos/vectors.ts';

export const CORSARO_FORMATS = ['flowtuple', 'flowtuple-binary', 'flowtuple3'] as const;
export type CorsaroFormat = (typeof CORSARO_FORMATS)[number];

export interface CorsaroOptions {
  readonly out: string;
  /** File of attacks. */
  readonly dos: string | undefined;
  /** Global file of Corsaro 2. */
  readonly global: string | undefined;
  /** Seconds; undefined: one interval of everything. */
  readonly interval_s: number | undefined;
  readonly isWide: boolean;
}

export interface CorsaroCounts {
  packets: number;
  /** Packets with an IPv4 header outermost. */
  counted: number;
  intervals: number;
  /** Empty intervals of long holes that were left out. */
  skipped: number;
  tuples: number;
  /** Records in the file of attacks. */
  attacks: number;
  /** Packets and values that the DoS plugin's tables had no room for. */
  refused: number;
  /** Sizes of all files. */
  bytes: number;
}

/** Takes packets and writes. */
export interface CorsaroFiles {
  /** False when the interval has no room for another flowtuple. */
  take(reader: CaptureReader): boolean;
  /** The same for all packets that the reader has. */
  takeAll(reader: CaptureReader): boolean;
  finish(): CorsaroCounts;
  abandon(): void;
}

/** Creates the files; throws the file system's error, with the path in it, as the methods do. */
export function openCorsaroFiles(format: CorsaroFormat, options: CorsaroOptions): CorsaroFiles {
  const { out, dos, global } = options;
  const files: PartFile[] = [];
  const open = (path: string | undefined): PartFile | undefined => {
    if (path === undefined) return undefined;
    const file = new PartFile(path, { isDirect: true });
    files.push(file);
    return file;
  };
  const abandon = (): void => {
    for (const file of files) file.abandon();
  };
  try {
    const work =
      format === 'flowtuple3'
        ? work3(options, sinkOf(open(out)), sinkOf(open(dos)))
        : work2(format, options, sinkOf(open(out)), sinkOf(open(dos)), sinkOf(open(global)));
    const finish = (): CorsaroCounts => {
      const counts = work.finish();
      for (const file of files) file.finish();
      return { ...counts, bytes: files.reduce((sum, { byteLength }) => sum + byteLength, 0) };
    };
    return { ...work, finish, abandon };
  } catch (error) {
    abandon();
    throw error;
  }
}

type Work = Pick<CorsaroFiles, 'take' | 'takeAll'> & { finish(): Omit<CorsaroCounts, 'bytes'> };

function sinkOf(file: PartFile | undefined): ByteSink {
  return new ByteSink((piece) => file?.write(piece));
}

function work2(format: CorsaroFormat, options: CorsaroOptions, out: ByteSink, dos: ByteSink, global: ByteSink): Work {
  const { interval_s, isWide } = options;
  const isBinary = format === 'flowtuple-binary';
  const hasDos = options.dos !== undefined || options.global !== undefined;
  // Only the binary records have room for the first packet.
  const plugin = new Corsaro2Dos({ firstPacketsBytesMax: isBinary ? FIRST_PACKETS_BYTES_MAX : 0 });
  const order = new TupleOrder();
  let [tuples, attacks] = [0, 0];
  const onEnd = (interval: Corsaro2Interval): void => {
    const { number, start_s, end_s, dump } = interval;
    tuples += interval.tuples.count;
    attacks += dump?.attacks.length ?? 0;
    const sorted = order.sort(interval.tuples);
    if (isBinary) {
      writeBinaryInterval(out, number, start_s);
      writeBinaryClasses(out, sorted);
      writeBinaryInterval(out, number, end_s);
      writeBinaryDump(dos, interval);
    } else {
      out.text(asciiIntervalStart(number, start_s));
      writeAsciiClasses(out, sorted);
      out.text(asciiIntervalEnd(number, end_s));
      dos.text(asciiDump(interval));
    }
    global.text(globalInterval(interval));
  };
  const corsaro = new Corsaro2({ interval_s, isWide, ...(hasDos ? { dos: plugin } : {}) }, onEnd);
  global.text(globalHead(interval_s, hasDos));
  const finish = () => {
    corsaro.finish();
    global.text(globalFoot(corsaro));
    for (const sink of [out, dos, global]) sink.flush();
    const { packets, counted, intervals, skipped } = corsaro;
    return { packets, counted, intervals, skipped, tuples, attacks, refused: refusedBy(plugin.vectors) };
  };
  return { ...takersOf(corsaro), finish };
}

function work3({ interval_s, isWide, dos: dosPath }: CorsaroOptions, out: ByteSink, dos: ByteSink): Work {
  const tuplesFile = new AvroFile(out, FLOWTUPLE_SCHEMA);
  const attacksFile = new AvroFile(dos, DOS_SCHEMA);
  const interval = interval_s ?? Number.POSITIVE_INFINITY;
  const plugin = new Corsaro3Dos({ firstPacketsBytesMax: FIRST_PACKETS_BYTES_MAX, interval_s: interval });
  const order = new TupleOrder();
  let [tuples, attacks] = [0, 0];
  const corsaro = new Corsaro3({ interval_s, isWide, ...(dosPath === undefined ? {} : { dos: plugin }) }, (ended) => {
    tuples += ended.tuples.count;
    attacks += ended.attacks.length;
    writeAvroTuples(tuplesFile, ended.start_s, order.sort(ended.tuples));
    writeAvroAttacks(attacksFile, ended.start_s, ended.attacks);
  });
  const finish = () => {
    corsaro.finish();
    tuplesFile.finish();
    attacksFile.finish();
    const { packets, counted, intervals } = corsaro;
    return { packets, counted, intervals, skipped: 0, tuples, attacks, refused: refusedBy(plugin.vectors) };
  };
  return { ...takersOf(corsaro), finish };
}

function takersOf(corsaro: Corsaro2 | Corsaro3): Pick<CorsaroFiles, 'take' | 'takeAll'> {
  const take = (reader: CaptureReader): boolean => {
    corsaro.takeOne(reader);
    return !corsaro.isFull;
  };
  const takeAll = (reader: CaptureReader): boolean => {
    corsaro.takeAll(reader);
    return !corsaro.isFull;
  };
  return { take, takeAll };
}

function refusedBy({ refused, membersRefused }: Vectors): number {
  return refused + membersRefused;
}
