/** Vectors A … I (telescope.md §2.1.3) through flow rows of one packet each, for both versions of Corsaro; and the police's count. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASS_RESPONSE } from '@noroshi/wire/classify/class.ts';
import { PROTO_ICMP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { corsaro2 } from './corsaro2.ts';
import { corsaro3 } from './corsaro3.ts';
import { npa } from './npa.ts';
import { type Answer, attackOn, binsOf, oursAt, sightingsOf } from './testing/answers.ts';

const VICTIM = '198.41.0.4';

/** Seconds of `count` packets from `from` to `to`. */
function spread(count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
}

/** What each says: packets, seconds and packets a minute of the attack; nothing where it is none. */
const VECTORS: Readonly<Record<string, { times: number[]; v2?: [number, number, number]; v3?: true }>> = {
  A: { times: spread(31, 0, 60), v2: [31, 60, 30], v3: true },
  B: { times: [...spread(29, 0, 58), 61] },
  C: { times: spread(25, 0, 70) },
  D: { times: [...spread(30, 0, 9), 60], v2: [31, 60, 30], v3: true },
  E: { times: [...spread(30, 0, 29), ...spread(30, 180, 209)], v2: [60, 209, 30] },
  F: { times: [...spread(30, 0, 29), ...spread(30, 331, 360)] },
  G: { times: Array.from({ length: 1714 }, (_, index) => index * 2.1) },
  H: { times: spread(31, 5, 65), v2: [31, 60, 30] },
  I: { times: spread(30, 0, 59.9) },
};

function rowsAt(times: readonly number[]): Answer[] {
  return times.map((at_s, index) => ({ at_s, src: VICTIM, dst: oursAt((index % 4096) / 4096), dport: 1024 + index }));
}

for (const [name, { times, v2, v3 }] of Object.entries(VECTORS)) {
  test(`vector ${name}: dos/corsaro2 and dos/corsaro3 over rows`, () => {
    const bins = binsOf(rowsAt(times), 4096, 10);
    const [first] = sightingsOf(corsaro2, bins);
    const [reason] = first?.reasons ?? [];
    const facts = reason?.values;
    assert.deepEqual(facts === undefined ? undefined : [facts.packets, facts.seconds, facts.max_ppm], v2);
    assert.equal(sightingsOf(corsaro3, bins).length > 0 || undefined, v3);
  });
}

test('dos/corsaro2 and dos/corsaro3 take rows of several packets as evenly spread, and quotes as their victim’s', () => {
  const rows: Answer[] = Array.from({ length: 3 }, (_, minute) => ({
    at_s: minute * 60,
    lasts_s: 59,
    packets: 60,
    src: VICTIM,
    dst: oursAt(0.5),
    spread: 5000,
    dport: 2000,
  }));
  const quoting = rows.map((row) => ({
    ...row,
    src: '192.203.230.10',
    proto: PROTO_ICMP,
    icmp: [3, 3] as const,
    quoted: [VICTIM, PROTO_UDP, 53] as const,
  }));
  for (const [some, aspect] of [
    [rows, 'tcp'],
    [quoting, 'udp'],
  ] as const) {
    const two = sightingsOf(corsaro2, binsOf(some, 4096, 6));
    assert.deepEqual([two[0]?.subject.value, two[0]?.figures.packets, two[0]?.figures.max_ppm], [VICTIM, 180, 60]);
    const three = sightingsOf(corsaro3, binsOf(some, 4096, 3));
    assert.deepEqual([three[0]?.subject.value, three[0]?.aspect, three[0]?.figures.max_ppm], [VICTIM, aspect, 60]);
  }
});

test('dos/npa counts every packet of backscatter, by source and day; UDP answers are none', () => {
  const day_s = 86_400;
  const rows: Answer[] = [
    ...attackOn(VICTIM, { rate_ps: 1, to_s: 100 }),
    { at_s: 7000, src: '198.41.0.9', dst: oursAt(0), packets: 3 },
    { at_s: 7000, src: '198.41.0.10', dst: oursAt(0), proto: PROTO_UDP, class: CLASS_RESPONSE },
    { at_s: day_s + 5, src: VICTIM, dst: oursAt(0) },
  ];
  const seen = sightingsOf(npa, binsOf(rows, 4096, 1));
  assert.deepEqual(
    seen.map(({ subject, figures, bin_ms }) => [subject.value, figures.packets, bin_ms - (seen[0]?.bin_ms ?? 0)]),
    [
      [VICTIM, attackOn(VICTIM, { rate_ps: 1, to_s: 100 }).length, 0],
      ['198.41.0.9', 3, 0],
      [VICTIM, 1, day_s * 1000],
    ],
  );
});
