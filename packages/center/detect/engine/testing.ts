/** The engine's surroundings in memory: a source without a database, a ledger without one, a thread that is none. */
import { createLog } from '@noroshi/kit/log.ts';
import { Metrics } from '@noroshi/kit/metrics.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { episodesOf } from '../../ledger/episodes.ts';
import type { Finding, Ledger, Report, Rules } from '../../ledger/ledger.ts';
import type { Sighting } from '../../ledger/sighting.ts';
import type { StoredNotice } from '../../store/store.ts';
import { joinBatches } from '../batch-columns.ts';
import { MINUTE_MS } from '../bins.ts';
import type { Detector } from '../detector.ts';
import type { Bin, BinExposure } from '../flow-batch.ts';
import type { HourRow, Source } from '../read/source.ts';
import { nativeOf } from '../read/testing.ts';
import { batchOf } from '../testing.ts';
import { keyOf } from './blocks.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { Thread } from './host.ts';
import type { ThreadAnswer, ThreadRequest } from './protocol.ts';
import { HOUR_MS } from './receipts.ts';
import { DetectorThread } from './thread.ts';

/** A segment: minutes of one sensor, each with the sources of its rows. */
export interface FakeSegment {
  readonly feed: FeedName;
  readonly sensor: string;
  readonly sequence: number;
  readonly minutes: readonly { readonly minute: number; readonly sources: readonly number[] }[];
  readonly from_minute: number;
  readonly to_minute: number;
}

const ADDRESSES = 100;

/** Thrown by what is away. */
class Away extends Error {}

export class FakeSource implements Source {
  readonly segments: { readonly segment: FakeSegment; readonly notice: StoredNotice }[] = [];
  readonly hours_said: { readonly hour_ms: number; readonly packets: readonly number[] }[] = [];
  isAway = false;
  private readonly listeners = new Set<(notice: StoredNotice) => void>();

  add(segment: FakeSegment, received_at_ms: number): void {
    const { feed, sensor, sequence, from_minute, to_minute, minutes } = segment;
    const rows = minutes.reduce((sum, { sources }) => sum + sources.length, 0);
    const ends = { minute_from_ms: from_minute * MINUTE_MS, minute_to_ms: to_minute * MINUTE_MS };
    const notice = { feed, sensor, sequence, rows, received_at_ms, ...ends };
    this.segments.push({ segment, notice });
    for (const listener of this.listeners) listener(notice);
  }

  isStoring(): boolean {
    return false;
  }

  onStored(listener: (notice: StoredNotice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async sensors(feed: FeedName): Promise<StoredNotice[]> {
    return this.notices(feed).sort((a, b) => a.sensor.localeCompare(b.sensor) || a.sequence - b.sequence);
  }

  async hours(feed: FeedName, from_ms: number): Promise<HourRow[]> {
    const found = Map.groupBy(this.notices(feed), ({ minute_from_ms }) => Math.floor(minute_from_ms / HOUR_MS));
    const rows = [...found].map(([hour, notices]) => ({
      hour,
      segments: notices.length,
      packed: notices.reduce((sum, { rows: count }) => sum + count, 0),
      from_ms: Math.min(...notices.map(({ minute_from_ms }) => minute_from_ms)),
      to_ms: Math.max(...notices.map(({ minute_to_ms }) => minute_to_ms)),
    }));
    return rows.filter((row) => row.from_ms >= from_ms).sort((a, b) => a.hour - b.hour);
  }

  async exposure(feed: FeedName, from_ms: number, to_ms: number): Promise<Map<number, BinExposure>> {
    const bins = this.bins(feed).filter(({ minute_ms }) => minute_ms >= from_ms && minute_ms < to_ms);
    return new Map(bins.map(({ minute_ms, exposure }) => [minute_ms, exposure]));
  }

  async rows(feed: FeedName, from_ms: number, to_ms: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.isAway) throw new Away('the database is away');
    const bins = this.bins(feed).filter(({ minute_ms }) => minute_ms >= from_ms && minute_ms < to_ms);
    // Not in the order of minutes: the database promises none.
    bins.reverse();
    const minutes = bins.flatMap(({ minute_ms, flows }) => new Array<number>(flows.rows).fill(minute_ms));
    return nativeOf(joinBatches(bins.map(({ flows }) => flows)), Float64Array.from(minutes));
  }

  async replaceSourceHour(hour: { hour_ms: number; rows: number; packets: Float64Array }): Promise<void> {
    const { hour_ms } = hour;
    const before = this.hours_said.findIndex((said) => said.hour_ms === hour_ms);
    if (before >= 0) this.hours_said.splice(before, 1);
    this.hours_said.push({ hour_ms, packets: [...hour.packets.subarray(0, hour.rows)] });
    this.hours_said.sort((a, b) => a.hour_ms - b.hour_ms);
  }

  /** Everything that is there, minute by minute: what a replay would read. */
  bins(feed: FeedName): Bin[] {
    const minutes = new Map<number, { sensors: Set<string>; sources: number[] }>();
    for (const { segment } of this.segments) {
      if (segment.feed !== feed) continue;
      for (let minute = segment.from_minute; minute < segment.to_minute; minute++) {
        const known = minutes.get(minute) ?? { sensors: new Set<string>(), sources: [] };
        known.sensors.add(segment.sensor);
        minutes.set(minute, known);
      }
      for (const { minute, sources } of segment.minutes) minutes.get(minute)?.sources.push(...sources);
    }
    return [...minutes]
      .sort(([a], [b]) => a - b)
      .map(([minute, { sensors, sources }]) => ({
        minute_ms: minute * MINUTE_MS,
        exposure: { addresses: sensors.size * ADDRESSES, networks64: 0 },
        flows: batchOf(sources.map((src) => ({ src }))),
      }));
  }

  private notices(feed: FeedName): StoredNotice[] {
    if (this.isAway) throw new Away('the database is away');
    return this.segments.map(({ notice }) => notice).filter((notice) => notice.feed === feed);
  }
}

/** Keeps the sightings of all reports, and makes findings when asked. */
export class FakeLedger implements Pick<Ledger, 'record' | 'memory' | 'remember' | 'expire'> {
  isAway = false;
  readonly reports: Report[] = [];
  private readonly memories = new Map<string, string>();
  private readonly seen = new Map<string, { rules: Rules; feed: FeedName; sightings: Map<string, Sighting> }>();

  async record(report: Report): Promise<string[]> {
    if (this.isAway) throw new Away('the ledger is away');
    this.reports.push(report);
    const { feed, rules, from_ms, to_ms } = report;
    const key = `${feed} ${rules.detector}`;
    const entry = this.seen.get(key) ?? { rules, feed, sightings: new Map<string, Sighting>() };
    this.seen.set(key, entry);
    for (const [name, { bin_ms }] of entry.sightings) {
      if (bin_ms >= from_ms && bin_ms < to_ms) entry.sightings.delete(name);
    }
    for (const sighting of report.sightings) {
      if (sighting.bin_ms < from_ms || sighting.bin_ms >= to_ms) throw new Error('a sighting of no bin of its report');
      entry.sightings.set(keyOf(sighting), sighting);
    }
    return [];
  }

  async memory(key: string): Promise<string | undefined> {
    if (this.isAway) throw new Away('the ledger is away');
    return this.memories.get(key);
  }

  async remember(key: string, value: string): Promise<void> {
    if (this.isAway) throw new Away('the ledger is away');
    this.memories.set(key, value);
  }

  async expire(): Promise<number> {
    return 0;
  }

  findings(feed: FeedName): Finding[] {
    return [...this.seen.values()]
      .filter((entry) => entry.feed === feed)
      .flatMap(({ rules, sightings }) => episodesOf(rules, feed, [...sightings.values()], Number.POSITIVE_INFINITY));
  }
}

/** Everything in one thread: hundreds of engines in a second. */
class NoThread implements Thread {
  private readonly detectors: readonly Detector[];
  private inner: DetectorThread;

  constructor(detectors: readonly Detector[]) {
    this.detectors = detectors;
    this.inner = this.make();
  }

  async ask(request: ThreadRequest): Promise<ThreadAnswer> {
    return this.inner.answer(request);
  }

  async reset(): Promise<void> {
    this.inner = this.make();
  }

  async close(): Promise<void> {}

  private make(): DetectorThread {
    return new DetectorThread(this.detectors, new Int32Array(new SharedArrayBuffer(8)), () => 0);
  }
}

export function engineWith(
  part: Partial<EngineOptions> & Pick<EngineOptions, 'source' | 'ledger' | 'detectors'>,
): Engine {
  return new Engine({
    thread: new NoThread(part.detectors),
    names: { classNames: [], reasonNames: [], toolNames: [] },
    grace_minutes: 5,
    history_days: 28,
    now_ms: () => 0,
    pause_ms: () => 1,
    log: createLog({ part: 'test', write: () => {}, now_ms: () => 0 }),
    metrics: new Metrics(),
    ...part,
  });
}
