/** What can go wrong between the ledger and its database, as one sentence for people and one word for programs. */

/**
 * `unreachable`: nobody answers; it may come back. `disk_full`: room must be made. `timeout`: it answers too late, or has too much
 * to do. `absent`: there is no such finding. `refused`: what was asked for is not possible, or the database said no; somebody has
 * to look.
 */
export type LedgerErrorKind = 'unreachable' | 'disk_full' | 'timeout' | 'absent' | 'refused';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly kind: LedgerErrorKind;

  constructor(kind: LedgerErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

type State = readonly [kind: LedgerErrorKind, state: string];

/** PostgreSQL's SQLSTATE (its manual, appendix A) and Node's codes, by how they begin. */
const BY_CODE: readonly (readonly [prefix: string, ...State])[] = [
  ['53100', 'disk_full', 'disk is full'],
  ['ENOSPC', 'disk_full', 'disk is full'],
  ['EDQUOT', 'disk_full', 'disk is full'],
  ['53', 'timeout', 'the database has too much to do'],
  ['57014', 'timeout', 'the database took too long'],
  ['40', 'timeout', 'the database gave way to somebody else'],
  ['55P03', 'timeout', 'the database is still at something else'],
  ['57P', 'unreachable', 'it is starting or stopping'],
  ['08', 'unreachable', 'the connection broke'],
  ['28', 'refused', 'it does not know the name or the password'],
  ['3D', 'refused', 'it has no such database'],
  ['ECONNREFUSED', 'unreachable', 'nobody listens at its address'],
  ['ENOENT', 'unreachable', 'nobody listens at its address'],
  ['ENOTFOUND', 'unreachable', 'its name is not known'],
  ['EAI_AGAIN', 'unreachable', 'its name is not known'],
  ['EHOST', 'unreachable', 'there is no way to it'],
  ['ENETUNREACH', 'unreachable', 'there is no way to it'],
  ['ECONNRESET', 'unreachable', 'the connection broke'],
  ['EPIPE', 'unreachable', 'the connection broke'],
  ['ETIMEDOUT', 'timeout', 'the database took too long'],
];

/** What `pg` says without a code, by a piece of the text. */
const BY_TEXT: readonly (readonly [pattern: RegExp, ...State])[] = [
  [/Connection terminated|connection error|not queryable|Client was closed/i, 'unreachable', 'the connection broke'],
  [/timeout/i, 'timeout', 'the database took too long'],
  [/No space left on device/, 'disk_full', 'disk is full'],
];

/**
 * @param action what was being done, e.g. `record what dos/victim saw`; the sentence is `Cannot <action>: <state>`, and for a
 * database that nobody reaches `Cannot reach the ledger's database: <state>`
 */
export function ledgerErrorOf(action: string, error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  const [kind, state] = stateOf(error);
  const doing = kind === 'unreachable' ? "reach the ledger's database" : action;
  return new LedgerError(kind, `Cannot ${doing}: ${state}`, error);
}

function stateOf(error: unknown): State {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  for (const [prefix, kind, state] of BY_CODE) if (code.startsWith(prefix)) return [kind, state];
  for (const [pattern, kind, state] of BY_TEXT) if (pattern.test(message)) return [kind, state];
  return ['refused', message.split('\n', 1)[0] ?? ''];
}
