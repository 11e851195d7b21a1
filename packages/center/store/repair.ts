/** Completes what an insert left undone: each roll-up is asked for the file's token and given the file's rows where it lacks it. */
import type { RollUp } from './migrations/0002-rollups.ts';
import { rollUpsOf } from './migrations/index.ts';
import type { Arrival, StoreState } from './segments.ts';
import { literal, ONE_PART } from './sql.ts';

/** Whether any roll-up has the file. */
export async function hasAnyRollUp(state: StoreState, arrival: Arrival): Promise<boolean> {
  for (const rollUp of rollUpsOf(state.place)) if (await has(state, arrival, rollUp)) return true;
  return false;
}

/**
 * Fills the roll-ups that lack the file, from its rows in `flows`. Inserting into one feeds those behind it: they are asked after
 * it. One whose followers have the file had it too, and lost it to retention.
 */
export async function completeRollUps(state: StoreState, arrival: Arrival): Promise<void> {
  const all = rollUpsOf(state.place);
  for (const rollUp of all) {
    if (await has(state, arrival, rollUp)) continue;
    const followers = all.filter(({ source }) => source === rollUp.name);
    let isDropped = false;
    for (const follower of followers) isDropped ||= await has(state, arrival, follower);
    if (!isDropped) await fill(state, arrival, rollUp, all);
  }
}

async function has(
  { connection, place }: StoreState,
  { action, feed, segment, token }: Arrival,
  { name, time }: RollUp,
) {
  const shift_ms = time === 'day' ? place.offset_minutes * 60_000 : 0;
  const bound = (time_ms: number): string => {
    const at = `fromUnixTimestamp64Milli(${time_ms + shift_ms}, 'UTC')`;
    return { minute: at, hour: `toStartOfHour(${at})`, day: `toDate(${at})` }[time];
  };
  const [found] = await connection.query<{ is_there: number }>(
    action,
    `SELECT 1 AS is_there FROM ${name}
     WHERE feed = {feed:String} AND ${time} BETWEEN ${bound(segment.minute_from_ms)} AND ${bound(segment.minute_to_ms - 1)}
       AND has(tokens, {token:UInt64}) LIMIT 1`,
    { feed, token },
  );
  return found !== undefined;
}

async function fill(state: StoreState, arrival: Arrival, rollUp: RollUp, all: readonly RollUp[]): Promise<void> {
  const { connection } = state;
  const { action, segment, feed } = arrival;
  const { sensor, sequence, minute_from_ms, minute_to_ms } = segment;
  const columns = [...rollUp.key, ...rollUp.values, 'tokens'].map((column) => column.split(' ', 1)[0]).join(', ');
  const source = all.find(({ name }) => name === rollUp.source);
  // The view's own text, over the file's rows alone: a name in WITH goes before a table of that name.
  const between = source === undefined ? '' : `,\n${source.name} AS (${source.select})`;
  await connection.command(
    action,
    `INSERT INTO ${rollUp.name} (${columns}) SETTINGS ${ONE_PART}
     WITH flows AS (
       SELECT * FROM ${connection.database}.flows
       WHERE feed = ${literal(feed)} AND minute >= fromUnixTimestamp64Milli(${minute_from_ms}, 'UTC')
         AND minute < fromUnixTimestamp64Milli(${minute_to_ms}, 'UTC') AND sensor = ${literal(sensor)} AND sequence = ${sequence}
     )${between}
     SELECT ${columns} FROM (${rollUp.select})`,
  );
}
