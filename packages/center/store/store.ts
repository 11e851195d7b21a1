/**
 * The center's database: flow rows, roll-ups, receipts. Segments come in through `addSegment`, figures go out through `query`.
 *
 *     const store = await openStore({ path: '/var/lib/noroshi/store' });
 *     await store.loadTables(tables);
 *     await store.addSegment({ feed: 'network', path, segment, digest, bytes, received_at_ms });
 *     const rows = await store.query<{ packets: number }>('SELECT sum(packets) AS packets FROM hours WHERE feed = {feed:String}', { feed });
 *
 * Times are event time. Days are UTC days unless the database was made with an offset.
 */
import { type FeedName, FEEDS } from '@noroshi/wire/api/feed.ts';
import type { Segment } from '@noroshi/wire/segment/segment.ts';
import type { Connection, QueryParams } from './connection.ts';
import { openEmbedded } from './embedded.ts';
import { StoreError } from './error.ts';
import type { LookupTables, TableVersions } from './lookup.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Place } from './migrations/migration.ts';
import { migrate } from './migrate.ts';
import { adoptLookups, loadLookups, type Lookups, NO_LOOKUPS } from './lookups.ts';
import { readReceipt } from './receipts.ts';
import { dropFlowsBefore, readDroppedDays } from './retention.ts';
import { Turns } from './turns.ts';
import { insertSegment, type StoreState } from './segments.ts';
import { openServer, type Server } from './server.ts';
import { replaceSourceHour, type SourceHourInsert } from './source-hours.ts';

export { StoreError } from './error.ts';
export type { QueryParams } from './connection.ts';
export type { SourceHourInsert } from './source-hours.ts';
export type { LookupTables, TableVersions } from './lookup.ts';

export type StoreOptions = ({ readonly path: string } | Server) & {
  /** Days of the roll-ups begin so many minutes before UTC's (Japan: 540). Fixed when the database is made. Default 0. */
  readonly offset_minutes?: number;
};

/** A verified segment, ready to be stored. */
export interface SegmentInsert {
  readonly feed: FeedName;
  /** The Parquet file; absolute. It is only read. */
  readonly path: string;
  readonly segment: Segment;
  /** SHA-256 of the whole file, lower-case hex: two quiet segments have the same digest of rows. */
  readonly digest: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly received_at_ms: number;
}

export interface StoredReceipt {
  readonly feed: FeedName;
  /** SHA-256 of the file that was stored. */
  readonly digest: string;
  readonly rows: number;
  readonly received_at_ms: number;
}

/** Event time that a stored segment covers, and whose segment it is. */
export interface StoredNotice {
  readonly feed: FeedName;
  readonly sensor: string;
  readonly sequence: number;
  readonly rows: number;
  readonly received_at_ms: number;
  readonly minute_from_ms: number;
  readonly minute_to_ms: number;
}

/** `conflict`: another file is stored under this sensor and sequence; nothing was changed. */
export type AddOutcome = 'stored' | 'duplicate' | 'conflict';

export interface Store {
  /** Rows of a SELECT; 64-bit integers come as numbers. Outside values only as `params`, for `{name:Type}` in the text. Throws StoreError. */
  query<T>(sql: string, params?: QueryParams): Promise<T[]>;
  /** What a SELECT with its own FORMAT (`… FORMAT Native`) answers; the memory is the caller's. Throws StoreError. */
  read(sql: string, params?: QueryParams): Promise<Uint8Array<ArrayBuffer>>;
  /** Resolves when the segment is durable. A few go into the database at a time, in the order of the calls. Throws StoreError. */
  addSegment(insert: SegmentInsert): Promise<AddOutcome>;
  /** Whether a segment is on its way into the database, or waits for its turn. */
  readonly isStoring: boolean;
  /** Says of an hour which sources it had; takes the place of what was said of it before. Durable when it resolves. Throws StoreError. */
  replaceSourceHour(hour: SourceHourInsert): Promise<void>;
  receipt(sensor: string, sequence: number): Promise<StoredReceipt | undefined>;
  /** Grows whenever a segment of that day of event time (`2026-11-21`, UTC) is stored; 0 without any. */
  version(feed: FeedName, day: string): number;
  /** Calls `listener` after each segment stored, until the answer is called. */
  onStored(listener: (notice: StoredNotice) => void): () => void;
  /**
   * Puts tables in the place of those in use; at once when the database has them already. Segments being stored meanwhile use the
   * old ones or the new ones, whole. Labels of AS numbers are then in the table `as_holders` (asn, name).
   */
  loadTables(tables: LookupTables): Promise<void>;
  /** The tables in use; '' before any were loaded: then nothing is known of any address. */
  readonly versions: TableVersions;
  readonly offset_minutes: number;
  /**
   * Retention: drops the flow rows, minutes and sources by hour of days of event time before `day` (UTC) into which nothing was stored since `day`
   * began; an old capture replayed today stays as long as today's packets. Hours, days and receipts stay for ever. The table
   * `dropped_days` (day, dropped_at) knows which days are gone. Answers how many were dropped now. Throws StoreError.
   */
  dropFlowsBefore(day: string): Promise<number>;
  /** Writes that wait for their turn, and those that come, reject from now on; what is under way goes on. */
  end(): void;
  /** Ends, and waits for the writes under way. */
  close(): Promise<void>;
}

/** Opens, makes or brings up to date. Throws StoreError. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const connection = 'path' in options ? openEmbedded(options.path) : await openServer(options);
  try {
    const place = { offset_minutes: options.offset_minutes ?? 0 };
    await migrate(connection, MIGRATIONS, place);
    return new OpenStore(connection, place, await readVersions(connection), await readDroppedDays(connection));
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Segments that are stored at the same time: one insert keeps one core busy, and some 400 MB of memory. */
const WRITERS = 2;

class OpenStore implements Store {
  readonly offset_minutes: number;
  private readonly connection: Connection;
  private readonly place: Place;
  private readonly dayVersions: Map<string, number>;
  private readonly droppedDays: Set<string>;
  private readonly listeners = new Set<(notice: StoredNotice) => void>();
  private lookups: Lookups = NO_LOOKUPS;
  private readonly turns = new Turns(WRITERS);
  private storing = 0;

  constructor(connection: Connection, place: Place, dayVersions: Map<string, number>, droppedDays: Set<string>) {
    this.connection = connection;
    this.place = place;
    this.offset_minutes = place.offset_minutes;
    this.dayVersions = dayVersions;
    this.droppedDays = droppedDays;
  }

  get isStoring(): boolean {
    return this.storing > 0;
  }

  get versions(): TableVersions {
    return this.lookups.versions;
  }

  query<T>(sql: string, params?: QueryParams): Promise<T[]> {
    return this.connection.query('read the database', sql, params);
  }

  read(sql: string, params?: QueryParams): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.read('read the database', sql, params);
  }

  replaceSourceHour(hour: SourceHourInsert): Promise<void> {
    return this.turns.beside(`source hour ${hour.feed}`, () => replaceSourceHour(this.connection, hour));
  }

  async addSegment(insert: SegmentInsert): Promise<AddOutcome> {
    const { sensor, sequence } = insert.segment;
    this.storing++;
    try {
      return await this.turns.beside(`${sensor}/${sequence}`, async () => {
        const outcome = await insertSegment(this.state(), insert);
        if (outcome === 'stored') this.noteStored(insert);
        return outcome;
      });
    } finally {
      this.storing--;
    }
  }

  receipt(sensor: string, sequence: number): Promise<StoredReceipt | undefined> {
    return readReceipt(this.connection, sensor, sequence);
  }

  version(feed: FeedName, day: string): number {
    return this.dayVersions.get(versionKey(feed, day)) ?? 0;
  }

  onStored(listener: (notice: StoredNotice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async loadTables(tables: LookupTables): Promise<void> {
    const lookups = await loadLookups(this.connection, tables);
    await this.turns.alone(async () => {
      this.lookups = lookups;
      await adoptLookups(this.connection, lookups);
      await this.connection.trim('load the look-up tables');
    });
  }

  dropFlowsBefore(day: string): Promise<number> {
    return this.turns.alone(async () => {
      const days = await dropFlowsBefore(this.connection, day);
      for (const dropped of days) {
        this.droppedDays.add(dropped);
        for (const feed of FEEDS) this.raiseVersion(feed, dropped);
      }
      return days.length;
    });
  }

  end(): void {
    this.turns.end(new StoreError('unreachable', 'Cannot reach the database: it is being closed'));
  }

  async close(): Promise<void> {
    this.end();
    await this.turns.ended();
    await this.connection.close();
  }

  private state(): StoreState {
    const { connection, place, lookups, droppedDays } = this;
    return { connection, place, lookups, droppedDays };
  }

  private noteStored({ feed, segment, received_at_ms }: SegmentInsert): void {
    const { sensor, sequence, rows, minute_from_ms, minute_to_ms } = segment;
    this.raiseVersion(feed, new Date(minute_from_ms).toISOString().slice(0, 10));
    const notice = { feed, sensor, sequence, rows, received_at_ms, minute_from_ms, minute_to_ms };
    for (const listener of this.listeners) listener(notice);
  }

  private raiseVersion(feed: FeedName, day: string): void {
    const key = versionKey(feed, day);
    this.dayVersions.set(key, (this.dayVersions.get(key) ?? 0) + 1);
  }
}

async function readVersions(connection: Connection): Promise<Map<string, number>> {
  const rows = await connection.query<{ feed: string; day: string; segments: number }>(
    'read the receipts',
    'SELECT feed, toString(toDate(minute_from)) AS day, count() AS segments FROM segments GROUP BY feed, day',
  );
  return new Map(rows.map(({ feed, day, segments }) => [versionKey(feed, day), segments]));
}

const versionKey = (feed: string, day: string): string => `${feed} ${day}`;
