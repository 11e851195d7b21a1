/** Changed observations → what findings should be: the same as episodes.ts makes of all observations at once, at less cost. */
import { assign } from './assign.ts';
import { type Query, rowsParameter } from './database.ts';
import { type Episode, fold } from './episodes.ts';
import { FULL_COLUMNS, type FindingRow, type FullRow } from './finding-row.ts';
import type { Rules } from './ledger.ts';
import { type Change, readObservations, sightingOf } from './observations.ts';
import type { Subject } from './sighting.ts';

const MINUTE_MS = 60_000;

/** Of one detector over one feed. */
export interface Scope {
  readonly query: Query;
  readonly detector_id: number;
  readonly rules: Rules;
}

/** An episode with the finding that it goes on with. */
export interface Draft {
  readonly subject: Subject;
  readonly observable_id: string;
  readonly aspect: string;
  readonly episode: Episode;
  readonly before: FindingRow | undefined;
  /** Findings that are part of it from now on. */
  readonly joined: readonly FindingRow[];
  /** Bins that had been answered are answered differently. */
  readonly isRevised: boolean;
}

export interface Drafts {
  readonly kept: Draft[];
  /** Findings without any sighting left. */
  readonly vanished: FindingRow[];
}

export async function draftsOf(scope: Scope, changes: readonly Change[]): Promise<Drafts> {
  const drafts: Drafts = { kept: [], vanished: [] };
  const before = await findingsInReach(scope, changes);
  const torn: Change[] = [];
  for (const change of changes) {
    const findings = before.get(keyOf(change)) ?? [];
    if (isAppended(scope.rules, change, findings)) append(scope.rules, drafts, change, findings);
    else torn.push(change);
  }
  if (torn.length > 0) await refold(scope, drafts, torn, before);
  return drafts;
}

function keyOf({ observable_id, aspect }: { readonly observable_id: string; readonly aspect: string }): string {
  return `${observable_id} ${aspect}`;
}

/** Live findings that a change may touch, by subject and aspect, oldest first. */
async function findingsInReach(
  { query, detector_id, rules }: Scope,
  changes: readonly Change[],
): Promise<Map<string, FullRow[]>> {
  const gap_ms = rules.gap_minutes * MINUTE_MS;
  const reach = changes.map(({ observable_id, aspect, from_ms, to_ms }) => {
    return { observable_id, aspect, from_ms: from_ms - gap_ms, to_ms: to_ms + gap_ms };
  });
  const rows = await query<FullRow>(
    `SELECT ${FULL_COLUMNS}
     FROM json_to_recordset($2::json) AS t(observable_id uuid, aspect text, from_ms bigint, to_ms bigint)
     JOIN finding AS f ON f.observable_id = t.observable_id AND f.detector_id = $1 AND f.aspect = t.aspect AND f.is_live
       AND f.to_ms >= t.from_ms AND f.from_ms <= t.to_ms
     JOIN detector AS d ON d.id = f.detector_id JOIN observable AS o ON o.id = f.observable_id
     ORDER BY f.from_ms, f.id FOR UPDATE OF f`,
    [detector_id, rowsParameter(reach)],
  );
  const found = new Map<string, FullRow[]>();
  for (const row of rows) {
    const same = found.get(keyOf(row));
    if (same === undefined) found.set(keyOf(row), [row]);
    else same.push(row);
  }
  return found;
}

/** Whether there are but new bins, all behind the one finding in reach: the usual case, and the cheap one. */
function isAppended(rules: Rules, { isRevised, from_ms }: Change, findings: readonly FindingRow[]): boolean {
  if (isRevised || findings.length > 1) return false;
  return findings.every(({ to_ms, detector_version }) => to_ms <= from_ms && detector_version === rules.version);
}

function append(rules: Rules, drafts: Drafts, change: Change, findings: readonly FullRow[]): void {
  const episodes = findings.map(episodeOf);
  for (const sighting of change.added) fold(rules, episodes, sighting);
  draft(drafts, change, findings, episodes, false);
}

function episodeOf({ from_ms, to_ms, first_ms, last_ms, confidence, ...texts }: FindingRow): Episode {
  const reasons = JSON.parse(texts.reasons) as Episode['reasons'];
  const figures = JSON.parse(texts.figures) as Episode['figures'];
  return { from_ms, to_ms, first_ms, last_ms, confidence, reasons, figures };
}

/** Where bins in front of others are different, all observations in reach are added up again. */
async function refold(
  { query, detector_id, rules }: Scope,
  drafts: Drafts,
  changes: readonly Change[],
  before: ReadonlyMap<string, readonly FullRow[]>,
): Promise<void> {
  const stretches = changes.map((change) => {
    const spans = [change, ...(before.get(keyOf(change)) ?? [])];
    const from_ms = Math.min(...spans.map((span) => span.from_ms));
    const to_ms = Math.max(...spans.map((span) => span.to_ms));
    return { observable_id: change.observable_id, aspect: change.aspect, from_ms, to_ms };
  });
  const folded = new Map<string, Episode[]>(changes.map((change) => [keyOf(change), []]));
  for await (const row of readObservations(query, detector_id, stretches)) {
    const episodes = folded.get(keyOf(row));
    if (episodes !== undefined) fold(rules, episodes, sightingOf(row, NOBODY));
  }
  for (const change of changes) {
    draft(drafts, change, before.get(keyOf(change)) ?? [], folded.get(keyOf(change)) ?? [], true);
  }
}

/** Sums do not ask who. */
const NOBODY: Subject = { kind: 'telescope', value: '*' };

function draft(
  drafts: Drafts,
  change: Change,
  findings: readonly FullRow[],
  episodes: readonly Episode[],
  isRevised: boolean,
): void {
  const { kept, vanished } = assign(findings, episodes);
  drafts.vanished.push(...vanished);
  const [known] = findings;
  const subject = change.subject ?? (known && { kind: known.kind, value: known.value });
  // Whose bins are but gone had a finding; should it have none, nothing is left to be found.
  if (subject === undefined) return;
  const { observable_id, aspect } = change;
  for (const { finding: before, joined, episode } of kept) {
    drafts.kept.push({ subject, observable_id, aspect, episode, before, joined, isRevised });
  }
}
