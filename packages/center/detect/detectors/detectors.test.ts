/** What holds for every detector: its name is its file, its words are complete in both languages, its evidence shows no address of ours. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Sentence } from '../../ledger/sighting.ts';
import type { Detector } from '../detector.ts';
import { DETECTORS } from './index.ts';

function isSentence({ ja, en }: Sentence): boolean {
  return ja.trim().length > 0 && en.trim().length > 0 && !ja.includes('undefined') && !en.includes('undefined');
}

const SUBJECTS = [
  { kind: 'address', value: '192.0.2.1' },
  { kind: 'prefix', value: '192.0.2.0/24' },
  { kind: 'network', value: 'AS64500' },
  { kind: 'telescope', value: '*' },
] as const;

function checkEvidence(detector: Detector): void {
  for (const subject of SUBJECTS) {
    for (const aspect of ['', '23/tcp', 'tcp/80', '8/icmp', "x'; DROP TABLE flows; --"]) {
      const { sql, params } = detector.evidence({ feed: 'observed', subject, aspect, from_ms: 0, to_ms: 60_000 });
      // A number of distinct addresses is no address.
      const output = sql.slice(0, sql.search(/\bFROM\b/i)).replaceAll(/\buniqExact\(dst\)/g, '');
      assert.doesNotMatch(output, /\bdst\b|SELECT \*/, 'a sensor’s address would be shown');
      assert.ok(!sql.includes('DROP') && !sql.includes('192.0.2'), 'a value stands in the text of the query');
      for (const [, name] of sql.matchAll(/\{(\w+):/g)) assert.ok(name in params, `no value for ${name}`);
      assert.match(sql, /\bFROM flows\b/);
    }
  }
}

describe('every detector', () => {
  test('has a name of its own', () => {
    assert.equal(new Set(DETECTORS.map(({ id }) => id)).size, DETECTORS.length);
  });

  for (const detector of DETECTORS) {
    test(detector.id, () => {
      assert.ok(existsSync(join(import.meta.dirname, `${detector.id}.ts`)));
      assert.equal(detector.id.split('/')[0], detector.theme);
      assert.ok(isSentence(detector.sentence) && isSentence(detector.confidence));
      assert.ok(detector.references.length > 0);
      for (const { name, where } of detector.references) assert.ok(name !== '' && where !== '');
      for (const sentence of Object.values(detector.reasons)) assert.ok(isSentence(sentence));
      for (const { sentence } of Object.values(detector.figures)) assert.ok(isSentence(sentence));
      assert.equal(detector.block_minutes % detector.bin_minutes, 0, 'blocks are made of whole bins');
      assert.ok(Number.isInteger(detector.version) && detector.version >= 1);
      checkEvidence(detector);
    });
  }
});
