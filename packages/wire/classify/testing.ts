/** Packets built by hand, walked and classified, as names. */
import { LINK_ETHERNET } from '../net/linktype.ts';
import { viewOf, walked } from '../net/testing.ts';
import { CLASSES } from './class.ts';
import { classify, Verdict } from './classify.ts';
import { markNames } from './marks/index.ts';
import { predicateNames } from './predicates.ts';

export interface Named {
  readonly name: string;
  readonly marks: readonly string[];
  readonly predicates: readonly string[];
  readonly servicePort: number;
  readonly clientPort: number;
}

export function classified(bytes: Uint8Array, link = LINK_ETHERNET): Named {
  const verdict = new Verdict();
  classify(verdict, walked(bytes, link), viewOf(bytes));
  const { classCode, marks, predicates, servicePort, clientPort } = verdict;
  return {
    name: CLASSES[classCode].name,
    marks: markNames(marks),
    predicates: predicateNames(predicates),
    servicePort,
    clientPort,
  };
}
