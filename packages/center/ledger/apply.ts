/** Drafts → rows of `finding` and `finding_history`: identifiers, states, revisions. */
import type { FindingState } from '@noroshi/wire/api/finding.ts';
import type { Draft, Drafts, Scope } from './drafts.ts';
import { closesAt_ms, findingId, stateOf } from './episodes.ts';
import { FINDING_COLUMNS, type FindingRow, type HistoryRow, writeFindings, writeHistory } from './finding-row.ts';
import { rowsParameter } from './database.ts';
import { refused } from './check.ts';
import type { Report } from './ledger.ts';

const DAY_MS = 86_400_000;
/** Times that a finding may have grown backwards and been split where it had begun. */
const COPIES_MAX = 100;
export const ENGINE = 'engine';

/** Answers the identifiers of the findings that are new or different. */
export async function applyDrafts(
  scope: Scope,
  { feed, at_ms }: Report,
  watermark_ms: number,
  { kept, vanished }: Drafts,
): Promise<string[]> {
  const rows: FindingRow[] = [];
  const history: HistoryRow[] = [];
  const write = (before: FindingRow | undefined, row: FindingRow, notes: readonly string[]): void => {
    if (before !== undefined && isSame(before, row)) return;
    rows.push({ ...row, revision: before === undefined ? 0 : before.revision + 1 });
    const { id: finding_id, state, confidence } = row;
    if (state !== before?.state || notes.length > 0) {
      history.push({ finding_id, at_ms, actor: ENGINE, state, confidence, note: notes.join('; ') });
    }
  };
  const superseded: (readonly [FindingRow, string])[] = [];
  for (const { draft, id, before } of await named(scope, feed, kept)) {
    const notes = draft.isRevised && before !== undefined ? ['bins came again'] : [];
    if (before === undefined) notes.push('found');
    else if (!before.is_live) notes.push('found again');
    for (const one of draft.joined) notes.push(`took ${one.id} over`);
    for (const one of draft.joined) superseded.push([one, id]);
    write(before, rowOf(scope, watermark_ms, draft, id, before), notes);
  }
  for (const [finding, id] of superseded) {
    const gone = { ...finding, is_live: false, is_open: false, state: 'superseded' as const, superseded_by: id };
    write(finding, gone, [`superseded by ${id}`]);
  }
  for (const finding of vanished) {
    const state = finding.decided_state ?? 'refuted';
    write(finding, { ...finding, is_live: false, is_open: false, state }, ['all its sightings are gone']);
  }
  await writeFindings(scope.query, rows);
  await writeHistory(scope.query, history);
  return rows.map(({ id }) => id);
}

interface Named {
  readonly draft: Draft;
  readonly id: string;
  /** What stands under this identifier now. */
  readonly before: FindingRow | undefined;
}

/** New findings get their identifier; one that was given up and begins in the same bin is found again. */
async function named(scope: Scope, feed: Report['feed'], kept: readonly Draft[]): Promise<Named[]> {
  const done: Named[] = [];
  let open: readonly Draft[] = kept.filter(({ before }) => before === undefined);
  for (const draft of kept) {
    if (draft.before !== undefined) done.push({ draft, id: draft.before.id, before: draft.before });
  }
  for (let copy = 0; open.length > 0; copy++) {
    if (copy === COPIES_MAX) refused(`record what ${scope.rules.detector} saw`, 'its findings have no name left');
    const names = open.map((draft) => {
      const { subject, aspect, episode } = draft;
      const { detector } = scope.rules;
      return { draft, id: findingId({ feed, detector, subject, aspect, from_ms: episode.from_ms }, copy) };
    });
    const found = await findingsBy(
      scope,
      names.map(({ id }) => id),
    );
    done.push(
      ...names.flatMap(({ draft, id }) => (found.get(id)?.is_live ? [] : [{ draft, id, before: found.get(id) }])),
    );
    open = names.flatMap(({ draft, id }) => (found.get(id)?.is_live ? [draft] : []));
  }
  return done;
}

async function findingsBy({ query }: Scope, ids: readonly string[]): Promise<Map<string, FindingRow>> {
  const rows = await query<FindingRow>(
    `SELECT ${FINDING_COLUMNS} FROM json_to_recordset($1::json) AS t(id uuid) JOIN finding AS f ON f.id = t.id
     ORDER BY f.id FOR UPDATE OF f`,
    [rowsParameter(ids.map((id) => ({ id })))],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function rowOf(
  { detector_id, rules }: Scope,
  watermark_ms: number,
  draft: Draft,
  id: string,
  before: FindingRow | undefined,
): FindingRow {
  const { episode, observable_id, aspect } = draft;
  const { from_ms, to_ms, first_ms, last_ms, confidence } = episode;
  const valid_until_ms = to_ms + rules.valid_days * DAY_MS;
  const closes_at_ms = closesAt_ms(rules, to_ms);
  const decided_state = before?.decided_state ?? inherited(draft);
  const isExpired = before?.state === 'expired' && valid_until_ms <= watermark_ms;
  return {
    id,
    detector_id,
    detector_version: rules.version,
    observable_id,
    aspect,
    from_ms,
    to_ms,
    first_ms,
    last_ms,
    is_open: watermark_ms < closes_at_ms,
    closes_at_ms,
    valid_until_ms,
    is_live: true,
    state: isExpired ? 'expired' : (decided_state ?? stateOf(rules, episode)),
    decided_state,
    superseded_by: null,
    confidence,
    reasons: JSON.stringify(episode.reasons),
    figures: JSON.stringify(episode.figures),
    revision: before?.revision ?? 0,
  };
}

/** Confirmed by a person stays so when it becomes part of an older one. What was refuted may have been the smaller part: it does not. */
function inherited({ joined }: Draft): FindingState | null {
  return joined.some(({ decided_state }) => decided_state === 'confirmed') ? 'confirmed' : null;
}

function isSame(a: FindingRow, b: FindingRow): boolean {
  return (Object.keys(a) as (keyof FindingRow)[]).every(
    (name) => name === 'revision' || !(name in b) || a[name] === b[name],
  );
}
