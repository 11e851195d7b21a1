/** What CAIDA's Corsaro 2 wrote of the captures of the corpus (../shared/reference/corsaro-out), and what we write of them. */
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@noroshi/kit/testing.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { ByteSink } from '@noroshi/wire/interchange/bytes.ts';
import { Corsaro2, type Corsaro2Interval } from '@noroshi/wire/interchange/corsaro2.ts';
import { asciiIntervalEnd, asciiIntervalStart, writeAsciiClasses } from '@noroshi/wire/interchange/flowtuple/ascii.ts';
import { TupleOrder } from '@noroshi/wire/interchange/flowtuple/tuple-order.ts';
import { globalFoot, globalHead, globalInterval } from '@noroshi/wire/interchange/global.ts';
import { asciiDump } from '@noroshi/wire/interchange/rsdos/ascii.ts';
import { Corsaro2Dos } from '@noroshi/wire/interchange/rsdos/corsaro2.ts';

/** The three files of Corsaro 2, as text. */
export interface CorsaroText {
  readonly flowtuple: string;
  readonly dos: string;
  readonly global: string;
}

/** With intervals of 60 s: flowtuples, packets in them, attack vectors. */
export interface CorsaroSums {
  readonly flowtuples: number;
  readonly packets: number;
  readonly attacks: number;
}

export interface CorsaroReference {
  /** Path below ../shared/data. */
  readonly name: string;
  /** One interval of everything; undefined where Corsaro died or wrote nothing. */
  readonly one: CorsaroText | undefined;
  /** Undefined where it died. */
  readonly minutes: CorsaroSums | undefined;
}

interface IndexLine {
  readonly file: string;
  readonly i60_rc?: number;
  readonly i60_ft?: number;
  readonly i60_pk?: number;
  readonly i60_av?: number;
}

export function readReferences(): CorsaroReference[] {
  const files = readTar(zstdDecompressSync(readFileSync(sharedData('reference', 'corsaro-out', 'real-one.tar.zst'))));
  const index = readFileSync(sharedData('reference', 'corsaro-out', 'real-index.jsonl'), 'utf8').trimEnd();
  return index.split('\n').map((line) => {
    const { file, i60_rc, i60_ft, i60_pk, i60_av } = JSON.parse(line) as IndexLine;
    const [flowtuple, dos, global] = ['flowtuple', 'dos', 'global'].map((one) => files.get(`${file}.one/${one}.txt`));
    const sums = { flowtuples: i60_ft ?? 0, packets: i60_pk ?? 0, attacks: i60_av ?? 0 };
    return {
      name: file.replace(/^shared\//, ''),
      one: flowtuple === undefined ? undefined : { flowtuple, dos: dos ?? '', global: global ?? '' },
      minutes: i60_rc === 0 && i60_ft !== undefined ? sums : undefined,
    };
  });
}

/** What we write of a capture's bytes. @param interval_s undefined: one interval of everything */
export function writeCorsaro2(bytes: Uint8Array, interval_s: number | undefined, isWide = false): CorsaroText {
  const decoder = new TextDecoder();
  const order = new TupleOrder();
  let [flowtuple, dos, global] = ['', '', globalHead(interval_s, true)];
  const sink = new ByteSink((piece) => {
    flowtuple += decoder.decode(piece);
  });
  const onEnd = (interval: Corsaro2Interval): void => {
    sink.text(asciiIntervalStart(interval.number, interval.start_s));
    writeAsciiClasses(sink, order.sort(interval.tuples));
    sink.text(asciiIntervalEnd(interval.number, interval.end_s));
    dos += asciiDump(interval);
    global += globalInterval(interval);
  };
  const corsaro = new Corsaro2({ interval_s, isWide, dos: new Corsaro2Dos() }, onEnd);
  const reader = new CaptureReader();
  reader.push(bytes);
  reader.finish();
  corsaro.takeAll(reader);
  corsaro.finish();
  sink.flush();
  return { flowtuple, dos, global: global + globalFoot(corsaro) };
}

export function sumsOf({ flowtuple, dos }: CorsaroText): CorsaroSums {
  const tuples = flowtuple.split('\n').filter((line) => line.includes('|'));
  const packets = tuples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(',') + 1)), 0);
  return { flowtuples: tuples.length, packets, attacks: recordsOf(dos).length };
}

/** The lines of a text in an order of their own: Corsaro's records of attacks come in that of its hash table. */
export function sortedLines(text: string): string[] {
  return text.split('\n').sort();
}

function recordsOf(dos: string): string[] {
  return dos.split('\n').filter((line) => line.includes(','));
}

const TAR_BLOCK = 512;

/** The files of a tar archive (POSIX, with GNU's long names) as text. */
function readTar(bytes: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const text = (at: number, length: number): string => bytes.toString('utf8', at, at + length).replace(/\0.*$/s, '');
  let longName = '';
  for (let at = 0; at + TAR_BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const content = bytes.toString('utf8', at + TAR_BLOCK, at + TAR_BLOCK + size);
    const prefix = text(at + 345, 155);
    const name = longName || (prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`);
    const kind = text(at + 156, 1);
    longName = kind === 'L' ? content.replace(/\0.*$/s, '') : '';
    if (kind === '0' || kind === '') files.set(name, content);
    at += TAR_BLOCK * (1 + Math.ceil(size / TAR_BLOCK));
  }
  return files;
}
