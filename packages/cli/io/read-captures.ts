/** Captures, packet by packet, for the verbs that look at each one: with progress, Ctrl-C, and errors in sentences. */
import { statSync } from 'node:fs';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { describeFailure, isNoCapture } from '@noroshi/wire/capture/failure.ts';
import { type Damage, MergedSource } from '@noroshi/sensor/source/merge.ts';
import { named } from '../look/style.ts';
import { EXIT, Refusal, refusalOf } from './exit.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';

/** Input that does not come for so long pauses. */
const PAUSE_MS = 50;

export interface Reading {
  readonly damage: readonly Damage[];
  /** Packets that the captures report as lost before they were written. */
  readonly dropped: number;
}

/**
 * Calls `take` for every packet of the captures in time order; the reader's offsets are good until it returns.
 * @param take returns false to end early
 * @param takeAll takes all packets that the reader has, whose next one is not loaded yet: for whoever is faster without a call
 *   for each. Used where captures need not be merged
 */
export async function readCaptures(
  io: Io,
  paths: readonly string[],
  take: (reader: CaptureReader) => boolean,
  takeAll?: (reader: CaptureReader) => boolean,
): Promise<Reading> {
  const source = await io.interrupt.orStop(openCaptures(paths));
  const progress = new Progress(io);
  let packets = 0;
  try {
    for (;;) {
      const reader = source.next();
      if (reader === undefined) break;
      if (reader === null) {
        await io.interrupt.orStop(refill(io, source, paths));
        const { bytesTotal } = source;
        progress.update(packets, bytesTotal === undefined ? undefined : source.bytesRead / bytesTotal);
        await io.interrupt.breathe();
        const { sole } = source;
        if (takeAll === undefined || sole === undefined) continue;
        const before = sole.packets;
        if (!takeAll(sole)) break;
        packets += sole.packets - before;
        continue;
      }
      packets++;
      if (!take(reader)) break;
    }
    return { damage: source.damage, dropped: source.dropped };
  } finally {
    progress.clear();
    source.close();
  }
}

/** What `take` throws is no error of reading; this is. While the input pauses, whoever watches sees all there is. */
async function refill(io: Io, source: MergedSource, paths: readonly string[]): Promise<void> {
  const work = source.refill();
  try {
    if (await isSlow(work)) io.out.flush();
    await work;
  } catch (error) {
    // Output that nobody reads ends this before the input comes, whose end then is nobody's matter.
    work.catch(() => {});
    throw captureRefusal(paths, error);
  }
}

async function isSlow(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, PAUSE_MS, true);
  });
  try {
    return await Promise.race([work.then(() => false), pause]);
  } finally {
    clearTimeout(timer);
  }
}

/** Opens one by one, so that the sentence names the one that cannot be read. */
async function openCaptures(paths: readonly string[]): Promise<MergedSource> {
  refuseFolders(paths);
  try {
    return await MergedSource.open(paths);
  } catch (error) {
    throw captureRefusal(paths, error);
  }
}

/** Reading a folder fails late and without its name, so it is looked for first. Throws Refusal. */
export function refuseFolders(paths: readonly string[]): void {
  const path = paths.find((one) => one !== '-' && statSync(one, { throwIfNoEntry: false })?.isDirectory() === true);
  if (path !== undefined) throw new Refusal('io', `Cannot read ${named(path)}: is a directory`);
}

/** `Cannot read x.pcap: no such file`, for an error of the file system about one of the captures. */
export function captureRefusal(paths: readonly string[], error: unknown): unknown {
  const at = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : paths[0];
  return refusalOf('read', named(at ?? '-'), error);
}

/** One sentence a damaged capture: its name, what is wrong, at which byte. */
export function damageSentence(damage: Damage): string {
  const name = named(damage.input === 'standard input' ? '-' : damage.input);
  const what = describeFailure(damage);
  return isNoCapture(damage) ? `Cannot read ${name}: ${what}` : `Capture ${name} is damaged: ${what}`;
}

/** Says on the error output what is damaged; the exit code that follows from it. */
export function reportDamage(io: Io, damage: readonly Damage[]): number {
  for (const one of damage) io.errors.write(`${damageSentence(one)}\n`);
  return damage.length > 0 ? EXIT.damaged.code : EXIT.ok.code;
}
