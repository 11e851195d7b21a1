import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildPortal } from './build.ts';

/** Compressed with gzip: what stands before the first figures, and everything together. */
const FIRST_BYTES_MAX = 68 * 1024;
const ALL_BYTES_MAX = 300 * 1024;

test('buildPortal: builds once for each state of the sources', async () => {
  const { folder } = await buildPortal();
  assert.deepEqual(await buildPortal(), { folder, isNew: false });
});

test('buildPortal: no script and no style in the page itself, and nothing from elsewhere', async () => {
  const { folder } = await buildPortal();
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:|javascript:|data:/);
  for (const [, path] of html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
    assert.equal(globSync(path, { cwd: folder }).length, 1, path);
  }
});

test('buildPortal: small enough for a phone, compressed beside the originals', async () => {
  const { folder } = await buildPortal();
  const sizes = globSync('**/*.gz', { cwd: folder }).map((path) => {
    const bytes = readFileSync(join(folder, path));
    assert.deepEqual(gunzipSync(bytes), readFileSync(join(folder, path.replace(/\.gz$/, ''))));
    return { path, size: bytes.length };
  });
  const sum = (entries: typeof sizes): number => entries.reduce((total, { size }) => total + size, 0);
  assert.ok(sum(sizes.filter(({ path }) => /index/.test(path))) < FIRST_BYTES_MAX);
  assert.ok(sum(sizes) < ALL_BYTES_MAX, `${sum(sizes)} bytes`);
});

test('sources: foreign text never becomes markup', () => {
  const files = globSync('src/**/*.{ts,svelte}', { cwd: import.meta.dirname });
  assert.ok(files.length > 50);
  for (const file of files) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    assert.doesNotMatch(source, /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/, file);
  }
});
