/** The ledger over a database, whichever it is. */
import { ENGINE } from './apply.ts';
import { expireFindings, findFinding, findFindings, readHistory, sightingsOf } from './ask.ts';
import { checkText, isDecision, isFindingId, MEMORY_CHARACTERS_MAX, NAME_CHARACTERS_MAX, refused } from './check.ts';
import type { Database, Query } from './database.ts';
import { LedgerError, ledgerErrorOf } from './error.ts';
import { writeHistory } from './finding-row.ts';
import type { Finding, Ledger } from './ledger.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { record } from './record.ts';

/** Changed findings after which room is given back: some hundred ms of work, once or twice an hour where much is found. */
const MAINTAIN_AFTER = 20_000;

/** Makes the tables, when they are not there. Throws LedgerError. */
export async function ledgerOver(database: Database, maintain_after = MAINTAIN_AFTER): Promise<Ledger> {
  await said("make the ledger's tables", () => migrate(database, MIGRATIONS));
  const { query } = database;
  let changed = 0;
  const maintained = async (ids: readonly string[]): Promise<readonly string[]> => {
    changed += ids.length;
    if (changed >= maintain_after) {
      changed = 0;
      // What was recorded is recorded: that there is no room for this now is for the next report to say.
      await database.maintain?.().catch(() => {});
    }
    return ids;
  };
  return {
    record: (report) =>
      said(`record what ${report.rules.detector} saw`, async () => {
        return maintained(await database.transaction((within) => record(within, report)));
      }),
    findings: (asked) => said('look findings up', () => findFindings(query, asked)),
    finding: (id) => about(id, undefined, () => findFinding(query, id)),
    history: (id) => about(id, [], () => readHistory(query, id)),
    sightings: (id) => about(id, [], () => sightingsOf(query, id)),
    decide: (id, decision) =>
      said('decide on a finding', () => database.transaction((within) => decide(within, id, decision))),
    memory: (key) => said('remember', () => memory(query, key)),
    remember: (key, value) => said('keep in mind', () => remember(query, key, value)),
    expire: (feed, watermark_ms, at_ms) =>
      said('let findings expire', () => database.transaction((within) => expire(within, feed, watermark_ms, at_ms))),
    close: () => said('close the ledger', () => database.close()),
  };
}

async function said<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ledgerErrorOf(action, error);
  }
}

function about<T>(id: string, none: T, work: () => Promise<T>): Promise<T> {
  return isFindingId(id) ? said('look a finding up', work) : Promise.resolve(none);
}

type Decision = Parameters<Ledger['decide']>[1];

async function decide(query: Query, id: string, { state, actor, note, at_ms }: Decision): Promise<Finding> {
  const action = 'decide on a finding';
  if (!isDecision(state)) refused(action, `nobody can decide that it is ${JSON.stringify(state)}`);
  if (!Number.isSafeInteger(at_ms)) refused(action, 'a time is no whole number');
  checkText(action, 'name of who decides', actor, NAME_CHARACTERS_MAX);
  if (actor === '' || actor === ENGINE) refused(action, 'a person decides, by name');
  checkText(action, 'note', note);
  const [row] = isFindingId(id)
    ? await query<{ state: string; confidence: number }>(
        'SELECT state, confidence FROM finding WHERE id = $1::uuid FOR UPDATE',
        [id],
      )
    : [];
  if (row === undefined) throw new LedgerError('absent', `Cannot ${action}: there is none with this identifier`);
  if (row.state === 'superseded') refused(action, 'it is part of another one now');
  await query('UPDATE finding SET state = $2, decided_state = $2, revision = revision + 1 WHERE id = $1::uuid', [
    id,
    state,
  ]);
  await writeHistory(query, [{ finding_id: id, at_ms, actor, state, confidence: row.confidence, note }]);
  const finding = await findFinding(query, id);
  return finding ?? refused(action, 'it is gone');
}

async function expire(query: Query, feed: string, watermark_ms: number, at_ms: number): Promise<number> {
  const expired = await expireFindings(query, feed, watermark_ms);
  const rows = expired.map(({ id, confidence }) => {
    return {
      finding_id: id,
      at_ms,
      actor: ENGINE,
      state: 'expired' as const,
      confidence,
      note: 'its validity has passed',
    };
  });
  await writeHistory(query, rows);
  return rows.length;
}

async function memory(query: Query, key: string): Promise<string | undefined> {
  checkText('remember', 'key', key, NAME_CHARACTERS_MAX);
  const [row] = await query<{ value: string }>('SELECT value FROM memory WHERE key = $1', [key]);
  return row?.value;
}

async function remember(query: Query, key: string, value: string): Promise<void> {
  checkText('keep in mind', 'key', key, NAME_CHARACTERS_MAX);
  checkText('keep in mind', 'value', value, MEMORY_CHARACTERS_MAX);
  await query(
    'INSERT INTO memory (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value',
    [key, value],
  );
}
