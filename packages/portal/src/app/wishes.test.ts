import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { browserLanguage, remember, remembered } from './wishes.ts';

/** A browser's storage, as far as it is used. */
function storageOf(entries: Record<string, string>): Storage {
  return {
    length: 0,
    clear: () => undefined,
    key: () => null,
    removeItem: () => undefined,
    getItem: (name) => entries[name] ?? null,
    setItem: (name, value) => {
      entries[name] = value;
    },
  };
}

const refuse = (): Storage => {
  throw new Error('refused');
};

test('remembered: what was remembered, the defaults for anything else', () => {
  const entries: Record<string, string> = {};
  const storage = storageOf(entries);
  remember({ theme: 'dark' }, () => storage);
  remember({ language: 'ja' }, () => storage);
  assert.deepEqual(
    remembered(() => storage),
    { theme: 'dark', language: 'ja' },
  );
  const odd = storageOf({ 'noroshi-theme': 'pink', 'noroshi-language': '<b>' });
  assert.deepEqual(
    remembered(() => odd),
    { theme: 'system', language: undefined },
  );
});

test('remembered: a browser that refuses its storage forgets', () => {
  assert.doesNotThrow(() => remember({ theme: 'dark' }, refuse));
  assert.deepEqual(remembered(refuse), { theme: 'system', language: undefined });
});

test('remember: the script before the first paint reads the same names', () => {
  const entries: Record<string, string> = {};
  remember({ theme: 'dark', language: 'ja' }, () => storageOf(entries));
  const early = readFileSync(join(import.meta.dirname, '../../public/early.js'), 'utf8');
  for (const name of Object.keys(entries)) assert.ok(early.includes(`'${name}'`), name);
});

test('browserLanguage: the first that the page has', () => {
  assert.equal(browserLanguage(['de-DE', 'ja-JP', 'en']), 'ja');
  assert.equal(browserLanguage(['en-US', 'ja']), 'en');
  assert.equal(browserLanguage(['jam', 'de']), 'en');
  assert.equal(browserLanguage([]), 'en');
});
