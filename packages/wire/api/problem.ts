/** A refusal over HTTP, RFC 9457 (application/problem+json). */
export interface Problem {
  /** `urn:noroshi:problem:<word>`: what programs decide on. */
  readonly type: string;
  /** The same for every problem of that type. */
  readonly title: string;
  readonly status: number;
  /** This occurrence in one sentence; never holds a sensor's address. */
  readonly detail: string;
}

export const PROBLEM_TYPE = 'application/problem+json';
