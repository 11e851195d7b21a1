/**
 * The last hours of raw capture on disk, for evidence: pcap files of a minute each, an interface at a time, the oldest of which give
 * way. What a killed process leaves is whole up to its last record; nothing here can stop the capture.
 *
 *   20261121T120500Z-eth1-3.pcap     minute, interface, number of the capture program's run
 */
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@noroshi/kit/folder.ts';
import type { Log } from '@noroshi/kit/log.ts';
import { freeBytes } from './disk-room.ts';
import type { Tape } from './live-feed.ts';
import { wordsOf } from './live-error.ts';
import type { Port, Stream } from './port.ts';

/** A file is closed when it is this large: evidence is cut from whole files. */
export const RING_FILE_BYTES_MAX = 64 * 1024 * 1024;
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)00Z-[\w.:@-]+-\d+(-\d+)?\.pcap$/;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Bytes that the ring leaves free for the spool. */
const FREE_BYTES_MIN = 256 * 1024 * 1024;

export interface RingOptions {
  readonly folder: string;
  /** What is older gives way; undefined: only the bytes count. */
  readonly hoursMax?: number | undefined;
  readonly bytesMax: number;
  readonly log: Log;
  readonly now_ms: () => number;
  /** Bytes free on the disk of a folder. */
  readonly free?: (folder: string) => number;
}

export interface RingFile {
  readonly path: string;
  readonly name: string;
  readonly minute_ms: number;
  readonly bytes: number;
}

interface Open {
  readonly fd: number;
  readonly minute_ms: number;
  bytes: number;
}

export class RawRing implements Tape {
  /** Packets' bytes that were not written for want of room, or because the disk failed. */
  lostBytes = 0;
  private readonly options: RingOptions;
  private readonly open = new Map<Stream, Open>();
  private parts = 0;
  /** No attempt before: the disk was full, or failed. */
  private notBefore_ms = Number.NEGATIVE_INFINITY;

  /** Makes the folder. Throws the file system's error. */
  constructor(options: RingOptions) {
    this.options = options;
    makeFolder(options.folder, 0o700);
    this.shed();
  }

  /** Never throws. */
  write(stream: Stream, port: Port, header: Uint8Array, records: Uint8Array, minute_ms: number): void {
    if (this.options.now_ms() < this.notBefore_ms) {
      this.lostBytes += records.length;
      return;
    }
    try {
      const file = this.fileOf(stream, port.name, header, minute_ms);
      writeWhole(file.fd, records);
      file.bytes += records.length;
    } catch (error) {
      this.fail(error);
      this.lostBytes += records.length;
    }
  }

  end(stream: Stream): void {
    const file = this.open.get(stream);
    if (file === undefined) return;
    this.open.delete(stream);
    try {
      closeSync(file.fd);
    } catch (error) {
      this.fail(error);
    }
  }

  private fileOf(stream: Stream, port: string, header: Uint8Array, minute_ms: number): Open {
    const before = this.open.get(stream);
    if (before?.minute_ms === minute_ms && before.bytes < RING_FILE_BYTES_MAX) return before;
    this.end(stream);
    this.shed();
    const fd = openSync(join(this.options.folder, this.nameOf(stream, port, minute_ms)), 'ax', 0o600);
    writeWhole(fd, header);
    const file = { fd, minute_ms, bytes: header.length };
    this.open.set(stream, file);
    return file;
  }

  /** A name that no file has: an earlier process may have written in the same minute. */
  private nameOf(stream: Stream, port: string, minute_ms: number): string {
    const time = new Date(minute_ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    return `${time}-${port}-${process.pid}${stream.number}-${this.parts++}.pcap`;
  }

  /** Makes room: what is too old or too much gives way, the oldest first. Throws the file system's error. */
  private shed(): void {
    const { folder, bytesMax, hoursMax, now_ms, free = freeBytes } = this.options;
    const files = ringFiles(folder);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const oldest_ms = hoursMax === undefined ? Number.NEGATIVE_INFINITY : now_ms() - hoursMax * HOUR_MS - MINUTE_MS;
    for (const file of files) {
      if (bytes <= bytesMax && file.minute_ms >= oldest_ms && free(folder) >= FREE_BYTES_MIN) return;
      rmSync(file.path, { force: true });
      bytes -= file.bytes;
    }
    if (free(folder) < FREE_BYTES_MIN) throw new Error('the disk has no room for it');
  }

  private fail(error: unknown): void {
    const { log, now_ms } = this.options;
    this.notBefore_ms = now_ms() + MINUTE_MS;
    log.error('ring', `Cannot keep raw packets: ${wordsOf(error)}; tried again in a minute`);
  }
}

/** Files of a ring, oldest first. Throws the file system's error. */
export function ringFiles(folder: string): RingFile[] {
  return readdirSync(folder)
    .flatMap((name): RingFile[] => {
      const minute_ms = minuteOf(name);
      if (minute_ms === undefined) return [];
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ path, name, minute_ms, bytes: stat.size }];
    })
    .toSorted((a, b) => a.minute_ms - b.minute_ms || (a.name < b.name ? -1 : 1));
}

function minuteOf(name: string): number | undefined {
  const [, year, month, day, hour, minute] = NAME.exec(name) ?? [];
  if (minute === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from, bytes.length - from);
}
