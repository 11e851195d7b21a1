/** What keeps a live sensor from its work, as one sentence for the operator. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  /** `usage`: what was asked makes no sense; `io`: this machine cannot do it. */
  readonly kind: 'usage' | 'io';

  constructor(kind: LiveError['kind'], sentence: string) {
    super(sentence);
    this.kind = kind;
  }
}

/** An error's own words; for states behind a colon. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
