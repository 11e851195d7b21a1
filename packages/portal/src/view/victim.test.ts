import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { Found } from '../../testing/found.ts';
import { attackedSentence, attacksSentence, figureText, paramsText, valuesText } from '../text/sentences.ts';
import { classColumns, groupsOf, shownClasses } from './classes.ts';
import { ticksOf } from './time-frame.ts';
import { bandText, durationText, packetColumns, rateBand, rateText, rounded, stepsOf, whereText } from './victim.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.UTC(2025, 10, 21, 5, 47);
mock.timers.enable({ apis: ['Date'], now: NOW_MS });
const found = new Found(NOW_MS, 'network');
const DAY = { name: '', from_ms: NOW_MS - 24 * 60 * MINUTE_MS, to_ms: NOW_MS, days: 1 };

test('rounded: an estimate keeps three figures', () => {
  assert.deepEqual(
    [184_230, 999_600, 1234, 12.34, 0.0123].map((value) => rounded('en', value)),
    ['184,000', '1,000,000', '1,230', '12.3', '0.0123'],
  );
});

test('rateText, bandText, whereText: what is not known is a dash or nothing', () => {
  const none = { attack_pps: null, attack_pps_low: null, attack_pps_high: null };
  assert.deepEqual([rateText('en', none), bandText('en', none)], ['–', '']);
  assert.equal(bandText('en', { attack_pps: 5, attack_pps_low: 4, attack_pps_high: 7000.4 }), '4.00 – 7,000');
  assert.equal(whereText('en', { asn: null, as_name: null, country: 'unknown' }), '');
  assert.equal(whereText('ja', { asn: 64_500, as_name: 'Ember', country: 'JP' }), 'AS64500 Ember · 日本');
});

test('durationText: two units at most', () => {
  const text = (minutes: number) => durationText('en', 0, minutes * MINUTE_MS);
  assert.deepEqual([0, 59, 60, 200, 1440, 1500, 3000].map(text), [
    '1 min',
    '59 min',
    '1 h',
    '3 h 20 min',
    '1 day',
    '1 day 1 h',
    '2 days 2 h',
  ]);
  assert.equal(durationText('ja', 0, 200 * MINUTE_MS), '3時間20分');
});

test('timeline: every step from the first to the last, gaps where nothing came back', () => {
  const victim = found.victim('198.51.100.77');
  assert.ok(victim);
  const steps = stepsOf(victim);
  assert.deepEqual([steps.length, steps.filter(({ point }) => point === undefined).length], [120, 15]);
  const view = { victim, language: 'en', offset_minutes: 540 } as const;
  const { columns } = packetColumns(view);
  assert.equal(columns[60]?.parts[0], null);
  const band = rateBand(view);
  assert.deepEqual([band?.points.length, band?.points[60]], [120, null]);
  assert.match(band?.pointed(0) ?? '', /^21 Nov 12:46 {2}[\d,]+\n[\d,]+ – [\d,]+$/);
  const ipv6 = found.victim('2001:db8:7:1::50');
  assert.equal(ipv6 && rateBand({ ...view, victim: ipv6 }), undefined);
  assert.deepEqual(stepsOf({ ...victim, timeline: [] }), []);
});

test('ticksOf: a handful of round times, whatever the span', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.constantFrom(1, 5, 60, 1440),
      fc.nat(1e6),
      (count, step, start) => {
        const times = Array.from({ length: count }, (_, index) => (start + index) * step * MINUTE_MS);
        const tick = ticksOf(times, 'en', 540);
        const texts = times.map((_, index) => tick(index)).filter((text) => text !== '');
        const isLong = count * step > 8 * 56 * 1440;
        assert.ok(isLong || texts.length <= 9, String(texts.length));
      },
    ),
  );
  assert.equal(ticksOf([], 'en', 0)(3), '');
});

test('classes: without research scanners shares are of what remains; every packet is in one group', () => {
  const sources = found.sources(DAY);
  const all = shownClasses({ sources, scanners: 'include' });
  const others = shownClasses({ sources, scanners: 'exclude' });
  assert.equal(all.length - others.length, 1);
  for (const rows of [all, others]) {
    const sum = rows.reduce((total, { share_of_packets }) => total + share_of_packets, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  }
  const view = { sources, scanners: 'include', language: 'en', offset_minutes: 0 } as const;
  const { columns } = classColumns(view);
  assert.equal(columns[3]?.parts.length, groupsOf('include').length);
  const packets = (values: readonly (number | null)[] = []): number => {
    return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  };
  assert.equal(packets(columns[3]?.parts), packets(sources.course[3]?.packets));
});

test('sentences: nobody in sight is not called no attack; before the first minute nothing is claimed', () => {
  const quiet = { ...found.victims(true, DAY, 10), total: 0, victims: [] };
  for (const language of ['ja', 'en'] as const) {
    assert.match(attacksSentence(language, quiet, 540, 0), /detection limit|検知限界/);
    assert.match(attackedSentence(language, quiet, 540), /detection limit|検知限界/);
    assert.match(attacksSentence(language, { ...quiet, watermark: null }, 540, 0), /first minute|最初の1分/);
    const late_ms = Date.parse(quiet.watermark ?? '') + 3_600_000;
    assert.match(attacksSentence(language, quiet, 540, late_ms), /still catching up|追いつく途中/);
    const partial = { ...quiet, total: 3, is_complete: false };
    assert.match(attackedSentence(language, partial, 540), /choose a shorter period|期間を短く/);
  }
});

test('figureText, valuesText: numbers as people write them, foreign text as it is', () => {
  assert.deepEqual(
    [1234, 0.0123, 1234.5, null].map((value) => figureText('en', value)),
    ['1,234', '0.0123', '1,235', '–'],
  );
  assert.equal(valuesText('en', { targets: 12, marker: '<b>' }), 'targets = 12, marker = <b>');
  assert.equal(paramsText({ src: '::1', from_ms: 1_795_269_600_000 }), 'src = ::1\nfrom_ms = 1795269600000');
});
