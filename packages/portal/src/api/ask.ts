/** Asking the center: an answer of the expected shape, or a failure that the page can put into words. Never throws. */
import type { Problem } from '@noroshi/wire/api/problem.ts';
import { type Fault, read, type Shape } from './shape.ts';
import { problem } from './shapes.ts';

/** An answer that takes longer counts as none. */
const ANSWER_MS_MAX = 30_000;

export type Failure =
  /** The center said why not. */
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** It answered with an error and no reason. */
  | { readonly kind: 'status'; readonly status: number }
  /** Nothing came back: no network, no center, too slow. */
  | { readonly kind: 'unreachable' }
  /** What came back is not what this page understands. */
  | { readonly kind: 'shape'; readonly fault: Fault };

/** Whether the center understood and has nothing to show. */
export function isNothing(failure: Failure): boolean {
  return failure.kind === 'problem' && failure.problem.status === 404;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** GETs `path`. When `signal` is aborted the failure is `unreachable`: who aborted does not look at it. */
export async function ask<T>(shape: Shape<T>, path: string, signal: AbortSignal, fetch: Fetch): Promise<Answer<T>> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  try {
    const response = await fetch(path, { signal: patience, headers: { accept: 'application/json' } });
    const json = await readJson(response);
    return response.ok ? toAnswer(shape, json) : { ok: false, failure: toFailure(response.status, json) };
  } catch {
    return { ok: false, failure: { kind: 'unreachable' } };
  }
}

/** Undefined for what is not JSON, which has no shape either; the connection's own errors pass through. */
async function readJson(response: Response): Promise<unknown> {
  const body = await response.text();
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function toAnswer<T>(shape: Shape<T>, json: unknown): Answer<T> {
  const result = read(shape, json);
  return result.ok ? result : { ok: false, failure: { kind: 'shape', fault: result.fault } };
}

function toFailure(status: number, json: unknown): Failure {
  const result = read(problem, json);
  return result.ok ? { kind: 'problem', problem: result.value } : { kind: 'status', status };
}
