import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, isLoopback } from './client.ts';
import { CLIENTS_MAX, RateLimit } from './rate-limit.ts';

test('RateLimit: a minute’s requests at once, then as many as refill, and it says when', () => {
  let now_ms = 0;
  const limit = new RateLimit(60, () => now_ms);
  for (let request = 0; request < 60; request++) assert.equal(limit.take('a'), 0);
  assert.equal(limit.take('a'), 1);
  assert.equal(limit.take('b'), 0, 'another client has its own');
  now_ms = 1000;
  assert.equal(limit.take('a'), 0);
  assert.equal(limit.take('a'), 1);
  now_ms = 500;
  assert.equal(limit.take('a'), 1, 'a clock that steps back gives nothing');
});

test('RateLimit: a slow limit tells the whole wait', () => {
  const limit = new RateLimit(1, () => 0);
  assert.equal(limit.take('a'), 0);
  assert.equal(limit.take('a'), 60);
});

test('RateLimit: at its limit it forgets who was silent longest', () => {
  const limit = new RateLimit(1, () => 0);
  limit.take('first');
  for (let client = 0; client < CLIENTS_MAX - 1; client++) limit.take(`c${client}`);
  assert.equal(limit.take('first'), 60, 'still remembered, and now the last that asked');
  limit.take('one more');
  assert.equal(limit.take('c0'), 0, 'forgotten');
  assert.equal(limit.take('first'), 60);
});

test('clientOf: IPv4 whole, however it is written; IPv6 by its network of 64 bits', () => {
  assert.equal(clientOf('192.0.2.1'), clientOf('::ffff:192.0.2.1'));
  assert.notEqual(clientOf('192.0.2.1'), clientOf('192.0.2.2'));
  assert.equal(clientOf('2001:db8:1:2::1'), clientOf('2001:db8:1:2:ffff::'));
  assert.notEqual(clientOf('2001:db8:1:2::1'), clientOf('2001:db8:1:3::1'));
  assert.equal(clientOf('fe80::1%eth0'), clientOf('fe80::2'));
});

test('isLoopback: of both kinds, and nothing else', () => {
  for (const yes of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) assert.equal(isLoopback(yes), true, yes);
  for (const no of ['128.0.0.1', '::2', '10.0.0.1', '', '1::1', '::7f00:1']) assert.equal(isLoopback(no), false, no);
});
