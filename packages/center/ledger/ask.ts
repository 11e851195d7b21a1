/** Questions to the ledger: findings, newest first, page by page; their sightings and their history. */
import { checkQuery, refused } from './check.ts';
import { type Query, rowsParameter } from './database.ts';
import { FULL_COLUMNS, FULL_TABLES, findingOf, type FullRow } from './finding-row.ts';
import type { Finding, FindingQuery, HistoryEntry } from './ledger.ts';
import { observableId } from './observable.ts';
import { readSightings } from './observations.ts';
import type { Sighting } from './sighting.ts';

/** Of one finding; the newest are left out, and there are hardly ever so many. */
const HISTORY_MAX = 1000;
/** Sightings of one finding: a week of minutes and more. */
const SIGHTINGS_READ_MAX = 20_000;

interface Found {
  readonly findings: readonly Finding[];
  readonly cursor: string | undefined;
}

/** By the beginning, then by the identifier: both stay as they are while a finding grows. */
export async function findFindings(query: Query, asked: FindingQuery): Promise<Found> {
  checkQuery(asked);
  const params: (string | number | boolean)[] = [];
  const $ = (value: string | number | boolean): string => `$${params.push(value)}`;
  const conditions = [`d.feed = ${$(asked.feed)}`, ...conditionsOf(asked, $)];
  const rows = await query<FullRow>(
    `SELECT ${FULL_COLUMNS} FROM ${FULL_TABLES} WHERE ${conditions.join(' AND ')}
     ORDER BY f.from_ms DESC, f.id DESC LIMIT ${$(asked.limit + 1)}`,
    params,
  );
  const findings = rows.slice(0, asked.limit).map(findingOf);
  const last = findings.at(-1);
  const isMore = rows.length > asked.limit && last !== undefined;
  return { findings, cursor: isMore ? `${last.from_ms}_${last.id}` : undefined };
}

function conditionsOf(asked: FindingQuery, $: (value: string | number | boolean) => string): string[] {
  const { from_ms, to_ms, detectors, states, subject, is_open, cursor } = asked;
  const conditions: string[] = [];
  if (from_ms !== undefined) conditions.push(`f.to_ms > ${$(from_ms)}`);
  if (to_ms !== undefined) conditions.push(`f.from_ms < ${$(to_ms)}`);
  if (subject !== undefined) conditions.push(`f.observable_id = ${$(observableId(subject))}::uuid`);
  if (is_open !== undefined) conditions.push(`f.is_open = ${$(is_open)}`);
  if (states !== undefined) conditions.push(`f.state IN (${listed($, states)})`);
  if (detectors !== undefined) {
    // A theme is everything in front of the stroke.
    conditions.push(`(d.name IN (${listed($, detectors)}) OR split_part(d.name, '/', 1) IN (${listed($, detectors)}))`);
  }
  if (cursor !== undefined) {
    const { last_ms, id } = readCursor(cursor);
    conditions.push(`(f.from_ms, f.id) < (${$(last_ms)}, ${$(id)}::uuid)`);
  }
  return conditions;
}

function listed($: (value: string) => string, values: readonly string[]): string {
  return `SELECT json_array_elements_text(${$(JSON.stringify(values))}::json)`;
}

function readCursor(cursor: string): { readonly last_ms: number; readonly id: string } {
  const match = /^(-?\d{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor);
  if (match === null) return refused('look findings up', 'the cursor is none of ours');
  return { last_ms: Number(match[1]), id: match[2] };
}

export async function findFinding(query: Query, id: string): Promise<Finding | undefined> {
  const [row] = await fullRows(query, id);
  return row && findingOf(row);
}

function fullRows(query: Query, id: string): Promise<FullRow[]> {
  return query<FullRow>(`SELECT ${FULL_COLUMNS} FROM ${FULL_TABLES} WHERE f.id = $1::uuid`, [id]);
}

/** Oldest first. */
export function readHistory(query: Query, id: string): Promise<HistoryEntry[]> {
  return query<HistoryEntry & object>(
    `SELECT at_ms, actor, state, confidence, note FROM finding_history
     WHERE finding_id = $1::uuid ORDER BY entry LIMIT ${HISTORY_MAX}`,
    [id],
  );
}

/** What was seen of its subject in its bins, oldest first, at most SIGHTINGS_READ_MAX; none of what became another's. */
export async function sightingsOf(query: Query, id: string): Promise<readonly Sighting[]> {
  const [row] = await fullRows(query, id);
  if (row === undefined || !row.is_live) return [];
  return readSightings(query, row, { kind: row.kind, value: row.value }, SIGHTINGS_READ_MAX);
}

/** Findings of one feed whose validity has passed; a person's refusal stays. Answers them. */
export async function expireFindings(
  query: Query,
  feed: string,
  watermark_ms: number,
): Promise<readonly { readonly id: string; readonly confidence: number }[]> {
  // First the locks, in the order of detectors: whoever records holds them too.
  const detectors = await query<{ id: number }>('SELECT id FROM detector WHERE feed = $1 ORDER BY id FOR UPDATE', [
    feed,
  ]);
  return query<{ id: string; confidence: number }>(
    `UPDATE finding SET state = 'expired', is_open = false, revision = revision + 1
     WHERE detector_id IN (SELECT t.id FROM json_to_recordset($1::json) AS t(id integer))
       AND state IN ('candidate', 'confirmed') AND valid_until_ms <= $2 RETURNING id, confidence`,
    [rowsParameter(detectors), watermark_ms],
  );
}
