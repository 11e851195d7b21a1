import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { markNames, MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import { FLOW_SCHEMA } from '@noroshi/wire/flow/columns.ts';
import type { ColumnData } from '@noroshi/wire/segment/columns.ts';
import { encodeRowGroup } from '@noroshi/wire/segment/parquet.ts';
import { ACTORS } from '../actors/all.ts';
import { Random } from '../craft/random.ts';
import { EVENT_KINDS } from '../truth.ts';
import { ADDRESSES_MAX, addressAt } from './address.ts';
import { FACES } from './face.ts';
import { type Life, rhythm, timeOf, worked } from './life.ts';
import { ROLES } from './roles.ts';
import { Sheet } from './sheet.ts';
import { type RowMinute, type RowOptions, RowWorld } from './world.ts';

const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;

/** Everything a minute says, as plain values. */
function plain(minute: RowMinute): unknown {
  return structuredClone(minute);
}

function minutesOf(options: RowOptions, from: number, to: number): unknown[] {
  const world = new RowWorld(options);
  return Array.from(world.minutes(START_MS + from * MINUTE_MS, START_MS + to * MINUTE_MS), plain);
}

function sum(data: ColumnData): number {
  let total = 0;
  if (data.kind === 'values') for (const value of data.values) total += value;
  return total;
}

test('RowWorld: a minute is the same whoever asks for it, and when', () => {
  const options = { seed: 5, addresses: 256 };
  const whole = minutesOf(options, 100, 130);
  assert.deepEqual(minutesOf(options, 120, 121), [whole[20]]);
  const world = new RowWorld(options);
  for (const _ of world.minutes(START_MS + 3000 * MINUTE_MS, START_MS + 3002 * MINUTE_MS));
  const [again] = Array.from(world.minutes(START_MS + 111 * MINUTE_MS, START_MS + 112 * MINUTE_MS), plain);
  assert.deepEqual(again, whole[11]);
  assert.notDeepEqual(minutesOf({ ...options, seed: 6 }, 120, 121), [whole[20]]);
});

test('RowWorld: packets of events are packets of rows', () => {
  const world = new RowWorld({ seed: 2, addresses: 1024, attacksPerDay: 2000 });
  let packets = 0;
  let rows = 0;
  for (const minute of world.minutes(START_MS, START_MS + 60 * MINUTE_MS)) {
    packets += sum(minute.columns.packets);
    rows += minute.rows;
  }
  const truth = world.truth();
  assert.equal(
    truth.reduce((total, event) => total + event.packets, 0),
    packets,
  );
  assert.ok(rows > 10_000 && rows < packets);
  for (const event of truth) {
    assert.ok(Object.hasOwn(EVENT_KINDS, event.kind));
    assert.ok(event.start <= event.end && event.start >= START_MS / 1000, event.id);
    assert.ok(event.end < START_MS / 1000 + 3600, event.id);
    if (event.kind === 'dos') assert.ok((event.answers ?? 0) <= event.packets && (event.attack_pps ?? 0) > 0);
  }
  assert.equal(new Set(truth.map(({ id }) => id)).size, truth.length);
  world.forget();
  assert.deepEqual(world.truth(), []);
});

test('RowWorld: its columns are those of a segment', () => {
  const world = new RowWorld({ seed: 2, addresses: 64, attacksPerDay: 20_000 });
  for (const minute of world.minutes(START_MS, START_MS + 3 * MINUTE_MS)) {
    assert.deepEqual(Object.keys(minute.columns).toSorted(), FLOW_SCHEMA.map(({ name }) => name).toSorted());
    assert.ok(encodeRowGroup(FLOW_SCHEMA, minute.columns, minute.rows).byteLength > 0);
  }
});

test('RowWorld: refuses telescopes that are none', () => {
  for (const addresses of [0, ADDRESSES_MAX + 1, Number.NaN]) {
    assert.throws(() => new RowWorld({ addresses }), /Cannot simulate rows: .* the limits are 1 and 65536/);
  }
  assert.doesNotThrow(() => new RowWorld({ addresses: ADDRESSES_MAX }));
});

test('RowWorld: an attack is as strong as the truth says', () => {
  const roles = ROLES.filter(({ name }) => name === 'dos-echo');
  const world = new RowWorld({ seed: 4, addresses: 4096, roles, attacksPerDay: 30_000, answers_pm: [20, 200] });
  for (const _ of world.minutes(START_MS, START_MS + 60 * MINUTE_MS));
  const whole = world.truth().filter(({ start, end }) => {
    return start > START_MS / 1000 + 60 && end < START_MS / 1000 + 3500 && end - start > 300;
  });
  assert.ok(whole.length >= 5, `${whole.length} attacks`);
  for (const { start, end, packets, attack_pps = 0 } of whole) {
    const expected = (attack_pps * 4096 * (end - start)) / 2 ** 32;
    assert.ok(Math.abs(packets - expected) < 5 * Math.sqrt(expected), `${packets} packets, ${expected} expected`);
  }
});

test('ROLES: names that the packet simulator has mean the same kind', () => {
  const kinds = new Map(ACTORS.map(({ name, kind }) => [name, kind]));
  const shared = ROLES.filter(({ name }) => kinds.has(name));
  assert.ok(shared.length > 25);
  for (const { name, kind } of shared) assert.equal(kind, kinds.get(name), name);
  assert.equal(new Set(ROLES.map(({ name }) => name)).size, ROLES.length);
});

test('FACES: classes, marks and predicates are those of wire/classify', () => {
  const known = new Set([...MARKS, ...PREDICATES, ...CLASSES].map(({ name }) => name));
  assert.ok(markNames(1).length === 1);
  for (const face of Object.values(FACES)) {
    const names = [face.class, ...face.marks.split(' '), ...face.predicates.split(' ')].filter((name) => name !== '');
    for (const name of names) assert.ok(known.has(name), name);
  }
});

test('Sheet: holds so many rows and no more, and grows on the way', () => {
  const sheet = new Sheet(5000);
  for (let row = 0; row < 5000; row++) assert.equal(sheet.add('reset', row, 1, 80, row, row), row);
  assert.throws(() => sheet.add('reset', 0, 1, 80, 0, 0), /Cannot simulate rows: more than 5000 in a minute/);
  const { packets, first_us } = sheet.columns(START_MS);
  assert.equal(sum(packets), 5000);
  assert.equal(sum(first_us), (4999 * 5000) / 2);
});

test('addressAt: from 25.37.0.0 on', () => {
  assert.deepEqual([addressAt(0) >>> 0, addressAt(257) >>> 0], [0x19250000, 0x19250101]);
});

test('Life: work is done when it is time for it, in pulses too', () => {
  const random = new Random(9);
  const lives: Life[] = [
    { birth_s: 1000, death_s: 5000 },
    { birth_s: 1000, death_s: 5000, pulse_s: [30, 90] },
  ];
  for (const life of lives) {
    const all = worked(life, 0, 10_000);
    assert.ok(Math.abs(all - (life.pulse_s === undefined ? 4000 : 1020)) < 1e-9, String(all));
    for (let turn = 0; turn < 200; turn++) {
      const from_s = 900 + random.unit() * 4000;
      const to_s = from_s + 60;
      if (worked(life, from_s, to_s) < 1e-6) continue;
      const at_s = timeOf(life, from_s, to_s, random.unit());
      assert.ok(at_s >= from_s - 1e-6 && at_s <= to_s + 1e-6 && at_s >= life.birth_s && at_s <= life.death_s + 1e-6);
      assert.ok(worked(life, at_s - 0.01, at_s + 0.01) > 0, 'at work then');
    }
  }
});

test('rhythm: one on average, its peak at 15:00 UTC', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => rhythm(hour * 3600));
  assert.ok(Math.abs(hours.reduce((total, value) => total + value, 0) / 24 - 1) < 1e-9);
  assert.equal(hours.indexOf(Math.max(...hours)), 15);
});
