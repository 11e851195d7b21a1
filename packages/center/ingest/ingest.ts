/**
 * The receiving end of the way from sensor to center (wire/api/upload.ts): who sends, is it whole, is it a segment, is it of our
 * time, and only then into the store. A segment is acknowledged when the store says that it is durable, and never before; whatever
 * goes wrong on the way is a Refusal: counted, answered, and kept for inspection where it is for good.
 *
 *     const ingest = await openIngest({ store, sensors, folder: '/var/lib/noroshi/ingest', now_ms: Date.now, log, metrics });
 *     app.register(async (scope) => ingestRoutes(scope, ingest));
 *     ingest.refused('network')       // { cut: 2, … } since the folder was made
 *     await ingest.close()
 */
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { isDiskFull } from '@noroshi/kit/durable.ts';
import type { Log } from '@noroshi/kit/log.ts';
import type { Counter, Metrics } from '@noroshi/kit/metrics.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Receipt } from '@noroshi/wire/api/upload.ts';
import { type Store, StoreError } from '../store/store.ts';
import { Admission } from './admission.ts';
import { RefusalCounts } from './counts.ts';
import { Inbox } from './inbox.ts';
import { INGEST_LIMITS, type IngestLimits } from './limits.ts';
import { Quarantine } from './quarantine.ts';
import { receive } from './receive.ts';
import { Refusal, type RefusalWord } from './refusals.ts';
import { type Announced, announcedOf, credentialsOf, sequenceOf } from './request.ts';
import { type KnownSensor, Sensors } from './sensors.ts';
import { checkClocks, checkTimes } from './times.ts';
import { Verifier } from './verifier.ts';

export interface IngestOptions {
  readonly store: Pick<Store, 'addSegment' | 'receipt'>;
  readonly sensors: readonly KnownSensor[];
  /** Made where it is missing. Holds `inbox`, `quarantine`, `refusals.json`; one process at a time. */
  readonly folder: string;
  readonly now_ms: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits?: Partial<IngestLimits>;
}

export interface Ingest {
  /** Takes one upload. `body` is what the request carries. Throws Refusal, and nothing else. */
  put(request: IncomingMessage, path: SegmentPath): Promise<Receipt>;
  /** Whether the segment is stored. Throws Refusal. */
  head(request: IncomingMessage, path: SegmentPath): Promise<boolean>;
  /** Refusals by word since the folder was made; without a feed all, those of strangers among them. */
  refused(feed?: FeedName): Record<string, number>;
  /** Why uploads are refused now, one sentence; '' when they are taken. */
  ailment(): Promise<string>;
  readonly limits: IngestLimits;
  /** Takes nothing new; what is under way may come to its end. */
  end(): void;
  /** Takes nothing more, waits for nobody: what is under way is refused, and its sender keeps it. */
  close(): Promise<void>;
}

/** Texts of the request's path, unchecked. */
export interface SegmentPath {
  readonly sensor: string;
  readonly sequence: string;
}

/** Throws the file system's errors, and RangeError for a sensor that cannot be admitted. */
export async function openIngest(options: IngestOptions): Promise<Ingest> {
  const limits = { ...INGEST_LIMITS, ...options.limits };
  const quarantineLimits = { bytesMax: limits.quarantine_bytes, filesMax: limits.quarantineFiles };
  const parts: Parts = {
    sensors: new Sensors(options.sensors),
    inbox: await Inbox.open(join(options.folder, 'inbox')),
    quarantine: await Quarantine.open(join(options.folder, 'quarantine'), quarantineLimits),
    counts: await RefusalCounts.open(join(options.folder, 'refusals.json'), options.log),
    verifier: new Verifier(limits.verifiers, limits.verify_ms),
    admission: new Admission(limits.uploads, limits.uploadsOfSensor),
  };
  return new Receiver(options, limits, parts);
}

interface Parts {
  readonly sensors: Sensors;
  readonly inbox: Inbox;
  readonly quarantine: Quarantine;
  readonly counts: RefusalCounts;
  readonly verifier: Verifier;
  readonly admission: Admission;
}

/** What is known of an upload so far: for the answer to a refusal. */
interface Upload {
  readonly sensor: KnownSensor;
  /** Of the path, which a pattern's entry does not hold. */
  readonly name: string;
  readonly sequence: number;
  /** In our sentences: `segment tokyo-1/12`. */
  readonly called: string;
  /** Where the body is; its digest once it is whole. */
  path?: string;
  digest?: string;
}

class Receiver implements Ingest {
  readonly limits: IngestLimits;
  private readonly options: IngestOptions;
  private readonly parts: Parts;
  private readonly segments: Counter;
  private readonly refusals: Counter;
  private readonly receivedBytes: Counter;
  private readonly storedRows: Counter;
  /** Length of the upload that there was no room for last; 0 once there was room again. */
  private wanted_bytes = 0;
  private isClosed = false;

  constructor(options: IngestOptions, limits: IngestLimits, parts: Parts) {
    this.options = options;
    this.limits = limits;
    this.parts = parts;
    const { metrics } = options;
    this.segments = metrics.counter('noroshi_ingest_segments_total', 'Segments acknowledged: stored, or here already.');
    this.refusals = metrics.counter(
      'noroshi_ingest_refused_total',
      'Uploads not taken, for good or for now, by reason.',
    );
    this.receivedBytes = metrics.counter('noroshi_ingest_received_bytes_total', 'Bytes of bodies received whole.');
    this.storedRows = metrics.counter('noroshi_ingest_stored_rows_total', 'Rows of segments stored.');
    metrics.gauge('noroshi_ingest_uploads', 'Uploads under way.', () => parts.admission.count);
    metrics.gauge('noroshi_ingest_quarantine_bytes', 'Size of the quarantine.', () => parts.quarantine.bytes);
    metrics.gauge('noroshi_ingest_quarantine_files', 'Files in the quarantine.', () => parts.quarantine.files);
    metrics.gauge('noroshi_ingest_quarantine_dropped', 'Files that gave way since the start.', () => {
      return parts.quarantine.dropped;
    });
  }

  async put(request: IncomingMessage, path: SegmentPath): Promise<Receipt> {
    let upload: Upload | undefined;
    try {
      upload = this.admit(request, path);
      const receipt = await this.take(request, upload);
      this.segments.add(1, { state: receipt.state });
      this.options.log.debug('stored', `Took ${upload.called}`, { rows: receipt.rows, state: receipt.state });
      return receipt;
    } catch (error) {
      throw await this.refuse(this.toRefusal(error, upload?.called ?? 'the segment'), upload);
    } finally {
      if (upload?.path !== undefined) await this.parts.inbox.remove(upload.path).catch(() => {});
    }
  }

  async head(request: IncomingMessage, path: SegmentPath): Promise<boolean> {
    try {
      const { name, sequence } = this.admit(request, path);
      return (await this.options.store.receipt(name, sequence)) !== undefined;
    } catch (error) {
      throw await this.refuse(this.toRefusal(error, 'the question'), undefined);
    }
  }

  refused(feed?: FeedName): Record<string, number> {
    return this.parts.counts.byWord(feed);
  }

  async ailment(): Promise<string> {
    return (await this.hasRoomFor(this.wanted_bytes)) ? '' : `uploads are refused: ${this.reserveState}`;
  }

  private async hasRoomFor(bytes: number): Promise<boolean> {
    return (await this.parts.inbox.freeBytes()) >= bytes + this.limits.free_bytes;
  }

  private get reserveState(): string {
    return `less than ${Math.round(this.limits.free_bytes / 2 ** 20)} MiB would be left on the center’s disk`;
  }

  end(): void {
    this.isClosed = true;
  }

  async close(): Promise<void> {
    this.end();
    await this.parts.verifier.close();
    await this.parts.counts.flush();
  }

  /** Throws Refusal. */
  private admit(request: IncomingMessage, path: SegmentPath): Upload {
    const sensor = this.parts.sensors.authenticate(path.sensor, credentialsOf(request));
    const sequence = sequenceOf(path.sequence);
    const called = `segment ${path.sensor}/${sequence}`;
    if (this.isClosed) throw new Refusal('stopping', `Cannot take ${called}: the center is stopping`);
    return { sensor, name: path.sensor, sequence, called };
  }

  private async take(request: IncomingMessage, upload: Upload): Promise<Receipt> {
    const { sensor, name, sequence, called } = upload;
    const announced = announcedOf(request.headers, called, this.limits.segment_bytes);
    checkClocks(called, sensor.feed, this.clocks(announced));
    const leave = this.parts.admission.enter(name, sequence);
    try {
      await this.receiveBody(request, upload, announced);
      return (await this.duplicateOf(upload)) ?? (await this.store(upload, announced));
    } finally {
      leave();
    }
  }

  private clocks({ sent_ms }: Announced): { now_ms: number; sent_ms: number | undefined } {
    return { now_ms: this.options.now_ms(), sent_ms };
  }

  private async receiveBody(request: IncomingMessage, upload: Upload, { bytes, digest }: Announced): Promise<void> {
    const { inbox } = this.parts;
    const { idle_ms, bytesPerSecond } = this.limits;
    const { called } = upload;
    const hasRoom = await this.hasRoomFor(bytes);
    this.wanted_bytes = hasRoom ? 0 : bytes;
    if (!hasRoom) throw new Refusal('disk_full', `Cannot take ${called}: ${this.reserveState}`);
    upload.path = inbox.nextPath();
    const file = await open(upload.path, 'wx');
    try {
      const total_ms = idle_ms + (bytes / bytesPerSecond) * 1000;
      upload.digest = await receive(request, file, called, { bytes, idle_ms, total_ms });
    } finally {
      await file.close();
    }
    this.receivedBytes.add(bytes);
    if (upload.digest !== digest) {
      throw new Refusal('digest_differs', `Cannot take ${called}: its bytes are not those that were announced`);
    }
  }

  /** Answers from the receipt what is stored already. Throws Refusal when it is another segment. */
  private async duplicateOf({ name, sequence, called, digest }: Upload): Promise<Receipt | undefined> {
    const receipt = await this.options.store.receipt(name, sequence);
    if (receipt === undefined) return undefined;
    if (receipt.digest !== digest) throw conflict(called);
    return { state: 'duplicate', sensor: name, sequence, rows: receipt.rows };
  }

  private async store(upload: Upload, announced: Announced): Promise<Receipt> {
    const { sensor, name, sequence, called, path = '', digest = '' } = upload;
    const { prefixes } = sensor;
    const verified = await this.parts.verifier.verify({ path, sensor: name, sequence, prefixes });
    if (!verified.ok) throw new Refusal(verified.word, `Cannot take ${called}: ${verified.state}`);
    const { segment } = verified;
    const clocks = this.clocks(announced);
    checkTimes(called, sensor.feed, segment, clocks, this.limits.age_ms);
    const insert = { feed: sensor.feed, path, segment, digest, bytes: announced.bytes, received_at_ms: clocks.now_ms };
    const state = await this.options.store.addSegment(insert);
    if (state === 'conflict') throw conflict(called);
    if (state === 'stored') this.storedRows.add(segment.rows);
    return { state, sensor: name, sequence, rows: segment.rows };
  }

  /** What fails because everything is being closed is not broken. */
  private toRefusal(error: unknown, called: string): Refusal {
    if (error instanceof Refusal) return error;
    if (!this.isClosed) return toRefusal(error, called);
    return new Refusal('stopping', `Cannot take ${called}: the center is stopping`, error);
  }

  /** Counts, logs and, where it is for good, keeps the original. Returns the refusal; never throws. */
  private async refuse(refusal: Refusal, upload: Upload | undefined): Promise<Refusal> {
    const { counts } = this.parts;
    const { word, isFinal } = refusal;
    this.refusals.add(1, { reason: word });
    const values = upload === undefined ? {} : { sensor: upload.name, sequence: upload.sequence };
    this.options.log[levelOf(refusal)](word, refusal.message, { ...values, cause: causeOf(refusal) });
    if (!isFinal) return refusal;
    counts.add(upload?.sensor.feed, word);
    if (upload === undefined) return refusal;
    await this.quarantine(refusal, upload);
    await counts.flush();
    return refusal;
  }

  private async quarantine({ word, message }: Refusal, upload: Upload): Promise<void> {
    const { name, sensor, sequence, path, digest } = upload;
    if (path === undefined || digest === undefined) return;
    const note = { word, detail: message, sensor: name, feed: sensor.feed, sequence, digest };
    try {
      await this.parts.quarantine.keep(path, { ...note, refused_at_ms: this.options.now_ms() });
    } catch (error) {
      const state = isDiskFull(error) ? 'the disk is full' : String(error);
      this.options.log.error('quarantine_failed', `Cannot keep ${upload.called} in quarantine: ${state}`);
    }
  }
}

function conflict(called: string): Refusal {
  return new Refusal('identity_conflict', `Cannot take ${called}: another segment is stored under its name`);
}

const STORE_WORDS = {
  unreachable: 'database_unreachable',
  timeout: 'database_unreachable',
  disk_full: 'disk_full',
  refused: 'database_refused',
} as const satisfies Record<StoreError['kind'], RefusalWord>;

/** Whatever was thrown, as a refusal in our own words. */
function toRefusal(error: unknown, called: string): Refusal {
  const refusal = (word: RefusalWord, state: string): Refusal => {
    return new Refusal(word, `Cannot take ${called}: ${state}`, error);
  };
  const word = error instanceof StoreError ? STORE_WORDS[error.kind] : undefined;
  if (word === 'disk_full' || isDiskFull(error)) return refusal('disk_full', 'the disk is full');
  if (word === 'database_unreachable') return refusal(word, 'the database does not answer');
  if (word === 'database_refused') return refusal(word, 'the database refuses it');
  return refusal('internal_error', 'something is broken here');
}

function levelOf({ word, isFinal }: Refusal): 'info' | 'warning' | 'error' {
  if (word === 'internal_error' || word === 'database_refused' || word === 'disk_full') return 'error';
  return isFinal || word === 'clock_differs' || word === 'database_unreachable' ? 'warning' : 'info';
}

/** For the log of the center's operator only. */
function causeOf({ cause }: Refusal): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? cause.message : 'not an error';
}
