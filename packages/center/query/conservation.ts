/**
 * The whole path in figures. This is the one question that looks at flow rows, for their sum is what the roll-ups are held
 * against; it does so once for each version of a day.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Conservation } from '@noroshi/wire/api/figures.ts';
import type { Store } from '../store/store.ts';
import { Memo } from './memo.ts';
import { DAY_MS, dayName } from './period.ts';

const DAYS_KEPT_MAX = 16_384;

/** Packets of one UTC day. */
interface DaySums {
  readonly stored: number;
  readonly expired: number;
  readonly rolled_up: number;
}

interface AccountRow {
  readonly segment_count: number;
  readonly received_packets: number;
  readonly kept_packets: number;
  readonly filtered_packets: Readonly<Record<string, number>>;
  readonly dropped_packets: Readonly<Record<string, number>>;
}

const IN_DAY = `feed = {feed:String} AND TIME >= toDateTime({from_s:UInt32}, 'UTC') AND TIME < toDateTime({to_s:UInt32}, 'UTC')`;
const SUMS_SQL = `
SELECT (SELECT sum(packets) FROM flows WHERE ${IN_DAY.replaceAll('TIME', 'minute')}) AS stored,
  (SELECT sum(packets) FROM hours WHERE ${IN_DAY.replaceAll('TIME', 'hour')}) AS rolled_up`;

/** Days of UTC whose rows were given up; rows stored later are there again. */
const GONE_SQL = 'SELECT DISTINCT toString(day) AS day FROM dropped_days';

const ACCOUNT_SQL = `
SELECT sum(day_accounts.segments) AS segment_count, sum(day_accounts.received) AS received_packets, sum(day_accounts.kept) AS kept_packets,
  sumMap(day_accounts.filtered) AS filtered_packets, sumMap(day_accounts.dropped) AS dropped_packets
FROM day_accounts WHERE feed = {feed:String}`;

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
  async conservation(
    feed: FeedName,
    from_ms: number,
    to_ms: number,
    refused: Readonly<Record<string, number>>,
  ): Promise<Conservation> {
    const [account] = await this.store.query<AccountRow>(ACCOUNT_SQL, { feed });
    const gone = await this.store.query<{ readonly day: string }>(GONE_SQL);
    const goneDays = new Set(gone.map(({ day }) => day));
    const sums: DaySums[] = [];
    for (let day = Math.floor(from_ms / DAY_MS); day * DAY_MS < to_ms; day++) {
      sums.push(await this.day(feed, day, goneDays.has(dayName(day))));
    }
    const { received_packets: received, kept_packets: kept } = account;
    const { filtered_packets: filtered, dropped_packets: dropped } = account;
    const sumOf = (what: keyof DaySums): number => sums.reduce((packets, day) => packets + day[what], 0);
    const [stored, expired, rolled_up] = [sumOf('stored'), sumOf('expired'), sumOf('rolled_up')];
    const accounted = kept + total(filtered) + total(dropped);
    return {
      feed,
      segments: account.segment_count,
      received,
      kept,
      filtered,
      dropped,
      stored,
      expired,
      rolled_up,
      refused,
      is_conserved: received === accounted && kept === stored + expired && kept === rolled_up,
    };
  }

  private async day(feed: FeedName, day: number, isGone: boolean): Promise<DaySums> {
    const version = this.store.version(feed, dayName(day));
    if (version === 0) return { stored: 0, expired: 0, rolled_up: 0 };
    const parameters = { feed, from_s: (day * DAY_MS) / 1000, to_s: ((day + 1) * DAY_MS) / 1000 };
    return this.memo.get(`${feed} ${day} ${isGone}`, version, async () => {
      const [{ stored, rolled_up }] = await this.store.query<Omit<DaySums, 'expired'>>(SUMS_SQL, parameters);
      return { stored, expired: isGone ? rolled_up - stored : 0, rolled_up };
    });
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
