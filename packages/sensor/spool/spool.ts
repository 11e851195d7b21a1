/**
 * The spool: a folder of finished segments that wait for the center, one sequence of numbers without a gap.
 *
 *   0000000000000042.parquet   a segment, whole, durable, numbered for ever
 *   open-7.part                one that is being written; removed at the next start
 *   state.json                 the next number, and losses that no segment has reported yet (state.ts)
 *   sensor.lock                the process that uses the folder
 *   refused/                   what the center will never take
 *
 * A process may die between any two lines here: the file's rename is the moment at which a segment exists. What is given up for
 * room is reported by the next segment: its packets as `spool_full`, and what it said of others again. Everything is synchronous,
 * so that the state in memory and the folder never differ while somebody looks.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDiskFull, PART } from '@noroshi/kit/durable.ts';
import { makeFolder } from '@noroshi/kit/folder.ts';
import { lockFolder } from '@noroshi/kit/lock.ts';
import type { Log } from '@noroshi/kit/log.ts';
import type { Segment } from '@noroshi/wire/segment/segment.ts';
import type { CutFacts, Outlet } from '../segment/cutter.ts';
import { FlowFile } from '../segment/flow-file.ts';
import { freeBytesSync, syncFolderSync } from './disk.ts';
import { readSegment } from './read-segment.ts';
import { Refused } from './refused.ts';
import * as memory from './state.ts';

export interface SpoolOptions {
  /** Made when it is not there. */
  readonly folder: string;
  readonly sensor: string;
  /** Bytes of segments that may wait. Default 2 GiB. */
  readonly bytesMax?: number;
  /** Segments that may wait. Default 100,000: ten weeks of minutes. */
  readonly filesMax?: number;
  /** Bytes that are left free on the disk. Default 64 MiB. */
  readonly freeBytesMin?: number;
  /** Whether later segments report the packets of refused ones as lost. Default true. */
  readonly reportsRefused?: boolean;
  readonly log: Log;
  /** How much is free; default asks the file system. */
  readonly freeBytes?: (folder: string) => number;
}

/** A segment that waits. */
export interface Waiting {
  readonly sequence: number;
  readonly path: string;
  readonly bytes: number;
}

interface Entry extends Waiting {
  isSending: boolean;
  /** It was on its way once: the center may have it. */
  wasTried: boolean;
}

const BYTES_MAX = 2 * 1024 ** 3;
const FILES_MAX = 100_000;
const FREE_BYTES_MIN = 64 * 1024 ** 2;
const REFUSED_LIMITS = { filesMax: 1000, bytesMax: 256 * 1024 ** 2 };
const NAME = /^(\d{16})\.parquet$/;

export class Spool implements Outlet {
  readonly sensor: string;
  readonly refused: Refused;
  /** Bytes of all segments that wait. */
  bytes = 0;
  /** Segments given up for room since the start. */
  dropped = 0;
  private readonly options: Required<SpoolOptions>;
  private readonly unlock: () => void;
  private readonly entries = new Map<number, Entry>();
  private state: memory.SpoolState;
  private begun = 0;
  private change = Promise.withResolvers<void>();

  /** Throws LockedError, the file system's error, or Error when the folder is another sensor's. */
  constructor(options: SpoolOptions) {
    const { bytesMax = BYTES_MAX, filesMax = FILES_MAX, freeBytesMin = FREE_BYTES_MIN } = options;
    const { reportsRefused = true, freeBytes = freeBytesSync } = options;
    this.options = { ...options, bytesMax, filesMax, freeBytesMin, reportsRefused, freeBytes };
    this.sensor = options.sensor;
    makeFolder(options.folder, 0o700);
    this.unlock = lockFolder(options.folder, 'sensor.lock');
    try {
      this.refused = new Refused(this.at('refused'), REFUSED_LIMITS);
      this.state = memory.loadState(this.at('state.json'), options.sensor) ?? memory.newState(options.sensor);
      this.recover();
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  /** Segments that wait. */
  get waiting(): number {
    return this.entries.size;
  }

  /** Number of the next segment: how many there have been. */
  get nextSequence(): number {
    return this.state.next_sequence;
  }

  /** End of the listening that finished segments say, Unix ms; undefined before the first. */
  get coveredTo_ms(): number | undefined {
    return this.state.covered_to_ms ?? undefined;
  }

  /** No more should come in before something has gone. */
  get isFull(): boolean {
    const { bytesMax, filesMax, freeBytesMin, freeBytes, folder } = this.options;
    return this.bytes >= bytesMax || this.waiting >= filesMax || freeBytes(folder) < freeBytesMin;
  }

  /** Resolves when segments came or went. */
  changed(): Promise<void> {
    return this.change.promise;
  }

  /** Resolves when there is room or nobody wants it any more; undefined when there is, or nothing waits whose going could make any. */
  room(signal: AbortSignal): Promise<void> | undefined {
    return this.isFull && this.waiting > 0 ? this.whenRoom(signal) : undefined;
  }

  begin(): FlowFile {
    return new FlowFile(this.at(`open-${this.begun++}`));
  }

  /** Gives the file its number and its name, and has it report what was lost. Without room on the disk it is lost itself. */
  commit(file: FlowFile, facts: CutFacts): void {
    const { next_sequence: sequence } = this.state;
    try {
      const { losses } = this.state;
      if (!memory.isNothing(losses)) this.save({ losses: memory.NO_LOSSES, claimed: losses });
      const segment = file.finish(this.factsOf(sequence, facts), this.pathOf(sequence));
      syncFolderSync(this.options.folder);
      this.save(afterCommit(this.state, segment));
      this.enter(sequence, file.byteLength);
    } catch (error) {
      file.abandon();
      rmSync(this.pathOf(sequence), { force: true });
      if (!isDiskFull(error)) throw error;
      this.lose(facts);
    }
  }

  lose(facts: CutFacts): void {
    const { kept, filtered, dropped } = facts.counters;
    const lost = memory.addLosses({ filtered, dropped }, { filtered: {}, dropped: { disk_full: kept } });
    const losses = memory.addLosses(memory.addLosses(this.state.losses, this.state.claimed), lost);
    const message = 'Cannot keep a segment: no space left on the device';
    this.options.log.error('disk_full', message, { packets: kept, folder: this.options.folder });
    this.saveIfRoom({ losses, claimed: memory.NO_LOSSES });
  }

  /** Gives up the oldest segments until there is room. */
  shed(): void {
    while (this.isFull) {
      const victim = this.victim();
      if (victim === undefined) return;
      this.drop(victim);
    }
  }

  /** The oldest segment that nobody is sending, to be sent; it comes back by one of the next three. */
  take(): Waiting | undefined {
    for (const entry of this.entries.values()) {
      if (entry.isSending) continue;
      entry.isSending = true;
      entry.wasTried = true;
      return entry;
    }
    return undefined;
  }

  /** It was not delivered, or nobody knows whether it was. */
  giveBack({ sequence }: Waiting): void {
    const entry = this.entries.get(sequence);
    if (entry !== undefined) entry.isSending = false;
    this.tell();
  }

  /** The center has it for good. */
  acknowledge({ sequence, path }: Waiting): void {
    rmSync(path, { force: true });
    this.leave(sequence);
  }

  /** The center will never take it: it is put aside, and its packets are counted as lost. */
  refuse({ sequence, path }: Waiting, reason: unknown): void {
    const segment = this.options.reportsRefused ? readSegment(path) : undefined;
    if (segment !== undefined) this.noteLost(sequence, segment, 'refused');
    this.refused.add(path, nameOf(sequence), reason);
    this.leave(sequence);
  }

  /** Lets go of the folder. */
  close(): void {
    this.unlock();
  }

  private at(name: string): string {
    return join(this.options.folder, name);
  }

  private pathOf(sequence: number): string {
    return this.at(nameOf(sequence));
  }

  private factsOf(sequence: number, facts: CutFacts): Omit<Segment, 'rows' | 'digests' | 'digest'> {
    const { claimed } = this.state;
    const { received, kept, filtered, dropped } = facts.counters;
    const counters = {
      received: received + memory.sumOf(claimed.filtered) + memory.sumOf(claimed.dropped),
      kept,
      filtered: memory.addCounts(filtered, claimed.filtered),
      dropped: memory.addCounts(dropped, claimed.dropped),
    };
    return { version: 1, sensor: this.sensor, sequence, ...facts, counters };
  }

  private enter(sequence: number, bytes: number): void {
    this.entries.set(sequence, { sequence, path: this.pathOf(sequence), bytes, isSending: false, wasTried: false });
    this.bytes += bytes;
    this.tell();
  }

  private leave(sequence: number): void {
    this.bytes -= this.entries.get(sequence)?.bytes ?? 0;
    this.entries.delete(sequence);
    this.tell();
  }

  private tell(): void {
    const { resolve } = this.change;
    this.change = Promise.withResolvers();
    resolve();
  }

  private async whenRoom(signal: AbortSignal): Promise<void> {
    const tell = (): void => this.tell();
    signal.addEventListener('abort', tell);
    while (this.isFull && this.waiting > 0 && !signal.aborted) await this.changed();
    signal.removeEventListener('abort', tell);
  }

  /** The oldest that was never on its way, for the center may have the others; else the oldest that is not on its way now. */
  private victim(): Entry | undefined {
    const free = [...this.entries.values()].filter(({ isSending }) => !isSending);
    return free.find(({ wasTried }) => !wasTried) ?? free[0];
  }

  private drop({ sequence, path }: Entry): void {
    const segment = readSegment(path);
    if (segment !== undefined) this.noteLost(sequence, segment, 'spool_full');
    rmSync(path, { force: true });
    this.leave(sequence);
    this.dropped++;
    const message = 'The spool is full: the oldest segment is given up, and its packets are counted as lost';
    this.options.log.warning('spool_full', message, { sequence, packets: segment?.counters.kept });
  }

  private noteLost(sequence: number, { counters }: Segment, reason: string): void {
    const { kept, filtered, dropped } = counters;
    const lost = memory.addLosses({ filtered, dropped }, { filtered: {}, dropped: { [reason]: kept } });
    this.saveIfRoom({ losses: memory.addLosses(this.state.losses, lost), dropped_sequence: sequence });
  }

  /** On a full disk the change stays in memory; it is written with the next one for which there is room. */
  private saveIfRoom(change: Partial<memory.SpoolState>): void {
    try {
      this.save(change);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.state = { ...this.state, ...change };
    }
  }

  /** Changes the state, on the disk first. */
  private save(change: Partial<memory.SpoolState>): void {
    const next = { ...this.state, ...change };
    memory.saveState(this.at('state.json'), next);
    this.state = next;
  }

  /** Brings folder and state together after whatever end the last process found. */
  private recover(): void {
    const { dropped_sequence } = this.state;
    for (const name of readdirSync(this.options.folder)) if (name.endsWith(PART)) rmSync(this.at(name));
    if (dropped_sequence !== null) rmSync(this.pathOf(dropped_sequence), { force: true });
    const names = readdirSync(this.options.folder).filter((name) => NAME.test(name));
    for (const name of names.toSorted()) this.admit(Number(name.slice(0, 16)));
    const losses = memory.addLosses(this.state.losses, this.state.claimed);
    this.saveIfRoom({ losses, claimed: memory.NO_LOSSES });
  }

  private admit(sequence: number): void {
    const path = this.pathOf(sequence);
    const isKnown = sequence < this.state.next_sequence;
    const segment = isKnown ? undefined : readSegment(path);
    if (!isKnown && segment === undefined) {
      this.options.log.error('spool_damaged', 'Cannot read a segment of the spool: it is put aside', { sequence });
      this.refused.add(path, nameOf(sequence), { title: 'not a whole segment' });
      return;
    }
    if (segment !== undefined) this.state = afterCommit(this.state, segment);
    this.enter(sequence, statSync(path).size);
  }
}

/** The state once this segment has its name: what it claimed is reported. */
function afterCommit(state: memory.SpoolState, { sequence, exposure }: Segment): memory.SpoolState {
  const end_ms = exposure.at(-1)?.to_ms ?? null;
  const covered_to_ms = Math.max(state.covered_to_ms ?? Number.NEGATIVE_INFINITY, end_ms ?? Number.NEGATIVE_INFINITY);
  return {
    ...state,
    next_sequence: sequence + 1,
    covered_to_ms: Number.isFinite(covered_to_ms) ? covered_to_ms : null,
    claimed: memory.NO_LOSSES,
  };
}

function nameOf(sequence: number): string {
  return `${String(sequence).padStart(16, '0')}.parquet`;
}
