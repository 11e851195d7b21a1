import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  addressSeconds,
  conserves,
  DIGESTS_MAX,
  decodeSegment,
  encodeSegment,
  FLAT_KEYS,
  network64Seconds,
  REASONS_MAX,
  SEGMENT_JSON_CHARS_MAX,
  SEGMENT_KEY,
  type Segment,
  SPANS_MAX,
} from './segment.ts';

const minute_ms = 60_000;
const from_ms = 1_700_000_040_000;

const quiet: Segment = {
  version: 1,
  sensor: 'tokyo-1',
  sequence: 0,
  minute_from_ms: from_ms,
  minute_to_ms: from_ms + 5 * minute_ms,
  first_ms: null,
  last_ms: null,
  exposure: [{ from_ms, to_ms: from_ms + 5 * minute_ms, addresses: 256, networks64: 2 }],
  counters: { received: 0, kept: 0, filtered: {}, dropped: {} },
  rows: 0,
  digests: [],
  digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};

const busy: Segment = {
  ...quiet,
  sequence: 41,
  first_ms: from_ms,
  last_ms: from_ms + 299_999,
  exposure: [
    { from_ms, to_ms: from_ms + 30_500, addresses: 256, networks64: 0 },
    { from_ms: from_ms + 60_000, to_ms: from_ms + 61_000, addresses: 128, networks64: 1 },
  ],
  counters: { received: 10, kept: 6, filtered: { own_address: 1, mirror: 1 }, dropped: { spool_full: 2 } },
  rows: 3,
  digests: ['0'.repeat(64), 'ab'.repeat(32)],
};

function failureOf(change: (json: Record<string, unknown>) => void): string | undefined {
  const json = JSON.parse(JSON.stringify(busy)) as Record<string, unknown>;
  change(json);
  const result = decodeSegment({ [SEGMENT_KEY]: JSON.stringify(json) });
  return result.ok ? undefined : result.failure.path;
}

test('encodeSegment and decodeSegment: what is written is what is read', () => {
  for (const segment of [quiet, busy]) {
    assert.deepEqual(decodeSegment(encodeSegment(segment)), { ok: true, segment });
  }
});

test('encodeSegment puts the main figures beside the JSON', () => {
  const keyValue = encodeSegment(busy);
  assert.deepEqual(Object.keys(keyValue), [SEGMENT_KEY, ...FLAT_KEYS]);
  assert.equal(keyValue['noroshi.sensor'], 'tokyo-1');
  assert.equal(keyValue['noroshi.packets_received'], '10');
  assert.equal(keyValue['noroshi.address_seconds'], '7936');
});

test('conserves: received = kept + filtered + dropped', () => {
  assert.equal(conserves(busy.counters), true);
  assert.equal(conserves({ ...busy.counters, received: 11 }), false);
  assert.equal(conserves({ ...busy.counters, dropped: {} }), false);
});

test('addressSeconds and network64Seconds add up the spans', () => {
  assert.equal(addressSeconds(busy.exposure), 256 * 30.5 + 128);
  assert.equal(network64Seconds(busy.exposure), 1);
  assert.equal(addressSeconds([]), 0);
});

const REFUSED: readonly [string, (json: Record<string, unknown>) => void][] = [
  ['version', (json) => (json.version = 2)],
  ['sensor', (json) => (json.sensor = '192.0.2.1')],
  ['sensor', (json) => (json.sensor = '192-0-2-1')],
  ['sensor', (json) => (json.sensor = '2001:db8::1')],
  ['sensor', (json) => (json.sensor = `a${'b'.repeat(63)}`)],
  ['sequence', (json) => (json.sequence = -1)],
  ['sequence', (json) => (json.sequence = 2 ** 53)],
  ['minute_to_ms', (json) => (json.minute_to_ms = from_ms)],
  ['minute_to_ms', (json) => (json.minute_to_ms = from_ms + 1)],
  ['first_ms', (json) => (json.first_ms = from_ms - 1)],
  ['first_ms', (json) => (json.first_ms = null)],
  ['last_ms', (json) => (json.last_ms = null)],
  ['last_ms', (json) => (json.last_ms = from_ms + 5 * minute_ms)],
  ['exposure', (json) => (json.exposure = [...busy.exposure].reverse())],
  ['exposure', (json) => (json.exposure = [{ ...busy.exposure[0], to_ms: from_ms }])],
  ['exposure', (json) => (json.exposure = [{ ...busy.exposure[0], addresses_seen: ['192.0.2.1'] }])],
  ['exposure', (json) => (json.exposure = [{ ...busy.exposure[0], addresses: Number.MAX_SAFE_INTEGER }])],
  ['exposure.addresses', (json) => (json.exposure = [{ ...busy.exposure[0], addresses: '192.0.2.1' }])],
  ['counters', (json) => (json.counters = { ...busy.counters, received: 11 })],
  ['counters', (json) => (json.counters = { ...busy.counters, note: '' })],
  ['counters.kept', (json) => (json.counters = { ...busy.counters, kept: 6.5 })],
  ['counters.filtered', (json) => (json.counters = { ...busy.counters, filtered: { '192.0.2.1': 2 } })],
  ['counters.filtered', (json) => (json.counters = { ...busy.counters, filtered: [1, 1] })],
  ['counters.dropped', (json) => (json.counters = { ...busy.counters, dropped: { spool_full: null } })],
  ['rows', (json) => (json.rows = 0)],
  ['digests', (json) => (json.digests = [])],
  ['digests', (json) => (json.digests = ['AB'.repeat(32)])],
  ['digest', (json) => (json.digest = '')],
  [SEGMENT_KEY, (json) => (json.comment = 'from 192.0.2.1')],
  [SEGMENT_KEY, (json) => delete json.rows],
];

for (const [i, [path, change]] of REFUSED.entries()) {
  test(`decodeSegment refuses a wrong ${path} (${i})`, () => assert.equal(failureOf(change), path));
}

test('decodeSegment gives a segment or a failure for any text', () => {
  assert.equal(
    failureOf(() => {}),
    undefined,
  );
  assert.equal(decodeSegment({}).ok, false);
  assert.equal(decodeSegment({ [SEGMENT_KEY]: `"${'x'.repeat(SEGMENT_JSON_CHARS_MAX)}"` }).ok, false);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !decodeSegment({ [SEGMENT_KEY]: text }).ok));
  const anywhere = fc.record({ key: fc.constantFrom(...Object.keys(busy)), value: fc.jsonValue() });
  fc.assert(
    fc.property(anywhere, ({ key, value }) => {
      const result = decodeSegment({ [SEGMENT_KEY]: JSON.stringify({ ...busy, [key]: value }) });
      if (result.ok) assert.deepEqual(decodeSegment(encodeSegment(result.segment)), result);
    }),
    { numRuns: 1_000 },
  );
});

test('decodeSegment accepts as many spans, reasons and digests as the limits say, and no more', () => {
  const full = (extra: number): Segment => {
    const exposure = Array.from({ length: SPANS_MAX + extra }, (_, i) => {
      return { from_ms: from_ms + i, to_ms: from_ms + i + 1, addresses: 1, networks64: 0 };
    });
    return { ...busy, exposure };
  };
  const reasons = (count: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`reason_${i}`, 1]));
  const counters = (count: number): Segment['counters'] => {
    return { received: 6 + count, kept: 6, filtered: reasons(count), dropped: {} };
  };
  const digests = (count: number): string[] => new Array<string>(count).fill('0'.repeat(64));
  const decode = (segment: Segment): boolean => decodeSegment({ [SEGMENT_KEY]: JSON.stringify(segment) }).ok;
  assert.deepEqual([decode(full(0)), decode(full(1))], [true, false]);
  for (const [count, accepted] of [
    [REASONS_MAX, true],
    [REASONS_MAX + 1, false],
  ] as const) {
    assert.equal(decode({ ...busy, counters: counters(count) }), accepted);
  }
  for (const [count, accepted] of [
    [DIGESTS_MAX, true],
    [DIGESTS_MAX + 1, false],
  ] as const) {
    assert.equal(decode({ ...busy, digests: digests(count) }), accepted);
  }
  encodeSegment({ ...full(0), counters: counters(REASONS_MAX), digests: digests(DIGESTS_MAX) });
});

test('encodeSegment refuses, by name, what decodeSegment would refuse', () => {
  const lost: Segment = { ...busy, counters: { ...busy.counters, received: 12 } };
  assert.throws(() => encodeSegment(lost), /metadata: counters is not received = kept \+ filtered \+ dropped/);
});
