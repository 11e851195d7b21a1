import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assign } from './assign.ts';

interface Span {
  readonly from_ms: number;
  readonly to_ms: number;
}
const span = (from_ms: number, to_ms: number): Span => ({ from_ms, to_ms });

test('assign: the oldest finding keeps what has grown together', () => {
  const [a, b, c] = [span(0, 2), span(4, 6), span(8, 10)];
  const whole = span(0, 10);
  assert.deepEqual(assign([a, b, c], [whole]), {
    kept: [{ episode: whole, finding: a, joined: [b, c] }],
    vanished: [],
  });
});

test('assign: the first part keeps what has fallen apart', () => {
  const whole = span(0, 10);
  const [a, b] = [span(1, 2), span(8, 9)];
  assert.deepEqual(assign([whole], [a, b]).kept, [
    { episode: a, finding: whole, joined: [] },
    { episode: b, finding: undefined, joined: [] },
  ]);
});

test('assign: a finding whose first part went to another keeps its later one', () => {
  const [a, b] = [span(0, 4), span(5, 10)];
  const [one, two] = [span(0, 7), span(8, 10)];
  assert.deepEqual(assign([a, b], [one, two]), {
    kept: [
      { episode: one, finding: a, joined: [] },
      { episode: two, finding: b, joined: [] },
    ],
    vanished: [],
  });
});

test('assign: touching is not overlapping', () => {
  const finding = span(0, 1);
  const episode = span(1, 2);
  const { kept, vanished } = assign([finding], [episode]);
  assert.deepEqual(kept, [{ episode, finding: undefined, joined: [] }]);
  assert.deepEqual(vanished, [finding]);
});

/** Spans that do not overlap, oldest first. */
const spans = fc.uniqueArray(fc.nat(60), { maxLength: 16 }).map((edges) => {
  const sorted = edges.toSorted((a, b) => a - b);
  return Array.from({ length: sorted.length >> 1 }, (_, place) => span(sorted[2 * place], sorted[2 * place + 1]));
});

test('assign gives every finding one fate, every episode one name, and a name only where they overlap', () => {
  fc.assert(
    fc.property(spans, spans, (findings, episodes) => {
      const { kept, vanished } = assign(findings, episodes);
      assert.deepEqual(
        kept.map(({ episode }) => episode),
        episodes,
      );
      const fates = [...vanished, ...kept.flatMap(({ finding, joined }) => [...(finding ? [finding] : []), ...joined])];
      assert.equal(new Set(fates).size, findings.length);
      assert.equal(fates.length, findings.length);
      const overlaps = (a: Span, b: Span): boolean => a.from_ms < b.to_ms && b.from_ms < a.to_ms;
      for (const { episode, finding, joined } of kept) {
        for (const one of [finding, ...joined]) if (one !== undefined) assert.ok(overlaps(one, episode));
      }
      for (const one of vanished) assert.ok(!episodes.some((episode) => overlaps(one, episode)));
      // A new name only where every finding that it overlaps has gone to an older episode.
      for (const [place, { episode, finding }] of kept.entries()) {
        if (finding !== undefined) continue;
        const older = kept.slice(0, place);
        for (const one of findings.filter((other) => overlaps(other, episode))) {
          assert.ok(older.some((before) => before.finding === one || before.joined.includes(one)));
        }
      }
    }),
  );
});
