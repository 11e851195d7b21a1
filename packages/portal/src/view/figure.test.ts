import assert from 'node:assert/strict';
import { test } from 'node:test';
import { direction, figureChange, figureValue, wholeChange } from './figure.ts';

const RATE = { digits: 1, is_share: false };
const SHARE = { digits: 1, is_share: true };

test('figureValue: as many digits as published; of a share, of its percentage', () => {
  assert.equal(figureValue('en', RATE, 5438.31), '5,438.3');
  assert.equal(figureValue('ja', SHARE, 0.3112), '31.1%');
  assert.equal(figureValue('ja', RATE, null), '–');
});

test('wholeChange: as the police print it; of a share in points; nothing without a period before', () => {
  const measured = { value: 5438.3, interval: null, previous: 6531.8, change: -1093.5, change_percent: -16.74 };
  assert.equal(wholeChange('en', RATE, measured), '\u22121,093.5 (\u221216.7%)');
  assert.equal(wholeChange('en', SHARE, { ...measured, change: 0.022 }), '+2.2 points');
  assert.equal(figureChange('ja', SHARE, 0.022), '+2.2ポイント');
  assert.equal(wholeChange('en', RATE, { ...measured, change: null, change_percent: null }), undefined);
  assert.equal(wholeChange('en', RATE, { ...measured, change: 3, change_percent: null }), '+3.0');
});

test('direction: less than a thousandth is level', () => {
  assert.deepEqual([0.06, -0.06, 0.04, null].map(direction), ['up', 'down', 'level', 'level']);
});
