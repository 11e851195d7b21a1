/** What can go wrong between the store and its database, as one sentence for people and one word for programs. */
/**
 * `unreachable`: nobody answers; it may come back. `disk_full`: room must be made. `timeout`: it answers too late, or has too much
 * to do. `refused`: the database understood and said no; somebody has to look.
 */
type StoreErrorKind = 'unreachable' | 'disk_full' | 'refused' | 'timeout';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.kind = kind;
  }
}

type State = readonly [kind: StoreErrorKind, state: string];

/** ClickHouse's errors by number (src/Common/ErrorCodes.cpp); all others are refusals. */
const BY_CODE: Readonly<Record<string, State>> = {
  159: ['timeout', 'the database took too long'], // TIMEOUT_EXCEEDED
  202: ['timeout', 'the database has too much to do'], // TOO_MANY_SIMULTANEOUS_QUERIES
  209: ['timeout', 'the database took too long'], // SOCKET_TIMEOUT
  210: ['unreachable', 'the connection broke'], // NETWORK_ERROR
  241: ['timeout', 'the database has no memory left'], // MEMORY_LIMIT_EXCEEDED
  243: ['disk_full', 'disk is full'], // NOT_ENOUGH_SPACE
  252: ['timeout', 'the database has too much to do'], // TOO_MANY_PARTS
};

/** What Node and its HTTP client say, by a piece of the text. */
const BY_TEXT: readonly (readonly [pattern: RegExp, ...State])[] = [
  [/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/, 'disk_full', 'disk is full'],
  [/ECONNREFUSED/, 'unreachable', 'nobody listens at its address'],
  [/ENOTFOUND|EAI_AGAIN/, 'unreachable', 'its name is not known'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/, 'unreachable', 'there is no way to it'],
  [/ECONNRESET|EPIPE|socket hang up/, 'unreachable', 'the connection broke'],
  [/Timeout error|ETIMEDOUT/, 'timeout', 'the database took too long'],
];

/**
 * @param action what was being done, e.g. `store segment x/12`; the sentence is `Cannot <action>: <state>`, and for a database that
 * nobody reaches `Cannot reach the database: <state>`
 */
export function storeErrorOf(action: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const [kind, state] = stateOf(error);
  return new StoreError(kind, `Cannot ${kind === 'unreachable' ? 'reach the database' : action}: ${state}`, error);
}

function stateOf(error: unknown): State {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  for (const [pattern, kind, state] of BY_TEXT) if (pattern.test(message) || pattern.test(code)) return [kind, state];
  // Not by its class: the embedded engine's client brings a ClickHouseError of its own.
  return BY_CODE[code] ?? ['refused', message.split('\n', 1)[0] ?? ''];
}
