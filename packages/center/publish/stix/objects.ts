/** STIX 2.1 objects, as far as findings need them, and names that are the same for the same thing. */
import { STIX_NAMESPACE, uuidV5 } from '@noroshi/kit/uuid.ts';

/** One object of a bundle. What its type asks for beyond this is held against the OASIS schemas in the tests. */
export interface StixObject {
  readonly type: string;
  readonly spec_version: '2.1';
  /** `<type>--<uuid>` */
  readonly id: string;
  readonly [property: string]: unknown;
}

/** Of ours, for everything but cyber-observables, which STIX names itself: uuidV5(STIX_NAMESPACE, 'noroshi stix'). */
const NAMESPACE = 'f925b43c-2f48-58d9-bf6e-b49be33c83e6';

/** Of what never changes: operators, places, families. Before the first that was ever published. */
const ALWAYS = '2026-01-01T00:00:00.000Z';

/** Characters of a text from outside. */
const TEXT_CHARACTERS_MAX = 4000;

export interface Versioned {
  readonly created: string;
  readonly modified: string;
}
export const UNCHANGING: Versioned = { created: ALWAYS, modified: ALWAYS };

/** An object of the domain or a relation: named by what it is about. */
export function domainObject(
  type: string,
  name: readonly (string | number)[],
  { created, modified }: Versioned,
  properties: Readonly<Record<string, unknown>>,
): StixObject {
  const id = stixId(type, name);
  return { type, spec_version: '2.1', id, created, modified, ...properties };
}

export function stixId(type: string, name: readonly (string | number)[]): string {
  return `${type}--${uuidV5(NAMESPACE, JSON.stringify([type, ...name]))}`;
}

/** A cyber-observable, named as STIX 2.1 §2.9 says: by what contributes to it, keys in order (RFC 8785). */
export function observable(
  type: string,
  contributing: Readonly<Record<string, unknown>>,
  more: object = {},
): StixObject {
  const sorted = Object.fromEntries(Object.entries(contributing).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const id = `${type}--${uuidV5(STIX_NAMESPACE, JSON.stringify(sorted))}`;
  return { type, spec_version: '2.1', id, ...contributing, ...more };
}

export function relationship(
  verb: string,
  source: StixObject,
  target: StixObject,
  version: Versioned,
  more: Readonly<Record<string, unknown>>,
): StixObject {
  return domainObject('relationship', [verb, source.id, target.id], version, {
    relationship_type: verb,
    source_ref: source.id,
    target_ref: target.id,
    ...more,
  });
}

/** STIX's times: milliseconds, UTC. Throws RangeError when it is no time. */
export function timeOf(iso: string | number): string {
  return new Date(iso).toISOString();
}

/** Controls but tabs and line breaks. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text of others: whole characters, no controls, of a bounded length. */
export function textOf(text: string): string {
  return text.slice(0, TEXT_CHARACTERS_MAX).toWellFormed().replaceAll(CONTROLS, '\ufffd');
}
