/**
 * What an answer of the center means. Only the center's own words end a segment's waiting: a receipt that names it, or a problem
 * with a `urn:noroshi:problem:` type. Anything else (a proxy's error page, a captive portal that says 200) is trouble that passes.
 */
import type { Problem } from '@noroshi/wire/api/problem.ts';
import type { Receipt } from '@noroshi/wire/api/upload.ts';

export interface Answer {
  readonly status: number;
  /** Value of Retry-After, '' without. */
  readonly retryAfter: string;
  readonly body: string;
}

export type Meaning =
  /** It is stored and durable. */
  | { readonly kind: 'stored'; readonly state: Receipt['state'] }
  /** The center will never take it. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** The center does not accept us: an operator has to look. */
  | { readonly kind: 'forbidden'; readonly sentence: string }
  /** HEAD: it is not there. */
  | { readonly kind: 'absent' }
  /** Try again, not before `pause_ms` has passed. `reason` is the same for every segment that fails for it, the sentence may name one. */
  | { readonly kind: 'trouble'; readonly sentence: string; readonly reason: string; readonly pause_ms: number };

/** Longest pause that a center can ask for. */
export const RETRY_AFTER_MS_MAX = 3_600_000;
const PROBLEM_URN = 'urn:noroshi:problem:';
/** Client errors that pass: request timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

/** The answer to a PUT of this segment. */
export function meaningOfPut(answer: Answer, sensor: string, sequence: number, now_ms: number): Meaning {
  const { status, body } = answer;
  if (status === 200 || status === 201) {
    const receipt = receiptOf(body, sensor, sequence);
    return receipt === undefined
      ? trouble(`the center answered ${status}, but not with a receipt of this segment`)
      : { kind: 'stored', state: receipt.state };
  }
  const problem = problemOf(body);
  if (status === 401 || status === 403) return forbidden(status, problem);
  // A refusal for good does not say when to come again.
  if (status >= 400 && status < 500 && !PASSING.has(status) && pauseOf(answer, now_ms) === 0) {
    return problem === undefined
      ? trouble(`the center answered ${status} without a problem: is it one?`)
      : { kind: 'refused', problem };
  }
  return trouble(sentenceOf(status, problem), pauseOf(answer, now_ms), problem?.type);
}

/** The answer to HEAD of a segment. */
export function meaningOfHead(answer: Answer, now_ms: number): Meaning {
  const { status } = answer;
  if (status === 200) return { kind: 'stored', state: 'duplicate' };
  if (status === 404) return { kind: 'absent' };
  if (status === 401 || status === 403) return forbidden(status, undefined);
  return trouble(sentenceOf(status, undefined), pauseOf(answer, now_ms));
}

/** Seconds, or a date (RFC 9110 §10.2.3); 0 for neither. */
export function pauseOf({ retryAfter }: Pick<Answer, 'retryAfter'>, now_ms: number): number {
  const text = retryAfter.trim();
  const pause_ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now_ms;
  return pause_ms > 0 ? Math.min(pause_ms, RETRY_AFTER_MS_MAX) : 0;
}

function trouble(sentence: string, pause_ms = 0, reason = sentence): Meaning {
  return { kind: 'trouble', sentence, reason, pause_ms };
}

function forbidden(status: number, problem: Problem | undefined): Meaning {
  return { kind: 'forbidden', sentence: sentenceOf(status, problem) };
}

function sentenceOf(status: number, problem: Problem | undefined): string {
  return problem === undefined ? `the center answered ${status}` : `the center answered ${status}: ${problem.detail}`;
}

function receiptOf(body: string, sensor: string, sequence: number): Receipt | undefined {
  const json: Partial<Receipt> | undefined = objectOf(body);
  const isOurs =
    (json?.state === 'stored' || json?.state === 'duplicate') && json.sensor === sensor && json.sequence === sequence;
  return isOurs ? (json as Receipt) : undefined;
}

function problemOf(body: string): Problem | undefined {
  const json: Partial<Problem> | undefined = objectOf(body);
  const isProblem =
    typeof json?.type === 'string' && json.type.startsWith(PROBLEM_URN) && typeof json.detail === 'string';
  return isProblem ? (json as Problem) : undefined;
}

function objectOf(body: string): object | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
