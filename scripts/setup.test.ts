import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { explainFailure, isInstalled } from './setup.mjs';

const LOCK = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a', license: 'MIT' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};
const INSTALLED = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } };

function checkout(t: TestContext, files: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'noroshi-setup-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify({ packages: content }));
  }
  return root;
}

const complete = {
  'package-lock.json': LOCK,
  'node_modules/.package-lock.json': INSTALLED,
  'node_modules/.bin/node': '#!/bin/sh',
};

test('isInstalled: what npm stamped is what the lock file names', (t) => {
  assert.equal(isInstalled(checkout(t, complete)), true);
});

test('isInstalled: absent, interrupted, outdated and altered installs are not', (t) => {
  const { 'node_modules/.bin/node': _, ...withoutNode } = complete;
  const outdated = { 'node_modules/a': { version: '0.9.0', integrity: 'sha512-a' } };
  const altered = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } };
  assert.equal(isInstalled(checkout(t, { 'package-lock.json': LOCK })), false);
  assert.equal(isInstalled(checkout(t, withoutNode)), false);
  assert.equal(isInstalled(checkout(t, { ...complete, 'node_modules/.package-lock.json': '{ "pack' })), false);
  assert.equal(isInstalled(checkout(t, { ...complete, 'node_modules/.package-lock.json': {} })), false);
  assert.equal(isInstalled(checkout(t, { ...complete, 'node_modules/.package-lock.json': outdated })), false);
  assert.equal(isInstalled(checkout(t, { ...complete, 'node_modules/.package-lock.json': altered })), false);
});

test('explainFailure: an unreachable registry is named, anything else in the words of npm', () => {
  const sentence = (output: string): string => explainFailure(output, 'ended with 1');
  assert.equal(
    sentence('npm error code ENOTFOUND\nnpm error network request failed\n'),
    'Cannot install dependencies: the npm registry is unreachable (ENOTFOUND)',
  );
  assert.equal(
    sentence('npm error code ETARGET\nnpm error notarget No matching version\n'),
    'Cannot install dependencies: npm install ended with 1 (notarget No matching version)',
  );
  assert.equal(sentence(''), 'Cannot install dependencies: npm install ended with 1');
});
