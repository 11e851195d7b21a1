import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countryName, DIMENSION_SOURCES } from './dimensions.ts';

test('countryName: Japanese and English, unknown said so, no name for what is no code', () => {
  assert.deepEqual(countryName('JP'), { ja: '日本', en: 'Japan' });
  assert.deepEqual(countryName('NL'), { ja: 'オランダ', en: 'Netherlands' });
  assert.deepEqual(countryName('unknown'), { ja: '不明', en: 'Unknown' });
  assert.deepEqual(countryName('AA'), { ja: '', en: '' });
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (!/^([A-Z]{2}|unknown)$/.test(text)) assert.deepEqual(countryName(text), { ja: '', en: '' });
    }),
  );
});

test('DIMENSION_SOURCES: keys as they are published, and what they are called', () => {
  const shown = (dimension: keyof typeof DIMENSION_SOURCES, key: string | number, holder = ''): string[] => {
    const source = DIMENSION_SOURCES[dimension];
    return [source.shown(key), source.label(key, holder).en];
  };
  assert.deepEqual(shown('ports', 6 * 65_536 + 445), ['445/tcp', 'smb']);
  assert.deepEqual(shown('ports', 17 * 65_536), ['0/udp', '']);
  assert.deepEqual(shown('networks', 2516, 'KDDI'), ['AS2516', 'KDDI']);
  assert.deepEqual(shown('networks', 0), ['unknown', 'Unknown']);
  assert.deepEqual(shown('victims', '::ffff:192.0.2.1', 'Holder'), ['192.0.2.1', 'Holder']);
  assert.deepEqual(shown('victims', '2001:db8::1'), ['2001:db8::1', '']);
  assert.match(shown('marks', 'mirai')[1], /sequence number/);
  assert.deepEqual(shown('scanners', 'Kite'), ['Kite', '']);
});
