/**
 * source → flow: takes packets from a reader, walks and classifies them, filters what is not asked for, and adds the rest to the
 * flow table. Counts so that received = kept + filtered at every moment.
 */
import { CLASS_NOT_IP } from '@noroshi/wire/classify/class.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { type Filtered, Tally } from './tally.ts';
import type { Telescope } from './telescope.ts';
import { FlowTable } from './table.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const NOT_IP = CLASS_NOT_IP;

/** Plain data, so that a worker can post it. Times are null while there is no packet that has them. */
export interface StageCounters {
  received: number;
  kept: number;
  filtered: Filtered;
  /** Rows closed before their minute ended because the table was full: how often. */
  closedEarly: number;
  rows: number;
  /** Bytes of the kept packets by their IP headers. */
  bytes: number;
  first_ms: number | null;
  last_ms: number | null;
  /** First and last minute since 1970 in which a packet was received, kept or not. */
  minuteFirst: number | null;
  minuteLast: number | null;
}

export function emptyCounters(): StageCounters {
  return {
    received: 0,
    kept: 0,
    filtered: { not_ip: 0, malformed: 0, elsewhere: 0 },
    closedEarly: 0,
    rows: 0,
    bytes: 0,
    first_ms: null,
    last_ms: null,
    minuteFirst: null,
    minuteLast: null,
  };
}

export interface StageOptions {
  readonly rowsPerMinuteMax?: number;
  /** Keep only packets to these addresses. */
  readonly telescope?: Telescope;
}

export class FlowStage {
  readonly counters = emptyCounters();
  /** What was filtered on which day, and when packets arrived. */
  readonly tally = new Tally();
  private readonly packet = new Packet();
  private readonly verdict = new Verdict();
  private readonly table: FlowTable;
  private readonly telescope: Telescope | undefined;
  /** Times of the earliest and the latest packet kept, once there is one. */
  private first_s = 0;
  private first_ns = 0;
  private last_s = 0;
  private last_ns = 0;
  private kept = 0;
  private bytes = 0;
  private received = 0;
  /** The minute of the packet before; seconds since 1970. */
  private minuteFrom_s = 0;
  private minuteTo_s = 0;

  constructor(emit: (store: RowStore) => void, options: StageOptions = {}) {
    this.table = new FlowTable(emit, options.rowsPerMinuteMax);
    this.telescope = options.telescope;
  }

  /** Takes every packet that the reader has, up to `packetsMax` of them, and lets go of its buffer. Returns how many. */
  take(reader: CaptureReader, packetsMax = Number.POSITIVE_INFINITY): number {
    const before = this.received;
    while (this.received - before < packetsMax && reader.next()) this.takeOne(reader);
    this.release();
    return this.received - before;
  }

  /** Lets go of all readers' buffers: to be called before any of them is fed. */
  release(): void {
    this.table.flush();
  }

  /** Takes the reader's current packet; its buffer must not change before {@link release}. */
  takeOne(reader: CaptureReader): void {
    const { packet, verdict, table } = this;
    const { seconds, data } = reader;
    this.received++;
    table.tick(seconds);
    if (!(seconds >= this.minuteFrom_s && seconds < this.minuteTo_s)) this.turn();
    walk(packet, data, reader.at, reader.end, reader.link);
    classify(verdict, packet, data);
    if (packet.net === 0) {
      this.filter(verdict.classCode === NOT_IP ? 'not_ip' : 'malformed');
      return;
    }
    if (this.telescope !== undefined && !this.telescope.has(packet)) {
      this.filter('elsewhere');
      return;
    }
    const { nanoseconds } = reader;
    if (seconds === this.last_s && nanoseconds > this.last_ns && this.kept !== 0) this.last_ns = nanoseconds;
    else this.widen(table.second, nanoseconds);
    this.kept++;
    this.bytes += packet.ipBytes;
    table.add(packet, verdict, data, reader.bytes, nanoseconds);
  }

  /** Hands on the last rows and brings the counters up to date. */
  close(): StageCounters {
    this.table.close();
    this.minuteTo_s = 0;
    return this.count();
  }

  /** Minute (since 1970) of the packet taken last: every row handed on so far is of packets before the next minute. */
  get minute(): number {
    return Math.floor(this.table.second / 60);
  }

  /** The counters as of now. */
  count(): StageCounters {
    const { counters } = this;
    counters.received = this.received;
    counters.kept = this.kept;
    counters.bytes = this.bytes;
    counters.rows = this.table.rows;
    counters.closedEarly = this.table.closedEarly;
    counters.minuteFirst = this.received === 0 ? null : this.table.minuteFirst;
    counters.minuteLast = this.received === 0 ? null : this.table.minuteLast;
    counters.first_ms = this.kept === 0 ? null : this.first_s * 1000 + Math.floor(this.first_ns / 1e6);
    counters.last_ms = this.kept === 0 ? null : this.last_s * 1000 + Math.floor(this.last_ns / 1e6);
    return counters;
  }

  /** Makes room for a time between the earliest and the latest. */
  private widen(second: number, nanoseconds: number): void {
    const isOnly = this.kept === 0;
    if (isOnly || second > this.last_s || (second === this.last_s && nanoseconds > this.last_ns)) {
      this.last_s = second;
      this.last_ns = nanoseconds;
    }
    if (isOnly || second < this.first_s || (second === this.first_s && nanoseconds < this.first_ns)) {
      this.first_s = second;
      this.first_ns = nanoseconds;
    }
  }

  private filter(reason: keyof Filtered): void {
    this.counters.filtered[reason]++;
    this.tally.filter(this.table.second, reason);
  }

  /** A packet of another minute than the one before it. */
  private turn(): void {
    const { minute } = this;
    this.minuteFrom_s = minute * 60;
    this.minuteTo_s = this.minuteFrom_s + 60;
    this.tally.hear(minute);
  }
}

/** Sum of two stages' counters, in the first. */
export function addCounters(sum: StageCounters, part: StageCounters): void {
  sum.received += part.received;
  sum.kept += part.kept;
  sum.filtered.not_ip += part.filtered.not_ip;
  sum.filtered.malformed += part.filtered.malformed;
  sum.filtered.elsewhere += part.filtered.elsewhere;
  sum.closedEarly += part.closedEarly;
  sum.rows += part.rows;
  sum.bytes += part.bytes;
  sum.first_ms = extreme(Math.min, sum.first_ms, part.first_ms);
  sum.last_ms = extreme(Math.max, sum.last_ms, part.last_ms);
  sum.minuteFirst = extreme(Math.min, sum.minuteFirst, part.minuteFirst);
  sum.minuteLast = extreme(Math.max, sum.minuteLast, part.minuteLast);
}

function extreme(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : pick(a, b);
}
