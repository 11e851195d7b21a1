/** The table `observation`: one row for what a detector saw of a subject in one bin. */
import { piecesOf, type Query, rowsParameter } from './database.ts';
import { ROWS_MAX } from './finding-row.ts';
import type { Report } from './ledger.ts';
import { observableId } from './observable.ts';
import type { Reason, Sighting, Subject } from './sighting.ts';

/** Rows read at once. */
const PAGE_ROWS = 5000;
const NO_UUID = '00000000-0000-0000-0000-000000000000';
const MINUTE_MS = 60_000;

interface ObservationRow {
  readonly observable_id: string;
  readonly aspect: string;
  readonly bin_ms: number;
  readonly detector_version: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly confidence: number;
  /** JSON, keys in order. */
  readonly reasons: string;
  readonly figures: string;
}

const COLUMNS = `o.observable_id, o.aspect, o.bin_ms, o.detector_version, o.first_ms, o.last_ms, o.confidence,
  o.reasons::text AS reasons, o.figures::text AS figures`;

/** What became different of one subject and aspect. */
export interface Change {
  readonly observable_id: string;
  readonly aspect: string;
  /** Undefined when its bins are only gone: then a finding knows it. */
  readonly subject: Subject | undefined;
  /** Start of the first bin that is different, end of the last. */
  from_ms: number;
  to_ms: number;
  /** Bins that were not there before, oldest first. */
  readonly added: Sighting[];
  /** A bin that was there before is gone or different. */
  isRevised: boolean;
}

/** Puts the report in the place of what was there, and answers what that changed: subjects in the order of their identifiers. */
export async function replaceObservations(query: Query, detector_id: number, report: Report): Promise<Change[]> {
  const told = toldOf(report);
  const { gone, isThere } = await compare(query, detector_id, report, told);
  await removeObservations(query, detector_id, gone);
  const rows = [...told.values()].toSorted((a, b) => a.row.bin_ms - b.row.bin_ms);
  await writeObservables(query, rows);
  await writeObservations(
    query,
    detector_id,
    rows.map(({ row }) => row),
  );
  const changes = new Map<string, Change>();
  const bin_ms = report.rules.bin_minutes * MINUTE_MS;
  for (const { row, sighting } of rows) {
    const change = note(changes, row, sighting.subject, bin_ms);
    if (isThere.has(placeOf(row))) change.isRevised = true;
    else change.added.push(sighting);
  }
  for (const row of gone) note(changes, row, undefined, bin_ms).isRevised = true;
  return [...changes.values()].toSorted((a, b) => (a.observable_id < b.observable_id ? -1 : 1));
}

interface Told {
  readonly sighting: Sighting;
  readonly row: ObservationRow;
}

function toldOf({ rules, sightings }: Report): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const sighting of sightings) {
    const row = rowOf(sighting, rules.version);
    told.set(placeOf(row), { sighting, row });
  }
  return told;
}

function rowOf(sighting: Sighting, detector_version: number): ObservationRow {
  const { subject, aspect, bin_ms, first_ms, last_ms, confidence, reasons, figures } = sighting;
  return {
    observable_id: observableId(subject),
    aspect,
    bin_ms,
    detector_version,
    first_ms,
    last_ms,
    confidence,
    reasons: reasonsText(reasons),
    figures: JSON.stringify(sorted(figures)),
  };
}

/** The same reasons are the same text. */
function reasonsText(reasons: readonly Reason[]): string {
  return JSON.stringify(
    reasons.map(({ code, values }) => (values === undefined ? { code } : { code, values: sorted(values) })),
  );
}

function sorted<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function placeOf({ observable_id, bin_ms, aspect }: ObservationRow): string {
  return `${observable_id} ${bin_ms} ${aspect}`;
}

/** Takes what is there already, unchanged, out of `told`. */
async function compare(
  query: Query,
  detector_id: number,
  { from_ms, to_ms }: Report,
  told: Map<string, Told>,
): Promise<{ readonly gone: ObservationRow[]; readonly isThere: Set<string> }> {
  const gone: ObservationRow[] = [];
  const isThere = new Set<string>();
  let last = { bin_ms: from_ms - 1, observable_id: NO_UUID, aspect: '' };
  for (;;) {
    const page = await query<ObservationRow>(
      `SELECT ${COLUMNS} FROM observation AS o
       WHERE o.detector_id = $1 AND o.bin_ms < $2 AND (o.bin_ms, o.observable_id, o.aspect) > ($3, $4::uuid, $5)
       ORDER BY o.bin_ms, o.observable_id, o.aspect LIMIT ${PAGE_ROWS}`,
      [detector_id, to_ms, last.bin_ms, last.observable_id, last.aspect],
    );
    for (const row of page) {
      const place = placeOf(row);
      const now = told.get(place);
      if (now === undefined) gone.push(row);
      else if (isSame(now.row, row)) told.delete(place);
      else isThere.add(place);
    }
    if (page.length < PAGE_ROWS) return { gone, isThere };
    last = page[page.length - 1];
  }
}

function isSame(a: ObservationRow, b: ObservationRow): boolean {
  if (a.reasons !== b.reasons || a.figures !== b.figures || a.confidence !== b.confidence) return false;
  return a.first_ms === b.first_ms && a.last_ms === b.last_ms && a.detector_version === b.detector_version;
}

function note(changes: Map<string, Change>, row: ObservationRow, subject: Change['subject'], bin_ms: number): Change {
  const { observable_id, aspect } = row;
  const key = `${observable_id} ${aspect}`;
  const end_ms = row.bin_ms + bin_ms;
  const before = changes.get(key);
  if (before !== undefined) {
    before.from_ms = Math.min(before.from_ms, row.bin_ms);
    before.to_ms = Math.max(before.to_ms, end_ms);
    return before;
  }
  const change = { observable_id, aspect, subject, from_ms: row.bin_ms, to_ms: end_ms, added: [], isRevised: false };
  changes.set(key, change);
  return change;
}

async function removeObservations(query: Query, detector_id: number, rows: readonly ObservationRow[]): Promise<void> {
  for (const piece of piecesOf(rows, ROWS_MAX)) {
    await query(
      `DELETE FROM observation AS o
       USING json_to_recordset($2::json) AS t(observable_id uuid, aspect text, bin_ms bigint)
       WHERE o.detector_id = $1 AND o.observable_id = t.observable_id AND o.aspect = t.aspect AND o.bin_ms = t.bin_ms`,
      [detector_id, rowsParameter(piece)],
    );
  }
}

/** In the order of identifiers: two that write at once wait for each other, and not both ways. */
async function writeObservables(query: Query, told: readonly Told[]): Promise<void> {
  const byId = new Map(told.map(({ row, sighting }) => [row.observable_id, sighting.subject]));
  const rows = [...byId].map(([id, { kind, value }]) => ({ id, kind, value }));
  for (const piece of piecesOf(
    rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ROWS_MAX,
  )) {
    await query(
      `INSERT INTO observable (id, kind, value)
       SELECT id, kind, value FROM json_to_recordset($1::json) AS t(id uuid, kind text, value text)
       ON CONFLICT (id) DO NOTHING`,
      [rowsParameter(piece)],
    );
  }
}

async function writeObservations(query: Query, detector_id: number, rows: readonly ObservationRow[]): Promise<void> {
  for (const piece of piecesOf(rows, ROWS_MAX)) {
    await query(
      `INSERT INTO observation (detector_id, observable_id, aspect, bin_ms, detector_version, first_ms, last_ms, confidence,
         reasons, figures)
       SELECT $1, observable_id, aspect, bin_ms, detector_version, first_ms, last_ms, confidence, reasons::json, figures::json
       FROM json_to_recordset($2::json) AS t(observable_id uuid, aspect text, bin_ms bigint, detector_version integer,
         first_ms bigint, last_ms bigint, confidence double precision, reasons text, figures text)
       ON CONFLICT (detector_id, observable_id, aspect, bin_ms) DO UPDATE SET
         detector_version = EXCLUDED.detector_version, first_ms = EXCLUDED.first_ms, last_ms = EXCLUDED.last_ms,
         confidence = EXCLUDED.confidence, reasons = EXCLUDED.reasons, figures = EXCLUDED.figures`,
      [detector_id, rowsParameter(piece)],
    );
  }
}

/** Stretches of subjects whose observations are asked for. */
interface Stretch {
  readonly observable_id: string;
  readonly aspect: string;
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Observations of these stretches, subject by subject, oldest first: page by page. */
export async function* readObservations(
  query: Query,
  detector_id: number,
  stretches: readonly Stretch[],
): AsyncGenerator<ObservationRow> {
  let last = { observable_id: NO_UUID, aspect: '', bin_ms: 0 };
  for (;;) {
    const page = await query<ObservationRow>(
      `SELECT ${COLUMNS}
       FROM json_to_recordset($2::json) AS t(observable_id uuid, aspect text, from_ms bigint, to_ms bigint)
       JOIN observation AS o ON o.detector_id = $1 AND o.observable_id = t.observable_id AND o.aspect = t.aspect
         AND o.bin_ms >= t.from_ms AND o.bin_ms < t.to_ms
       WHERE (o.observable_id, o.aspect, o.bin_ms) > ($3::uuid, $4, $5)
       ORDER BY o.observable_id, o.aspect, o.bin_ms LIMIT ${PAGE_ROWS}`,
      [detector_id, rowsParameter(stretches), last.observable_id, last.aspect, last.bin_ms],
    );
    yield* page;
    if (page.length < PAGE_ROWS) return;
    last = page[page.length - 1];
  }
}

/** Of one subject and aspect, oldest first, at most `rows_max`. */
export async function readSightings(
  query: Query,
  { detector_id, observable_id, aspect, from_ms, to_ms }: Stretch & { readonly detector_id: number },
  subject: Subject,
  rows_max: number,
): Promise<Sighting[]> {
  const rows = await query<ObservationRow>(
    `SELECT ${COLUMNS} FROM observation AS o
     WHERE o.detector_id = $1 AND o.observable_id = $2::uuid AND o.aspect = $3 AND o.bin_ms >= $4 AND o.bin_ms < $5
     ORDER BY o.bin_ms LIMIT $6`,
    [detector_id, observable_id, aspect, from_ms, to_ms, rows_max],
  );
  return rows.map((row) => sightingOf(row, subject));
}

export function sightingOf(row: ObservationRow, subject: Subject): Sighting {
  return {
    subject,
    aspect: row.aspect,
    bin_ms: row.bin_ms,
    first_ms: row.first_ms,
    last_ms: row.last_ms,
    confidence: row.confidence,
    reasons: JSON.parse(row.reasons) as Reason[],
    figures: JSON.parse(row.figures) as Record<string, number>,
  };
}
