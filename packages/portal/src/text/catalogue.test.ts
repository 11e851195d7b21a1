import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { STEPS } from '@noroshi/wire/api/figures.ts';
import { FINDING_STATES } from '@noroshi/wire/api/finding.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import type { Format } from '../api/links.ts';
import type { StreamState } from '../app/stream.svelte.ts';
import { THEMES } from '../app/wishes.ts';
import type { Observed } from '../view/exposure.ts';
import { RECENT_DAYS } from '../view/period.ts';
import { GROUPS } from '../view/classes.ts';
import { PLACES, SECTIONS, SHEETS } from '../view/view.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { type Key, type Message, speaker } from './translate.ts';
import { markName, reasonName } from './words.ts';

const SOURCE = resolve(import.meta.dirname, '..');
const files = globSync('**/*.{ts,svelte}', { cwd: SOURCE }).filter(
  (path) => !/\.test\.ts$|^text\/(en|ja)\.ts$/.test(path),
);
const sources = files.map((path) => readFileSync(join(SOURCE, path), 'utf8'));
const keys = Object.keys(en) as Key[];

/** Names that are put together: what stands before and behind `${…}` in a template. */
const composed = sources.flatMap((source) => [...source.matchAll(/`(?<start>[\w.]*)\$\{[^}]+\}(?<end>[\w.]*)`/g)]);
/** And what may stand in between: words of the lists that those templates go through. */
const RECENT = RECENT_DAYS.map(String);
const STATES = ['joining', 'on', 'lost', 'off'] satisfies StreamState[];
const SPANS = ['minutes', 'hours'] satisfies Observed['unit'][];
const FORMATS = ['csv', 'json'] satisfies Format[];
const words = new Set<string>(
  [FORMATS, SECTIONS, SHEETS, PLACES, GROUPS, FINDING_STATES, FEEDS, STEPS, THEMES, RECENT, STATES, SPANS].flat(),
);

function isUsed(key: string): boolean {
  if (sources.some((source) => source.includes(`'${key}'`))) return true;
  return composed.some(({ groups }) => {
    const [start, end] = [groups?.start ?? '', groups?.end ?? ''];
    const isShaped = key.startsWith(start) && key.endsWith(end) && key.length > start.length + end.length;
    return isShaped && words.has(key.slice(start.length, key.length - end.length));
  });
}

test('catalogues: Japanese and English have the same names, in the same order', () => {
  assert.deepEqual(Object.keys(ja), keys);
});

test('catalogues: every name is used somewhere', () => {
  assert.deepEqual(
    keys.filter((key) => !isUsed(key)),
    [],
  );
});

test('catalogues: both languages fill in the same words, and none is empty', () => {
  const forms = (message: Message): string[] =>
    typeof message === 'string' ? [message] : [message.one, message.other];
  const wordsOf = (message: Message): string[] =>
    [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].toSorted();
  for (const key of keys) {
    assert.deepEqual(wordsOf(ja[key]), wordsOf(en[key]), key);
    for (const text of [...forms(ja[key]), ...forms(en[key])]) assert.notEqual(text.trim(), '', key);
  }
});

test('catalogues: Japanese is in Japanese, with its own brackets', () => {
  const same = keys.filter((key) => typeof ja[key] === 'string' && ja[key] === en[key]);
  assert.deepEqual(same, ['countries.between']);
  for (const key of keys) assert.doesNotMatch(JSON.stringify(ja[key]), /[\u3040-\u9fff][(:]|[)][\u3040-\u9fff]/u, key);
});

test('catalogues: every part of the page has a title', () => {
  for (const section of [...SECTIONS, ...SHEETS]) assert.ok(keys.includes(`${section}.title`));
});

test('speaker: fills in words, writes numbers, and chooses between one and many', () => {
  const say = speaker('en');
  assert.equal(say('exposure.addresses', { n: 1 }), '1 address');
  assert.equal(say('exposure.addresses', { n: 1024 }), '1,024 addresses');
  assert.equal(speaker('ja')('exposure.addresses', { n: 1024 }), '1,024アドレス');
  assert.equal(say('figures.rhythm', { seconds: '9.1' }), 'one every 9.1 seconds');
  assert.equal(say('figures.rhythm', { seconds: '$& {x}' }), 'one every $& {x} seconds');
});

test('words: every mark of wire has a name in both languages, other words stay as they are', () => {
  for (const { name } of MARKS) {
    assert.ok(markName('en', name) !== undefined && markName('ja', name) !== undefined, name);
  }
  assert.equal(markName('en', 'newcomer'), undefined);
  assert.equal(reasonName('en', 'some_new-reason'), 'some new reason');
  assert.equal(reasonName('ja', 'not_ip'), 'IPパケットではない');
});
