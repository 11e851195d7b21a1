import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STIX_NAMESPACE, uuidV5 } from '@noroshi/kit/uuid.ts';
import fc from 'fast-check';
import { closesAt_ms, episodesOf, findingId } from './episodes.ts';
import type { Rules } from './ledger.ts';
import { observableId } from './observable.ts';
import type { Sighting } from './sighting.ts';
import { MINUTE_MS, RULES, START_MS, sightingAt } from './testing.ts';

const at = (minute: number): number => START_MS + minute * MINUTE_MS;

test('uuidV5 gives the identifiers of RFC 9562, appendix A.4, and of STIX', () => {
  assert.equal(
    uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com'),
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
  assert.equal(uuidV5(STIX_NAMESPACE, 'noroshi finding'), 'd600e1a2-8463-53f4-a24b-968ffe6762f8');
  // The examples of STIX 2.1, §6.9, §6.10, §6.1: their authors made them the same way.
  assert.equal(observableId({ kind: 'address', value: '198.51.100.3' }), '28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  assert.equal(
    observableId({ kind: 'prefix', value: '198.51.100.0/24' }),
    uuidV5(STIX_NAMESPACE, '{"value":"198.51.100.0/24"}'),
  );
  assert.equal(observableId({ kind: 'network', value: 'AS15139' }), uuidV5(STIX_NAMESPACE, '{"number":15139}'));
});

test('observableId tells apart what is not the same', () => {
  const subjects = [
    { kind: 'address', value: '*' },
    { kind: 'telescope', value: '*' },
    { kind: 'network', value: 'AS1' },
    { kind: 'network', value: 'AS12345678901' },
    { kind: 'port', value: 'AS1' },
  ] as const;
  assert.equal(new Set(subjects.map(observableId)).size, subjects.length);
});

test('findingId is the same for the same, and another for whatever else', () => {
  const name = {
    feed: 'replay',
    detector: 'dos/victim',
    subject: { kind: 'address', value: 'a' },
    aspect: 'b',
    from_ms: 1,
  } as const;
  const others = [
    { ...name, feed: 'network' as const },
    { ...name, detector: 'dos/npa' },
    { ...name, subject: { kind: 'prefix' as const, value: 'a' } },
    { ...name, subject: { kind: 'address' as const, value: 'a","b' }, aspect: '' },
    { ...name, aspect: '' },
    { ...name, from_ms: 2 },
  ];
  assert.equal(findingId(name), findingId({ ...name }));
  const ids = [findingId(name), findingId(name, 1), findingId(name, 2), ...others.map((other) => findingId(other))];
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('episodesOf joins bins up to the gap and no further', () => {
  const [one, two, ...more] = episodesOf(RULES, 'replay', [sightingAt(0), sightingAt(6), sightingAt(13)], 0);
  assert.equal(more.length, 0);
  assert.deepEqual([one.from_ms, one.to_ms, two.from_ms], [at(0), at(7), at(13)]);
  const without = { ...RULES, gap_minutes: 0 };
  assert.equal(episodesOf(without, 'replay', [sightingAt(0), sightingAt(1), sightingAt(3)], 0).length, 2);
});

test('episodesOf keeps an episode open until no bin can come that goes on with it', () => {
  const isOpen = (rules: Rules, watermark: number): boolean =>
    episodesOf(rules, 'replay', [sightingAt(0)], at(watermark))[0].is_open;
  assert.deepEqual([isOpen(RULES, 6), isOpen(RULES, 7)], [true, false]);
  const five = { ...RULES, bin_minutes: 5, gap_minutes: 12 };
  // From 8:05 on, bins that begin at 8:05, 8:10 and 8:15 go on with it; the last ends at 8:20.
  assert.equal(closesAt_ms(five, at(5)), at(20));
});

test('episodesOf merges figures by their rules, and unites reasons by their code', () => {
  const [finding] = episodesOf(
    RULES,
    'replay',
    [
      sightingAt(1, {
        confidence: 0.95,
        figures: { packets: 1, ttl: 9, begin: 1, end: 1, nobody: 1 },
        reasons: [{ code: 'b' }],
      }),
      sightingAt(0, {
        figures: { packets: 2, ttl: 5, begin: 0, attack_pps: 7 },
        reasons: [{ code: 'a', values: { n: 1 } }],
      }),
      sightingAt(2, { figures: { ttl: 7, end: 2 }, reasons: [{ code: 'a', values: { n: 2 } }] }),
    ],
    0,
  );
  assert.deepEqual(finding.figures, { packets: 3, attack_pps: 7, ttl: 5, begin: 0, end: 2 });
  assert.deepEqual(finding.reasons, [{ code: 'a', values: { n: 2 } }, { code: 'b' }]);
  assert.deepEqual([finding.confidence, finding.state], [0.95, 'confirmed']);
  assert.deepEqual([finding.first_ms, finding.last_ms], [at(0) + 1000, at(2) + 59_000]);
});

const sighting: fc.Arbitrary<Sighting> = fc
  .record({
    minute: fc.nat(60),
    value: fc.constantFrom('a', 'b'),
    aspect: fc.constantFrom('', 'c'),
    n: fc.double({ noNaN: true, min: 0, max: 1 }),
  })
  .map(({ minute, value, aspect, n }) => {
    const figures = { packets: n, attack_pps: n, ttl: n, begin: n, end: n };
    const subject = { kind: 'address', value } as const;
    return sightingAt(minute, {
      subject,
      aspect,
      confidence: n,
      figures,
      reasons: [{ code: `${minute % 3}`, values: { n } }],
    });
  });
const placeOf = ({ subject, aspect, bin_ms }: Sighting): string => JSON.stringify([subject.value, aspect, bin_ms]);
const sightings = fc.uniqueArray(sighting, { selector: placeOf, maxLength: 60 });

test('episodesOf does not ask in which order sightings come', () => {
  const shuffled = sightings.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, mixed]) => {
      assert.deepEqual(episodesOf(RULES, 'replay', mixed, at(30)), episodesOf(RULES, 'replay', all, at(30)));
    }),
  );
});

test('episodesOf lets the last word on a bin count, as if it had been the only one', () => {
  fc.assert(
    fc.property(sightings, fc.array(sighting, { maxLength: 20 }), (all, again) => {
      const revised = new Map([...all, ...again].map((one) => [placeOf(one), one]));
      const expected = episodesOf(RULES, 'replay', [...revised.values()], at(30));
      assert.deepEqual(episodesOf(RULES, 'replay', [...all, ...again], at(30)), expected);
    }),
  );
});

test('episodesOf covers every sighting once, with gaps greater than allowed between episodes', () => {
  fc.assert(
    fc.property(sightings, (all) => {
      const findings = episodesOf(RULES, 'replay', all, at(30));
      for (const one of all) {
        const its = findings.filter((finding) => {
          const isSame = finding.subject.value === one.subject.value && finding.aspect === one.aspect;
          return isSame && finding.from_ms <= one.bin_ms && one.bin_ms < finding.to_ms;
        });
        assert.equal(its.length, 1);
        assert.ok(its[0].confidence >= one.confidence);
      }
      const sum = all.reduce((total, { figures }) => total + figures.packets, 0);
      const found = findings.reduce((total, { figures }) => total + figures.packets, 0);
      assert.ok(Math.abs(sum - found) < 1e-9);
    }),
  );
});
