/** What ledger, detectors and the STIX bundle have to agree about, and do not know of each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FindingShape } from '@noroshi/wire/api/finding.ts';
import { DETECTORS } from './detect/detectors/index.ts';
import { observableId } from './ledger/observable.ts';
import type { Subject } from './ledger/sighting.ts';
import { stixBundle } from './publish/stix/bundle.ts';

const shapeOf = (detector: string, subject: Subject, codes: readonly string[]): FindingShape => ({
  id: 'd600e1a2-8463-53f4-a24b-968ffe6762f8',
  feed: 'network',
  detector,
  detector_version: 1,
  sentence: { ja: '', en: '' },
  subject,
  aspect: 'tcp/80',
  country: 'unknown',
  asn: null,
  as_name: null,
  from: '2026-11-21T08:00:00.000Z',
  to: '2026-11-21T08:30:00.000Z',
  first: '2026-11-21T08:00:12.345Z',
  last: '2026-11-21T08:29:59.000Z',
  is_open: false,
  state: 'confirmed',
  confidence: 1,
  reasons: codes.map((code) => ({ code, sentence: { ja: '', en: '' }, values: {} })),
  figures: [],
  revision: 0,
});
const bundleOf = (finding: FindingShape) =>
  stixBundle({ findings: [finding], operator: { name: 'a' }, title: 'b', at: finding.to });

test('stixBundle makes indicators of scanners alone: no detector of attacks gives one', () => {
  const themes = new Set<string>();
  for (const { id, theme, reasons } of DETECTORS) {
    const codes = Object.keys(reasons);
    for (const value of ['198.51.100.3', '2001:db8::1']) {
      const { objects } = bundleOf(shapeOf(id, { kind: 'address', value }, codes));
      const isIndicated = objects.some(({ type }) => type === 'indicator');
      assert.ok(!isIndicated || theme === 'scan', id);
      assert.ok(!objects.some(({ type }) => type === 'malware') || theme === 'scan', id);
    }
    themes.add(theme);
  }
  assert.ok(themes.has('dos') && themes.has('scan'));
});

test('observableId is the identifier that the STIX bundle gives to the same thing', () => {
  const subjects: Subject[] = [
    { kind: 'address', value: '198.51.100.3' },
    { kind: 'address', value: '2001:db8::1' },
    { kind: 'prefix', value: '198.51.100.0/24' },
    { kind: 'network', value: 'AS64500' },
  ];
  for (const subject of subjects) {
    const { objects } = bundleOf(shapeOf('dos/carpet', subject, []));
    assert.ok(
      objects.some(({ id }) => id.endsWith(`--${observableId(subject)}`)),
      subject.value,
    );
  }
});
