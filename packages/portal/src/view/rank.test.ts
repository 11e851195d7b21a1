import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeCenter } from '../../testing/fixtures.ts';
import { barScale, isSurge, rankName } from './rank.ts';

const center = new FakeCenter(Date.UTC(2025, 10, 21));
const { rows } = center.ranking('network', 'ports', null, 20, 'include');
const [row] = rows;

test('rankName: what a person calls it, and the key where nothing is known', () => {
  const text = { ja: '', en: '' };
  assert.deepEqual(rankName('ja', 'ports', row), { name: '23/tcp', detail: 'Telnet' });
  assert.deepEqual(rankName('en', 'countries', { ...row, key: 'JP', label: text }), { name: 'Japan', detail: '' });
  const unknown = { ...row, key: 'unknown', label: { ja: '不明', en: 'unknown' } };
  for (const dimension of ['countries', 'networks'] as const) {
    assert.deepEqual(rankName('ja', dimension, unknown), { name: '不明', detail: '' });
  }
  assert.deepEqual(rankName('en', 'countries', { ...row, key: 'Q1', label: text }), { name: 'Q1', detail: '' });
  assert.equal(rankName('en', 'marks', { ...row, key: 'mirai', label: text }).name, 'Mirai and its heirs');
  assert.equal(rankName('en', 'marks', { ...row, key: 'newcomer', label: text }).name, 'newcomer');
  const repeated = { ...row, key: 'Censys', label: { ja: 'Censys', en: 'Censys' } };
  assert.deepEqual(rankName('en', 'scanners', repeated), { name: 'Censys', detail: '' });
});

test('isSurge: at least doubled, and no trifle', () => {
  assert.equal(isSurge({ ...row, change_percent: 100, share: 0.01 }), true);
  assert.equal(isSurge({ ...row, change_percent: 99.9, share: 0.5 }), false);
  assert.equal(isSurge({ ...row, change_percent: 900, share: 0.009 }), false);
  assert.equal(isSurge({ ...row, change_percent: null, share: 0.5 }), false);
});

test('barScale: one scale for all rows, the period before included', () => {
  const scale = barScale(rows);
  const all = rows.flatMap(({ rate, previous_rate }) => [scale(rate), scale(previous_rate)]);
  assert.equal(Math.max(...all), 1);
  assert.ok(all.every((long) => long >= 0));
  assert.equal(barScale([])(5), 0);
});
