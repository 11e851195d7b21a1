/**
 * Sources by class and by tool, as the engine wrote them into `class_hours`: one row an hour and name. An hour that was classified
 * again has rows of a higher revision, and those of the lower ones count no more, also where the new ones lack a name.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Period } from '@noroshi/wire/api/figures.ts';
import type { Store } from '../store/store.ts';
import { HOUR_MS } from './period.ts';

/** Longer periods are shown by day: 31 days have 744 hours. */
export const HOURLY_DAYS_MAX = 31;
const DAY_HOURS = 24;

interface SourceStep {
  readonly kind: 'class' | 'tool';
  readonly name: string;
  readonly at_ms: number;
  /** Sum over the step's hours. */
  readonly sources: number;
  readonly packets: number;
}

export interface SourceHours {
  readonly step_hours: 1 | 24;
  /** Begin of each step that was classified → its hours that were. */
  readonly steps: ReadonlyMap<number, number>;
  readonly rows: readonly SourceStep[];
}

const HOURS = `
  FROM class_hours FINAL
  WHERE feed = {feed:String} AND hour >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND hour < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND (hour, revision) IN (
      SELECT hour, max(revision) FROM class_hours
      WHERE feed = {feed:String} AND hour >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND hour < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
      GROUP BY hour)`;
const STEP =
  'intDiv(toUnixTimestamp(hour) * 1000 - {from_ms:Int64}, {step_ms:Int64}) * {step_ms:Int64} + {from_ms:Int64}';

/** Throws StoreError. */
export async function readSources(store: Pick<Store, 'query'>, feed: FeedName, period: Period): Promise<SourceHours> {
  const { from_ms, to_ms, days } = period;
  const step_hours = days > HOURLY_DAYS_MAX ? DAY_HOURS : 1;
  const params = { feed, from_ms, to_ms, step_ms: step_hours * HOUR_MS };
  const [steps, rows] = await Promise.all([
    store.query<{ readonly at_ms: number; readonly hours: number }>(
      `SELECT ${STEP} AS at_ms, uniqExact(hour) AS hours ${HOURS} GROUP BY at_ms ORDER BY at_ms`,
      params,
    ),
    store.query<SourceStep>(
      `SELECT toString(kind) AS kind, toString(name) AS name, ${STEP} AS at_ms, sum(sources) AS sources, sum(packets) AS packets
       ${HOURS} GROUP BY kind, name, at_ms ORDER BY at_ms, kind, name`,
      params,
    ),
  ]);
  return { step_hours, steps: new Map(steps.map(({ at_ms, hours }) => [at_ms, hours])), rows };
}
