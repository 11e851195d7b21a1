import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIGURES, figureDefinitions, figureOf } from './definitions.ts';
import { figuresMarkdown } from './markdown.ts';

test('FIGURES: names are words of their own, every text is there in both languages', () => {
  assert.equal(new Set(FIGURES.map(({ id }) => id)).size, FIGURES.length);
  for (const { id, name, sentence, unit, digits } of FIGURES) {
    assert.match(id, /^[a-z][a-z0-9_]+$/);
    for (const text of [name, sentence, unit]) {
      assert.ok(text.en !== '' && text.ja !== '', id);
      // Tables, CSV and HTML show these texts as they are.
      assert.doesNotMatch(`${text.en}${text.ja}`, /[|<>\n]/, id);
    }
    assert.match(sentence.en, /^[A-Z].*\.$/, id);
    assert.match(sentence.ja, /。$/, id);
    assert.ok(digits >= 0 && digits <= 2);
  }
});

test('FIGURES: SQL is written down in the table and takes nothing from outside', () => {
  for (const { id, sql, hasPlain } of FIGURES) {
    assert.doesNotMatch(sql('all') + sql('plain'), /[{};]|--|flows/, id);
    assert.equal(hasPlain && sql('all') === sql('plain'), false, id);
  }
});

test('figureDefinitions hold what the API shows, and no SQL', () => {
  assert.equal(figureDefinitions.length, FIGURES.length);
  for (const definition of figureDefinitions) {
    const keys = ['id', 'name', 'sentence', 'unit', 'denominator', 'digits', 'is_share', 'steps'];
    assert.deepEqual(Object.keys(definition), keys);
  }
  assert.equal(figureOf('accesses')?.denominator, 'address_day');
  assert.equal(figureOf('nonsense'), undefined);
});

test('figuresMarkdown has every figure twice, in tables whose rows are all as wide as their head', () => {
  const lines = figuresMarkdown().split('\n');
  const cells = (line: string): number => line.replaceAll('\\|', '').split('|').length;
  for (const table of [lines.slice(0, lines.indexOf('')), lines.slice(lines.indexOf('') + 1)]) {
    assert.equal(table.length, FIGURES.length + 2);
    assert.equal(new Set(table.map(cells)).size, 1);
  }
});
