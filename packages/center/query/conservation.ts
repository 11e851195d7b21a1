/**
 * The whole path in figures. This is the one question that looks at flow rows, for their sum is what the roll-ups are held
 * against; it does so once for each version of a day.
 *
 * It may be asked while segments are being stored. A segment's rows come first, then the roll-ups, then its receipt
 * (store/segments.ts), so the receipts are read first: whatever they name is in everything read after them. Rows of files that
 * they do not name yet are told apart by their token and are under way, neither stored nor missing.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Conservation } from '@noroshi/wire/api/figures.ts';
import type { Store } from '../store/store.ts';
import { Memo } from './memo.ts';
import { DAY_MS, dayName } from './period.ts';

const DAYS_KEPT_MAX = 16_384;

type Counts = Readonly<Record<string, number>>;

/** Segments and packets of one UTC day. */
interface DaySums {
  readonly segments: number;
  readonly received: number;
  readonly kept: number;
  readonly filtered: Counts;
  readonly dropped: Counts;
  readonly stored: number;
  readonly under_way: number;
  readonly expired: number;
  readonly rolled_up: number;
}

const NOTHING: DaySums = {
  segments: 0,
  received: 0,
  kept: 0,
  filtered: {},
  dropped: {},
  stored: 0,
  under_way: 0,
  expired: 0,
  rolled_up: 0,
};

interface ReceiptsRow {
  readonly tokens: readonly string[];
  readonly segment_count: number;
  readonly received_packets: number;
  readonly kept_packets: number;
  readonly filtered_packets: Counts;
  readonly dropped_packets: Counts;
}

/** A segment lies in one day of UTC. */
const inDay = (time: string): string => `feed = {feed:String}
  AND ${time} >= toDateTime({from_s:UInt32}, 'UTC') AND ${time} < toDateTime({to_s:UInt32}, 'UTC')`;

/** Tokens have 64 bits: as text, for JSON. */
const RECEIPTS_SQL = `
SELECT groupArray(toString(token)) AS tokens, count() AS segment_count, sum(segments.received) AS received_packets,
  sum(segments.kept) AS kept_packets, sumMap(segments.filtered) AS filtered_packets, sumMap(segments.dropped) AS dropped_packets
FROM segments WHERE ${inDay('minute_from')}`;
const ROLLED_UP_SQL = `
SELECT arrayMap(one -> toString(one), groupArrayArray(hours.tokens)) AS tokens, sum(hours.packets) AS packet_count
FROM hours WHERE ${inDay('hour')}`;
const ROWS_SQL = `
SELECT toString(token) AS name, sum(flows.packets) AS packet_count FROM flows WHERE ${inDay('minute')} GROUP BY token`;

/** Whether a day's rows were given up, which is noted before they are; rows stored later are there again. */
const GONE_SQL = `SELECT 1 AS is_gone FROM dropped_days WHERE day = toDate({day:String}) LIMIT 1`;

export class ConservationBook {
  private readonly store: Pick<Store, 'query' | 'version'>;
  private readonly memo = new Memo<DaySums>(DAYS_KEPT_MAX);

  constructor(store: Pick<Store, 'query' | 'version'>) {
    this.store = store;
  }

  /**
   * @param from_ms first event time that the feed holds
   * @param to_ms last, exclusive
   * @param refused segments refused so far, by reason
   * @throws StoreError
   */
  async conservation(feed: FeedName, from_ms: number, to_ms: number, refused: Counts): Promise<Conservation> {
    let sums = NOTHING;
    for (let day = Math.floor(from_ms / DAY_MS); day * DAY_MS < to_ms; day++) {
      sums = added(sums, await this.day(feed, day));
    }
    const { received, kept, filtered, dropped, stored, expired, rolled_up } = sums;
    const accounted = kept + total(filtered) + total(dropped);
    const is_conserved = received === accounted && kept === stored + expired && kept === rolled_up;
    return { feed, ...sums, refused, is_conserved };
  }

  private async day(feed: FeedName, day: number): Promise<DaySums> {
    const version = this.store.version(feed, dayName(day));
    if (version === 0) return NOTHING;
    return this.memo.get(`${feed} ${day}`, version, () => this.readDay(feed, day));
  }

  /** One question after the other: their order is what makes the answers fit together. */
  private async readDay(feed: FeedName, day: number): Promise<DaySums> {
    const span = { feed, from_s: (day * DAY_MS) / 1000, to_s: ((day + 1) * DAY_MS) / 1000 };
    const [receipts] = await this.store.query<ReceiptsRow>(RECEIPTS_SQL, span);
    type RolledUp = { readonly tokens: readonly string[]; readonly packet_count: number };
    const [rolledUp] = await this.store.query<RolledUp>(ROLLED_UP_SQL, span);
    const rows = await this.store.query<{ readonly name: string; readonly packet_count: number }>(ROWS_SQL, span);
    const [gone] = await this.store.query(GONE_SQL, { day: dayName(day) });
    const received = new Set(receipts.tokens);
    const isEarly = new Set(rolledUp.tokens.filter((token) => !received.has(token)));
    let [stored, under_way, early] = [0, 0, 0];
    for (const { name, packet_count } of rows) {
      if (received.has(name)) stored += packet_count;
      else under_way += packet_count;
      if (isEarly.has(name)) early += packet_count;
    }
    const rolled_up = rolledUp.packet_count - early;
    return {
      segments: receipts.segment_count,
      received: receipts.received_packets,
      kept: receipts.kept_packets,
      filtered: receipts.filtered_packets,
      dropped: receipts.dropped_packets,
      stored,
      under_way,
      expired: gone === undefined ? 0 : rolled_up - stored,
      rolled_up,
    };
  }
}

function added(left: DaySums, right: DaySums): DaySums {
  const sum = (name: 'segments' | 'received' | 'kept' | 'stored' | 'under_way' | 'expired' | 'rolled_up'): number =>
    left[name] + right[name];
  return {
    segments: sum('segments'),
    received: sum('received'),
    kept: sum('kept'),
    filtered: addedCounts(left.filtered, right.filtered),
    dropped: addedCounts(left.dropped, right.dropped),
    stored: sum('stored'),
    under_way: sum('under_way'),
    expired: sum('expired'),
    rolled_up: sum('rolled_up'),
  };
}

function addedCounts(left: Counts, right: Counts): Counts {
  const sums = { ...left };
  for (const [reason, count] of Object.entries(right)) sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
