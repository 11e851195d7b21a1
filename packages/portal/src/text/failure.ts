/** Why a part of the page stays empty, in a sentence. */
import type { Failure } from '../api/ask.ts';
import type { Say } from './translate.ts';

/** A problem's own sentence is the center's, in English; it is shown as it is. */
export function failureSentence(say: Say, failure: Failure): string {
  switch (failure.kind) {
    case 'problem':
      return failure.problem.detail;
    case 'status':
      return say('failure.status', { status: String(failure.status) });
    case 'unreachable':
      return say('failure.unreachable');
    case 'shape':
      return say('failure.shape', { path: failure.fault.path, expected: failure.fault.expected });
    default:
      return failure satisfies never;
  }
}
