import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rush } from './rush.ts';

const arrival = (sensor: string, received_at_ms: number) => ({ feed: 'network', sensor, received_at_ms }) as const;

test('Rush: sensors that each send a segment a minute are none, however many they are', () => {
  const rush = new Rush();
  for (let minute = 0; minute < 3; minute++) {
    for (let sensor = 0; sensor < 100; sensor++) {
      const now_ms = minute * 60_000 + sensor * 10;
      rush.hear(arrival(`hill-${sensor}`, now_ms), now_ms);
      assert.equal(rush.isOn(now_ms, true), false);
    }
  }
});

test('Rush: one sensor that sends one segment after the other is one, until two seconds behind the last', () => {
  const rush = new Rush();
  rush.hear(arrival('hill-one', 0), 0);
  assert.equal(rush.isOn(0, false), false);
  rush.hear(arrival('hill-one', 9999), 12_000);
  assert.equal(rush.isOn(13_999, false), true);
  assert.equal(rush.isOn(14_000, false), false);
  rush.hear(arrival('hill-one', 19_999), 20_000);
  assert.equal(rush.isOn(20_000, false), false);
});

test('Rush: goes on while a segment is on its way into the store, however long that takes', () => {
  const rush = new Rush();
  rush.hear(arrival('hill-one', 0), 0);
  assert.equal(rush.isOn(0, true), false, 'storing alone is no rush');
  rush.hear(arrival('hill-one', 1000), 1000);
  assert.equal(rush.isOn(1000, true), true);
  assert.equal(rush.isOn(9000, true), true);
  assert.equal(rush.isOn(10_999, false), true);
  assert.equal(rush.isOn(11_000, false), false);
  assert.equal(rush.isOn(11_001, true), false);
});
