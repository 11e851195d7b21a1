/** One report into the database, within one transaction. */
import { applyDrafts } from './apply.ts';
import { checkReport } from './check.ts';
import { piecesOf, type Query } from './database.ts';
import { draftsOf } from './drafts.ts';
import type { Report } from './ledger.ts';
import { replaceObservations } from './observations.ts';

/** Subjects whose findings are revised at once. */
const SUBJECTS_MAX = 500;

/** Answers the identifiers of the findings that are new, changed or superseded. Throws LedgerError and what the driver throws. */
export async function record(query: Query, report: Report): Promise<string[]> {
  checkReport(report);
  const { id: detector_id, watermark_ms } = await lockDetector(query, report);
  const changed = new Set<string>();
  const changes = await replaceObservations(query, detector_id, report);
  const scope = { query, detector_id, rules: report.rules };
  for (const piece of piecesOf(changes, SUBJECTS_MAX)) {
    const drafts = await draftsOf(scope, piece);
    for (const id of await applyDrafts(scope, report, watermark_ms, drafts)) changed.add(id);
  }
  const closed = await query<{ id: string }>(
    `UPDATE finding SET is_open = false, revision = revision + 1
     WHERE detector_id = $1 AND is_open AND closes_at_ms <= $2 RETURNING id`,
    [detector_id, watermark_ms],
  );
  for (const { id } of closed) changed.add(id);
  return [...changed];
}

/** Whoever records for the same detector and feed waits here. The watermark never goes back. */
async function lockDetector(
  query: Query,
  { feed, rules, watermark_ms }: Report,
): Promise<{ readonly id: number; readonly watermark_ms: number }> {
  const [row] = await query<{ id: number; watermark_ms: number }>(
    `INSERT INTO detector AS d (feed, name, watermark_ms) VALUES ($1, $2, $3)
     ON CONFLICT (feed, name) DO UPDATE SET watermark_ms = greatest(d.watermark_ms, EXCLUDED.watermark_ms)
     RETURNING id, watermark_ms`,
    [feed, rules.detector, watermark_ms],
  );
  return row;
}
