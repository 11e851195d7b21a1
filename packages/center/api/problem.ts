/**
 * Every way in which the API says no, as RFC 9457 problems. A detail is a sentence of ours: of what a client sent it repeats
 * at most the names of parameters, and those only when they are plain words.
 */
import type { Problem } from '@noroshi/wire/api/problem.ts';

const KINDS = {
  bad_request: { status: 400, title: 'The request cannot be understood' },
  bad_parameter: { status: 400, title: 'A parameter is wrong' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  no_data: { status: 404, title: 'There is no data for this question' },
  wrong_method: { status: 405, title: 'This address does not take the method' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_type: { status: 415, title: 'The content has an unsupported type' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'A fault of the center' },
  unavailable: { status: 503, title: 'The center cannot answer at present' },
} as const;
export type ProblemKind = keyof typeof KINDS;

/** Seconds after which a client may ask again when nothing better is known. */
export const RETRY_AFTER_S = 5;

/** Ends a request with a problem. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly kind: ProblemKind;
  /** Value of Retry-After; undefined when asking again does not help. */
  readonly retry_after_s: number | undefined;

  constructor(kind: ProblemKind, detail: string, retry_after_s?: number) {
    super(detail);
    this.kind = kind;
    this.retry_after_s = retry_after_s;
  }
}

export function problemOf({ kind, message }: Refused): Problem {
  const { status, title } = KINDS[kind];
  return { type: `urn:noroshi:problem:${kind}`, title, status, detail: message };
}

/** An error of the schema: `path` is the parameter's name. */
export interface Complaint {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params?: unknown;
}

/** The first thing wrong with the parameters: `Cannot answer: parameter limit is not a whole number from 1 to 1000`. */
export function badParameter(complaints: readonly Complaint[]): Refused {
  const complaint = complaints[0];
  if (complaint === undefined) return new Refused('bad_parameter', 'Cannot answer: a parameter is wrong');
  const { instancePath, keyword, message = 'wrong', params } = complaint;
  if (keyword === 'unrecognized_keys') {
    const [key] = (params as { keys?: readonly string[] }).keys ?? [];
    return new Refused('bad_parameter', `Cannot answer: there is no parameter ${wordOf(key ?? '')} here`);
  }
  return new Refused('bad_parameter', `Cannot answer: parameter ${wordOf(instancePath.slice(1))} is ${message}`);
}

/** A name that a client sent, when it is harmless wherever it may be shown. */
function wordOf(name: string): string {
  return /^[\w-]{1,40}$/.test(name) ? name : 'of that name';
}
