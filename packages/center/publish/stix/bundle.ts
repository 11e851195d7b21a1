/** Findings as a STIX 2.1 bundle (OASIS Standard, 10 June 2021): the same findings at the same time are the same bundle. */
import type { FindingShape } from '@noroshi/wire/api/finding.ts';
import { findingObjects } from './finding.ts';
import { domainObject, type StixObject, stixId, textOf, timeOf, UNCHANGING } from './objects.ts';

export interface StixInput {
  readonly findings: readonly FindingShape[];
  /** Who publishes it: the operator of the sensors. */
  readonly operator: { readonly name: string; readonly contact?: string };
  /** Of the report that gathers them. */
  readonly title: string;
  /** ISO 8601: when the report is published. */
  readonly at: string;
}

export interface StixBundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
}

export const STIX_MEDIA_TYPE = 'application/stix+json;version=2.1';

/** Objects that several findings share are there once. Throws RangeError when a time is none. Cost: as findings. */
export function stixBundle({ findings, operator, title, at }: StixInput): StixBundle {
  const identity = domainObject('identity', ['operator', operator.name], UNCHANGING, {
    name: textOf(operator.name) || 'unknown',
    identity_class: 'organization',
    ...(operator.contact === undefined ? {} : { contact_information: textOf(operator.contact) }),
  });
  const objects = new Map<string, StixObject>([[identity.id, identity]]);
  for (const finding of findings) {
    for (const object of findingObjects(finding, identity)) {
      // Of the same thing the later version stands, and the first of those that are as late.
      const before = objects.get(object.id);
      if (before === undefined || String(before.modified) < String(object.modified)) objects.set(object.id, object);
    }
  }
  const refs = [...objects.keys()];
  const time = timeOf(at);
  const version = { created: time, modified: time };
  const report = domainObject('report', [time, title, ...refs], version, {
    created_by_ref: identity.id,
    name: textOf(title) || 'Findings',
    report_types: ['observed-data'],
    published: time,
    object_refs: refs,
  });
  const all = [...objects.values(), report];
  return { type: 'bundle', id: stixId('bundle', [JSON.stringify(all)]), objects: all };
}
