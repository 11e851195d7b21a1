/** Every detector over every third-party capture: what is found is what expected.txt says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DETECTORS } from '@noroshi/center/detect/detectors/index.ts';
import {
  CORPUS_LIST,
  corpusFiles,
  corpusFindings,
  difference,
  EXPECTED_FILE,
  expectedText,
} from '@noroshi/cli/evaluate/corpus.ts';
import { needs, sharedFile } from '@noroshi/kit/testing.ts';

test('detectors: find in the corpus what is expected', needs(sharedFile(...CORPUS_LIST)), async () => {
  const found = await corpusFindings(corpusFiles(), DETECTORS);
  assert.deepEqual(found.failures, []);
  assert.ok(found.captures > 1900);
  const changes = difference(readFileSync(EXPECTED_FILE, 'utf8'), expectedText(found, DETECTORS));
  assert.equal(changes.length, 0, `noroshi evaluate --corpus --write accepts this:\n${changes.join('\n')}`);
});

test('difference: lines that went and lines that came, side by side', () => {
  assert.deepEqual(difference('a\nb\nc\n', 'a\nbb\nc\nd\n'), ['- b', '+ bb', '+ d']);
  assert.deepEqual(difference('a\n', 'a\n'), []);
});
