import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countryName, countryOfNumber } from './place.ts';

test('countryName: in both languages, the short form of long names', () => {
  assert.deepEqual([countryName('en', 'JP'), countryName('ja', 'JP')], ['Japan', '日本']);
  assert.deepEqual([countryName('en', 'HK'), countryName('ja', 'HK')], ['Hong Kong', '香港']);
  for (const code of ['unknown', 'ZZ', 'jp', '', '<b>']) assert.equal(countryName('en', code), undefined);
});

test('countryOfNumber: ISO 3166 numbers to letters', () => {
  assert.deepEqual(['392', '840', '004'].map(countryOfNumber), ['JP', 'US', 'AF']);
  for (const id of ['undefined', '', '-99', '39']) assert.equal(countryOfNumber(id), undefined);
});
