import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeCenter } from '../../testing/fixtures.ts';
import { list, nullable, number, object, oneOf, read, record, text } from './shape.ts';
import * as shapes from './shapes.ts';

const NOW_MS = Date.UTC(2025, 10, 21, 5, 47);

test('read: says where a value differs and what was expected', () => {
  const shape = object<{ name: string; sizes: readonly (number | null)[] }>({
    name: text,
    sizes: list(nullable(number)),
  });
  assert.deepEqual(read(shape, { name: 'x', sizes: [1, null] }), { ok: true, value: { name: 'x', sizes: [1, null] } });
  const cases: readonly (readonly [unknown, string, string])[] = [
    [null, '', 'an object'],
    [[], '', 'an object'],
    [{ name: 1, sizes: [] }, 'name', 'a text'],
    [{ name: 'x' }, 'sizes', 'a list'],
    [{ name: 'x', sizes: [1, '2'] }, 'sizes[1]', 'a number'],
    [{ name: 'x', sizes: [Number.NaN] }, 'sizes[0]', 'a number'],
  ];
  for (const [value, path, expected] of cases) {
    assert.deepEqual(read(shape, value), { ok: false, fault: { path, expected } });
  }
});

test('read: a record has any names, a word is one of a few', () => {
  assert.equal(read(record(number), { a: 1, b: 2 }).ok, true);
  assert.deepEqual(read(record(number), { a: 1, b: 'x' }), { ok: false, fault: { path: 'b', expected: 'a number' } });
  assert.deepEqual(read(oneOf(['a', 'b']), 'c'), { ok: false, fault: { path: '', expected: 'one of a, b' } });
});

test('read: fields that are not named are left alone, so that an older page reads a newer center', () => {
  assert.equal(read(object<{ a: number }>({ a: number }), { a: 1, b: 2 }).ok, true);
});

test('shapes: every answer of the center has its shape, also after the journey as JSON', () => {
  const center = new FakeCenter(NOW_MS, ['network', 'simulation']);
  const journey = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  assert.equal(read(shapes.feedList, journey(center.feedList())).ok, true);
  assert.equal(read(shapes.definitionList, journey(center.definitions())).ok, true);
  assert.equal(read(shapes.summary, journey(center.summary('network', null))).ok, true);
  assert.equal(read(shapes.series, journey(center.series('network', 'accesses', 'hour', null))).ok, true);
  assert.equal(read(shapes.ranking, journey(center.ranking('network', 'ports', null, 10, 'include'))).ok, true);
  assert.equal(read(shapes.conservation, journey(center.conservation('network'))).ok, true);
  assert.equal(read(shapes.liveWindow, journey(center.live('network'))).ok, true);
  const found = center.found('network');
  const period = center.period(null);
  const [finding] = found.findings(new URLSearchParams({ limit: '9' })).findings;
  assert.equal(read(shapes.victims, journey(found.victims(false, period, 9))).ok, true);
  assert.equal(read(shapes.victimDetail, journey(found.victim('198.51.100.77'))).ok, true);
  assert.equal(read(shapes.findings, journey(found.findings(new URLSearchParams({ limit: '9' })))).ok, true);
  assert.equal(read(shapes.findingDetail, journey(found.detail(finding.id))).ok, true);
  assert.equal(read(shapes.sourceClasses, journey(found.sources(period))).ok, true);
  assert.equal(read(shapes.detectors, journey(found.detectors())).ok, true);
});

test('read: any JSON gives a value or a fault', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const shape of Object.values(shapes)) assert.equal(typeof read<unknown>(shape, value).ok, 'boolean');
    }),
  );
});
