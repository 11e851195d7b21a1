/** The OASIS schemas of STIX 2.1, and what they cannot say: refs that lead somewhere, times in order. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '@noroshi/kit/testing.ts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const FOLDERS = ['common', 'observables', 'sdos', 'sros'] as const;
const BASE = 'http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/schemas';

/** Anything that claims to be a STIX object. */
export type Claim = Readonly<Record<string, unknown>>;

/** Answers what is wrong with a bundle or an object, one line each. */
export type Validator = (claim: Claim) => string[];

export function stixValidator(): Validator {
  const ajv = new Ajv2020({ strict: false, unicodeRegExp: false });
  formats.default(ajv);
  // Nothing of ours has host names.
  ajv.addFormat('idn-hostname', true);
  const byType = new Map<string, string>([['bundle', `${BASE}/common/bundle.json`]]);
  for (const folder of FOLDERS) {
    const path = sharedData('data', 'conformance', 'stix', 'json-schemas', folder);
    for (const file of readdirSync(path)) {
      const schema = JSON.parse(readFileSync(join(path, file), 'utf8')) as { readonly $id: string };
      ajv.addSchema(schema);
      if (folder !== 'common') byType.set(file.replace('.json', ''), schema.$id);
    }
  }
  const checkObject = (claim: Claim): string[] => {
    const id = byType.get(String(claim.type));
    const check = id === undefined ? undefined : (ajv.getSchema(id) as ValidateFunction | undefined);
    if (check === undefined) return [`${String(claim.type)} is no type`];
    const isValid: boolean = check(claim);
    const errors = isValid ? [] : [`${String(claim.id)} ${ajv.errorsText(check.errors)}`];
    return [...errors, ...timeErrors(claim)];
  };
  return (claim) => {
    if (claim.type !== 'bundle') return checkObject(claim);
    const objects = (claim.objects ?? []) as readonly Claim[];
    const listed = objects.filter(({ type }) => !NOT_IN_BUNDLES.has(String(type)));
    return [...checkObject({ ...claim, objects: listed }), ...objects.flatMap(checkObject), ...bundleErrors(objects)];
  };
}

/**
 * Types that bundle.json forgets: they fit both core.json and cyber-observable-core.json there, where exactly one is asked for. The
 * validator of OASIS holds each object against its own schema, and so does this one.
 */
const NOT_IN_BUNDLES = new Set(['grouping', 'incident', 'location', 'note', 'opinion']);

/** First in front of last (STIX 2.1 §3.2, §4.14, §5.2). */
function timeErrors(claim: Claim): string[] {
  const pairs = [
    ['created', 'modified'],
    ['first_observed', 'last_observed'],
    ['first_seen', 'last_seen'],
    ['valid_from', 'valid_until'],
  ];
  return pairs.flatMap(([first, last]) => {
    const [early, late] = [claim[first], claim[last]];
    const isInOrder = typeof early !== 'string' || typeof late !== 'string' || early <= late;
    return isInOrder ? [] : [`${String(claim.id)} ${first} is behind ${last}`];
  });
}

function bundleErrors(objects: readonly Claim[]): string[] {
  const ids = new Set(objects.map(({ id }) => id));
  const errors: string[] = [];
  // Versions of one object may stand side by side (STIX 2.1 §3.6).
  const versions = new Set(objects.map(({ id, modified }) => `${String(id)} ${String(modified)}`));
  if (versions.size !== objects.length) errors.push('two objects are the same version of one');
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      if (!/_refs?$/.test(name)) continue;
      for (const ref of [value].flat()) if (!ids.has(ref)) errors.push(`${String(object.id)} ${name} leads nowhere`);
    }
  }
  return errors;
}
