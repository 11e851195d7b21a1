/** The table `finding`: its columns, how rows are read and written, and what of them is a Finding. */
import type { FindingState } from '@noroshi/wire/api/finding.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import { piecesOf, type Query, rowsParameter } from './database.ts';
import type { Finding } from './ledger.ts';
import type { Subject } from './sighting.ts';

/** Rows of one statement. */
export const ROWS_MAX = 1000;

/** As it stands in the database; `reasons` and `figures` are JSON. */
export interface FindingRow {
  readonly id: string;
  readonly detector_id: number;
  readonly detector_version: number;
  readonly observable_id: string;
  readonly aspect: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly is_open: boolean;
  /** From this watermark on it is closed. */
  readonly closes_at_ms: number;
  readonly valid_until_ms: number;
  /** It has sightings, and they are its alone. */
  readonly is_live: boolean;
  readonly state: FindingState;
  /** By a person; stands above the engine's. */
  readonly decided_state: FindingState | null;
  readonly superseded_by: string | null;
  readonly confidence: number;
  readonly reasons: string;
  readonly figures: string;
  readonly revision: number;
}

const TYPES: Readonly<Record<keyof FindingRow, string>> = {
  id: 'uuid',
  detector_id: 'integer',
  detector_version: 'integer',
  observable_id: 'uuid',
  aspect: 'text',
  from_ms: 'bigint',
  to_ms: 'bigint',
  first_ms: 'bigint',
  last_ms: 'bigint',
  is_open: 'boolean',
  closes_at_ms: 'bigint',
  valid_until_ms: 'bigint',
  is_live: 'boolean',
  state: 'text',
  decided_state: 'text',
  superseded_by: 'uuid',
  confidence: 'double precision',
  reasons: 'json',
  figures: 'json',
  revision: 'integer',
};
const COLUMNS = Object.keys(TYPES);

/** For `SELECT … FROM finding AS f`. */
export const FINDING_COLUMNS = COLUMNS.map((name) => {
  return TYPES[name as keyof FindingRow] === 'json' ? `f.${name}::text AS ${name}` : `f.${name}`;
}).join(', ');

const WRITE = `
  INSERT INTO finding (${COLUMNS.join(', ')})
  SELECT ${Object.entries(TYPES)
    .map(([name, type]) => (type === 'json' ? `${name}::json` : name))
    .join(', ')}
  FROM json_to_recordset($1::json)
    AS t(${Object.entries(TYPES)
      .map(([name, type]) => `${name} ${type === 'json' ? 'text' : type}`)
      .join(', ')})
  ON CONFLICT (id) DO UPDATE SET ${COLUMNS.filter((name) => name !== 'id')
    .map((name) => `${name} = EXCLUDED.${name}`)
    .join(', ')}`;

/** Makes rows, or takes their place. */
export async function writeFindings(query: Query, rows: readonly FindingRow[]): Promise<void> {
  for (const piece of piecesOf(rows, ROWS_MAX)) await query(WRITE, [rowsParameter(piece)]);
}

export interface HistoryRow {
  readonly finding_id: string;
  readonly at_ms: number;
  readonly actor: string;
  readonly state: FindingState;
  readonly confidence: number;
  readonly note: string;
}

export async function writeHistory(query: Query, rows: readonly HistoryRow[]): Promise<void> {
  for (const piece of piecesOf(rows, ROWS_MAX)) {
    await query(
      `INSERT INTO finding_history (finding_id, at_ms, actor, state, confidence, note)
       SELECT finding_id, at_ms, actor, state, confidence, note FROM json_to_recordset($1::json) AS t(
         finding_id uuid, at_ms bigint, actor text, state text, confidence double precision, note text)`,
      [rowsParameter(piece)],
    );
  }
}

/** With what other tables say of it. */
export interface FullRow extends FindingRow {
  readonly feed: FeedName;
  readonly detector: string;
  readonly kind: Subject['kind'];
  readonly value: string;
}

export const FULL_COLUMNS = `${FINDING_COLUMNS}, d.feed, d.name AS detector, o.kind, o.value`;
export const FULL_TABLES =
  'finding AS f JOIN detector AS d ON d.id = f.detector_id JOIN observable AS o ON o.id = f.observable_id';

export function findingOf(row: FullRow): Finding {
  return {
    id: row.id,
    feed: row.feed,
    detector: row.detector,
    detector_version: row.detector_version,
    subject: { kind: row.kind, value: row.value },
    aspect: row.aspect,
    from_ms: row.from_ms,
    to_ms: row.to_ms,
    first_ms: row.first_ms,
    last_ms: row.last_ms,
    is_open: row.is_open,
    state: row.state,
    confidence: row.confidence,
    reasons: JSON.parse(row.reasons) as Finding['reasons'],
    figures: JSON.parse(row.figures) as Finding['figures'],
    revision: row.revision,
  };
}
