import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simulateToBytes, truthLines } from '@noroshi/simulate/main.ts';
import { readTruth, TruthError } from './truth.ts';

const LINE = '{"kind":"dos","subject":"198.51.100.7","start":1735689600,"end":1735690200}';

test('readTruth: the least that an event needs', () => {
  assert.deepEqual(readTruth(`${LINE}\n\n`), [
    { kind: 'dos', subject: '198.51.100.7', start: 1_735_689_600, end: 1_735_690_200 },
  ]);
});

test('readTruth: so many events and no more', () => {
  assert.equal(readTruth(`${LINE}\n${LINE}`, 2).length, 2);
  assert.throws(() => readTruth(`${LINE}\n${LINE}`, 1), { name: 'TruthError', message: 'line 2: more than 1 events' });
});

test('readTruth: reads what the simulator writes', () => {
  const { truth } = simulateToBytes({ packets: 3000 });
  const events = readTruth([...truthLines(truth)].join('\n'));
  assert.equal(events.length, truth.events.length);
  for (const [index, { kind, subject, start, end, packets }] of truth.events.entries()) {
    const { kind: own, ...rest } = events[index];
    assert.deepEqual([own, rest.subject, rest.start, rest.end, rest.packets], [kind, subject, start, end, packets]);
  }
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['{', /^line 2: no JSON$/],
  ['[]', /^line 2: no JSON object$/],
  ['{"schema":"else/1"}', /^line 2: schema is not "noroshi-truth\/1"$/],
  [LINE.replace('dos', 'constructor'), /^line 2: kind is none of research-scan, /],
  [LINE.replace('198.51.100.7', '198.51.100.700'), /^line 2: subject is no address/],
  [LINE.replace('1735689600', '"now"'), /^line 2: start and end are not both epoch seconds$/],
  [LINE.replace('1735690200', '1735689599'), /^line 2: end lies before start$/],
  [LINE.replace('}', ',"ports":"80"}'), /^line 2: ports is no list of numbers$/],
  [LINE.replace('}', ',"attack_pps":-1}'), /^line 2: attack_pps is no number from 0 on$/],
];

for (const [line, state] of WRONG) {
  test(`readTruth: says what is wrong with ${line.slice(0, 40)}`, () => {
    assert.throws(() => readTruth(`${LINE}\n${line}\n`), { name: 'TruthError', message: state });
  });
}

test('readTruth: any text gives events or a TruthError', () => {
  const json = fc.json().map((text) => text.replaceAll('\n', ' '));
  const mutated = fc
    .tuple(fc.nat(LINE.length), fc.string({ maxLength: 4 }))
    .map(([at, put]) => LINE.slice(0, at) + put + LINE.slice(at + 1));
  fc.assert(
    fc.property(fc.array(fc.oneof(json, mutated, fc.string()), { maxLength: 4 }), (lines) => {
      try {
        for (const { start, end } of readTruth(lines.join('\n'))) assert.ok(start <= end);
      } catch (error) {
        assert.ok(error instanceof TruthError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
