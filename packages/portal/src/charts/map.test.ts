import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RANKED } from '../../testing/ranked.ts';
import { cutAtDateLine } from './date-line.ts';
import { MAP_HEIGHT, MAP_WIDTH, project } from './projection.ts';
import { LIMITS, shade, SHADES } from './shades.ts';
import { smallPlace } from './small-places.ts';
import { readWorld } from './world.ts';

test('project: the whole width, north up, and areas as they are', () => {
  const [west, east] = [project(-180, 0), project(180, 0)];
  assert.ok(Math.abs(west[0]) < 1e-9 && Math.abs(east[0] - MAP_WIDTH) < 1e-9);
  assert.ok(Math.abs(project(0, 84)[1]) < 1e-9);
  assert.ok(project(0, -57)[1] <= MAP_HEIGHT);
  // Cells of the same extent on the sphere: a thousandth of sin(latitude) high and one degree wide.
  const area = (latitude: number): number => {
    const upper = (Math.asin(Math.sin((latitude * Math.PI) / 180) + 0.001) * 180) / Math.PI;
    const [[x0, y0], [x1], [, y1]] = [project(0, latitude), project(1, latitude), project(0, upper)];
    return (x1 - x0) * (y0 - y1);
  };
  for (const latitude of [-50, -20, 30, 60]) assert.ok(Math.abs(area(latitude) / area(0) - 1) < 0.01, `${latitude}`);
});

test('cutAtDateLine: an outline across the line becomes two, one at each edge, none of them as wide as the map', () => {
  const ring = [
    [170, 10],
    [-170, 10],
    [-170, -10],
    [170, -10],
    [170, 10],
  ];
  const parts = cutAtDateLine(ring);
  assert.deepEqual(
    parts.map((part) => part.map(([longitude]) => longitude)).map((all) => [Math.min(...all), Math.max(...all)]),
    [
      [-180, -170],
      [170, 180],
    ],
  );
  assert.deepEqual(
    cutAtDateLine([
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 1],
    ]).length,
    1,
  );
});

test('cutAtDateLine: nothing lies beyond the edges', () => {
  const point = fc.tuple(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: -80, max: 80, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 12 }), (ring) => {
      for (const part of cutAtDateLine([...ring, ring[0]])) {
        assert.ok(part.every(([longitude]) => Math.abs(longitude) <= 180 + 1e-9));
      }
    }),
  );
});

test('readWorld: every country has a code and lies on the map', () => {
  const world = readWorld();
  // Without Antarctica; three lands have no ISO number of their own.
  assert.equal(world.length, 176);
  assert.equal(world.filter(({ code }) => code === undefined).length, 3);
  for (const { code, outline } of world) {
    const numbers = outline
      .split(/[MLZ ]/)
      .filter((part) => part !== '')
      .map(Number);
    assert.ok(
      numbers.every((value, index) => value >= 0 && value <= (index % 2 === 0 ? MAP_WIDTH : MAP_HEIGHT)),
      code,
    );
  }
});

test('smallPlace: what the map does not draw, and nothing that it does', () => {
  const drawn = new Set(readWorld().map(({ code }) => code));
  for (const code of ['SG', 'HK', 'BH', 'MT', 'MU']) {
    assert.ok(!drawn.has(code) && smallPlace(code) !== undefined, code);
  }
  for (const code of drawn) assert.equal(smallPlace(code ?? ''), undefined, code);
  const missing = RANKED.countries
    .map(([key]) => key)
    .filter((key) => !drawn.has(key) && smallPlace(key) === undefined);
  assert.deepEqual(missing, ['unknown']);
});

test('shade: darker from limit to limit', () => {
  assert.deepEqual([undefined, 0, 1e-9, ...LIMITS, 1].map(shade), [0, 0, 1, 2, 3, 4, 5, SHADES]);
});
