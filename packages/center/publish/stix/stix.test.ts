/** Bundles against the OASIS schemas, and against what a telescope may say of whom. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { FINDING_STATES, type FindingShape } from '@noroshi/wire/api/finding.ts';
import fc from 'fast-check';
import { STIX_NAMESPACE, uuidV5 } from '@noroshi/kit/uuid.ts';
import { type StixBundle, stixBundle } from './bundle.ts';
import { COUNT_MAX, PARTS_MAX } from './finding.ts';
import { type Claim, stixValidator, type Validator } from './testing/validator.ts';

const STIX = ['data', 'conformance', 'stix'] as const;
const schemas = needs(sharedFile(...STIX));
/** Made once, for it compiles sixty schemas. */
let made: Validator | undefined;
const check: Validator = (claim) => {
  made ??= stixValidator();
  return made(claim);
};

const finding: FindingShape = {
  id: 'd600e1a2-8463-53f4-a24b-968ffe6762f8',
  feed: 'network',
  detector: 'scan/horizontal',
  detector_version: 1,
  sentence: { ja: '水平スキャン。', en: 'One source asks many of our addresses.' },
  subject: { kind: 'address', value: '198.51.100.3' },
  aspect: 'tcp/23',
  country: 'JP',
  asn: 64_500,
  as_name: 'Example',
  from: '2026-11-21T08:00:00.000Z',
  to: '2026-11-21T08:30:00.000Z',
  first: '2026-11-21T08:00:12.345Z',
  last: '2026-11-21T08:29:59.000Z',
  is_open: false,
  state: 'confirmed',
  confidence: 0.987,
  reasons: [],
  figures: [{ name: 'packets', value: 1234, unit: 'packets', sentence: { ja: '', en: '' } }],
  revision: 3,
};
const bundleOf = (...findings: readonly Partial<FindingShape>[]): StixBundle =>
  stixBundle({
    findings: findings.map((more) => ({ ...finding, ...more })),
    operator: { name: 'Example Operator', contact: 'noc@example.jp' },
    title: 'Findings',
    at: '2026-11-22T00:00:00Z',
  });
const ofType = (bundle: StixBundle, type: string): Claim[] => bundle.objects.filter((object) => object.type === type);
const packets = (value: number): Pick<FindingShape, 'figures'> => ({ figures: [{ ...finding.figures[0], value }] });
const reason = (code: string, values: Record<string, string> = {}): FindingShape['reasons'] => [
  { code, values, sentence: { ja: '', en: 'Because.' } },
];

test('stixValidator says what the vectors of OASIS and its validator say', schemas, () => {
  const vectors = JSON.parse(readFileSync(sharedData(...STIX, 'validator-vectors-2.1.json'), 'utf8')) as {
    readonly expected_valid: boolean;
    readonly object?: Claim;
  }[];
  const counts: Record<string, number> = {};
  for (const { expected_valid, object } of vectors) {
    // Types that others invented have no schema; some vectors are patterns.
    const errors = object === undefined ? undefined : check(object);
    if (errors === undefined || errors.some((error) => error.endsWith('is no type'))) continue;
    const key = `${expected_valid ? 'valid' : 'invalid'}, ${errors.length === 0 ? 'passes' : 'fails'}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  // What passes though it is invalid breaks rules that no schema has: vocabularies, names of custom properties.
  assert.equal(counts['valid, fails'], undefined);
  assert.ok(counts['valid, passes'] >= 99 && counts['invalid, fails'] >= 50, JSON.stringify(counts));
  for (const file of ['indicator-for-c2-ip-address.json', 'threat-reports/poisonivy.json']) {
    const example = JSON.parse(readFileSync(sharedData(...STIX, 'examples', file), 'utf8')) as Claim;
    assert.deepEqual(check(example), []);
    const [first, ...rest] = example.objects as Claim[];
    assert.notDeepEqual(check({ ...example, objects: [{ ...first, created: 'yesterday' }, ...rest] }), []);
  }
});

test('stixValidator finds what is broken in bundles of ours', schemas, () => {
  const bundle = bundleOf({});
  assert.deepEqual(check({ ...bundle }), []);
  for (const [place, object] of bundle.objects.entries()) {
    for (const name of Object.keys(object)) {
      if (!/^(id|type|created|modified|.*_refs?|number_observed|pattern|count|value)$/.test(name)) continue;
      const broken = bundle.objects.map((one, other) => (other === place ? { ...one, [name]: -1 } : one));
      assert.notDeepEqual(check({ ...bundle, objects: broken }), [], `${object.type} without ${name}`);
    }
  }
});

test('stixBundle: a scanner is an indicator that was sighted', schemas, () => {
  const bundle = bundleOf({});
  assert.deepEqual(check({ ...bundle }), []);
  const [indicator] = ofType(bundle, 'indicator');
  assert.equal(indicator.pattern, "[ipv4-addr:value = '198.51.100.3']");
  assert.equal(indicator.confidence, 99);
  const [observed] = ofType(bundle, 'observed-data');
  const [sighting] = ofType(bundle, 'sighting');
  assert.deepEqual(
    [sighting.sighting_of_ref, sighting.count, sighting.observed_data_refs],
    [indicator.id, 1234, [observed.id]],
  );
  assert.equal(ofType(bundle, 'ipv4-addr')[0].id, 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  assert.equal(
    ofType(bundle, 'autonomous-system')[0].id,
    `autonomous-system--${uuidV5(STIX_NAMESPACE, '{"number":64500}')}`,
  );
  const [traffic] = ofType(bundle, 'network-traffic');
  assert.deepEqual([traffic.dst_port, traffic.dst_ref, traffic.protocols], [23, undefined, ['ipv4', 'tcp']]);
  assert.deepEqual(
    ofType(bundle, 'location').map(({ country }) => country),
    ['JP'],
  );
  assert.equal((ofType(bundle, 'report')[0].object_refs as unknown[]).length, bundle.objects.length - 1);
});

test('stixBundle: a victim is observed-data and a note, never an indicator', schemas, () => {
  const bundle = bundleOf({ detector: 'dos/victim', aspect: 'tcp/80', reasons: reason('mirai') });
  assert.deepEqual(check({ ...bundle }), []);
  for (const type of ['indicator', 'sighting', 'malware']) assert.deepEqual(ofType(bundle, type), []);
  assert.match(String(ofType(bundle, 'note')[0].content), /victim of attacks\. It must not be blocked/);
  assert.equal(ofType(bundle, 'network-traffic')[0].src_port, 80);
});

test('stixBundle: a source that may be forged is no indicator', schemas, () => {
  for (const code of ['bogon_src', 'forgeable']) {
    const bundle = bundleOf({ reasons: reason(code) });
    assert.deepEqual(check({ ...bundle }), []);
    for (const type of ['indicator', 'sighting', 'malware']) assert.deepEqual(ofType(bundle, type), [], code);
    assert.equal(ofType(bundle, 'observed-data').length, 1);
  }
});

test('stixBundle: the mark of a bot is malware that the indicator indicates', () => {
  for (const reasons of [reason('mirai'), reason('bot_mark', { tool: 'mirai' })]) {
    const bundle = bundleOf({ reasons });
    const [family] = ofType(bundle, 'malware');
    assert.equal(family.name, 'Mirai');
    const indicates = ofType(bundle, 'relationship').find((one) => one.relationship_type === 'indicates');
    assert.deepEqual([indicates?.source_ref, indicates?.target_ref], [ofType(bundle, 'indicator')[0].id, family.id]);
  }
  assert.deepEqual(ofType(bundleOf({ reasons: reason('tool_mark', { tool: 'zmap_4' }) }), 'malware'), []);
});

test('stixBundle: a research scanner is an identity with a label, and no indicator', schemas, () => {
  const bundle = bundleOf({ reasons: reason('scanner_list', { organisation: 'Example Survey' }) });
  assert.deepEqual(check({ ...bundle }), []);
  assert.deepEqual(ofType(bundle, 'indicator'), []);
  const identity = ofType(bundle, 'identity').find(({ name }) => name === 'Example Survey');
  assert.deepEqual(identity?.labels, ['benign-scanner']);
});

test('stixBundle splits counts that STIX does not take', schemas, () => {
  const counts = (value: number): unknown[] =>
    ofType(bundleOf(packets(value)), 'observed-data').map((one) => one.number_observed);
  assert.deepEqual(counts(COUNT_MAX), [COUNT_MAX]);
  assert.deepEqual(counts(COUNT_MAX + 1), [COUNT_MAX, 1]);
  assert.deepEqual(counts(0), [1]);
  assert.deepEqual(counts(Number.NaN), [1]);
  assert.equal(counts(1e15).length, PARTS_MAX);
  assert.deepEqual(check({ ...bundleOf(packets(3e9)) }), []);
});

test('stixBundle takes back what is claimed no more', () => {
  for (const state of FINDING_STATES) {
    const [indicator] = ofType(bundleOf({ state }), 'indicator');
    assert.equal(indicator.revoked === true, ['refuted', 'duplicate', 'superseded'].includes(state), state);
  }
});

test('stixBundle: subjects that STIX does not know become a note on the operator', schemas, () => {
  const wrong = [
    "1.2.3.4' OR ipv4-addr:value != '",
    'fe80::1%eth0',
    '::1.2.3.4',
    '2001:DB8::1',
    '1.2.3.4/33',
    '',
    '\0',
  ];
  const subjects: FindingShape['subject'][] = [
    { kind: 'telescope', value: '*' },
    { kind: 'port', value: '23/tcp' },
    { kind: 'network', value: 'AS4294967296' },
    ...wrong.map((value) => ({ kind: 'address', value }) as const),
    ...wrong.map((value) => ({ kind: 'prefix', value }) as const),
  ];
  for (const subject of subjects) {
    const bundle = bundleOf({ subject });
    assert.deepEqual(check({ ...bundle }), []);
    assert.deepEqual(
      bundle.objects.map(({ type }) => type),
      ['identity', 'note', 'report'],
      subject.value,
    );
  }
  for (const value of ['198.51.100.0/24', '2001:db8::/32', '::/0']) {
    assert.deepEqual(check({ ...bundleOf({ subject: { kind: 'prefix', value } }) }), []);
  }
  assert.deepEqual(check({ ...bundleOf({ subject: { kind: 'network', value: 'AS64500' } }) }), []);
});

test('stixBundle is valid without findings, and the same for the same', schemas, () => {
  assert.deepEqual(check({ ...bundleOf() }), []);
  const again = { subject: { kind: 'address', value: '2001:db8::1' } } as const;
  assert.deepEqual(bundleOf({}, again), bundleOf({}, again));
  assert.notEqual(bundleOf({}).id, bundleOf({ revision: 4 }).id);
  const ids = (bundle: StixBundle): string[] => ofType(bundle, 'indicator').map(({ id }) => String(id));
  assert.deepEqual(ids(bundleOf({})), ids(bundleOf({ revision: 4, to: '2026-11-21T09:00:00Z' })));
});

/** Texts as attackers write them, and numbers as nobody should. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\0',
    '\ud800',
    "' OR '1'='1",
    '</script>',
    '__proto__',
    '\u202e',
    'x'.repeat(5000),
    '1.2.3.4',
    '::1',
  ),
);
const sentence = fc.record({ ja: hostile, en: hostile });
const time = fc
  .date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const anyFinding: fc.Arbitrary<FindingShape> = fc.record({
  id: fc.oneof(fc.uuid(), hostile),
  feed: fc.constant('network' as const),
  detector: fc.oneof(fc.constantFrom('dos/victim', 'scan/horizontal', 'sources/classes'), hostile),
  detector_version: fc.nat(),
  sentence,
  subject: fc.record({
    kind: fc.constantFrom('address', 'prefix', 'network', 'port', 'telescope'),
    value: fc.oneof(hostile, fc.ipV4(), fc.ipV6(), fc.constantFrom('10.0.0.0/8', 'AS1')),
  }),
  aspect: fc.oneof(hostile, fc.constantFrom('tcp/80', 'udp/99999')),
  country: fc.oneof(hostile, fc.constantFrom('JP', 'unknown')),
  asn: fc.option(fc.oneof(fc.nat(), fc.double())),
  as_name: fc.option(hostile),
  from: time,
  to: time,
  first: time,
  last: time,
  is_open: fc.boolean(),
  state: fc.constantFrom(...FINDING_STATES),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  reasons: fc.array(
    fc.record({
      code: fc.oneof(hostile, fc.constantFrom('mirai', 'scanner_list', 'bot_mark')),
      sentence,
      values: fc.dictionary(hostile, fc.oneof(hostile, fc.double())),
    }),
    { maxLength: 3 },
  ),
  figures: fc.array(
    fc.record({
      name: fc.constantFrom('packets', 'x'),
      value: fc.oneof(fc.double(), fc.nat()),
      unit: hostile,
      sentence,
    }),
    { maxLength: 2 },
  ),
  revision: fc.nat({ max: 1000 }),
});

test('stixBundle is valid whatever findings say, and no victim is an indicator', schemas, () => {
  const property = fc.property(fc.array(anyFinding, { maxLength: 3 }), hostile, (findings, name) => {
    const at = '2026-11-22T00:00:00.000Z';
    // Counts that give a thousand parts are tested above.
    const few = findings.map((one) => ({ ...one, figures: one.figures.filter(({ value }) => !(value > 1e11)) }));
    const bundle = stixBundle({ findings: few, operator: { name, contact: name }, title: name, at });
    const written = JSON.parse(JSON.stringify(bundle)) as Claim;
    assert.deepEqual(written, bundle);
    assert.deepEqual(check(written), []);
    if (few.every(({ detector }) => !detector.startsWith('scan/'))) assert.deepEqual(ofType(bundle, 'indicator'), []);
  });
  fc.assert(property, { numRuns: 150 });
});
