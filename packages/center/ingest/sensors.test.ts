import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from './refusals.ts';
import { type Credentials, type KnownSensor, Sensors } from './sensors.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const CERTIFICATE = digest('a certificate');
const LIST: readonly KnownSensor[] = [
  { name: 'tokyo-1', feed: 'network', token_sha256: digest('secret') },
  { name: 'tls-1', feed: 'network', certificate_sha256: CERTIFICATE },
  { name: 'both-1', feed: 'network', certificate_sha256: CERTIFICATE, token_sha256: digest('secret') },
  { name: 'replay-*', feed: 'replay', token_sha256: digest('replay') },
  { name: 'replay-lab-*', feed: 'simulation', token_sha256: digest('lab') },
];
const sensors = new Sensors(LIST);

/** The entry's name, or the refusal's word. */
function admit(name: string, token?: string, certificate_sha256?: string): string {
  const credentials: Credentials = { authorization: token && `Bearer ${token}`, certificate_sha256 };
  try {
    return sensors.authenticate(name, credentials).name;
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.word;
  }
}

test('Sensors admits by token, by certificate, or by both where both are asked for', () => {
  assert.equal(admit('tokyo-1', 'secret'), 'tokyo-1');
  assert.equal(admit('tls-1', undefined, CERTIFICATE), 'tls-1');
  assert.equal(admit('both-1', 'secret', CERTIFICATE), 'both-1');
  assert.equal(admit('both-1', 'secret'), 'wrong_certificate');
  assert.equal(admit('both-1', 'wrong', CERTIFICATE), 'wrong_token');
  assert.equal(admit('tls-1', 'secret', digest('another')), 'wrong_certificate');
  assert.equal(admit('tokyo-1', undefined, CERTIFICATE), 'wrong_token');
});

test('Sensors takes the longest pattern that fits a name', () => {
  assert.equal(admit('replay-mawi', 'replay'), 'replay-*');
  assert.equal(admit('replay-lab-7', 'lab'), 'replay-lab-*');
  assert.equal(admit('replay-lab-7', 'replay'), 'wrong_token');
  for (const name of ['replay-', 'replay', 'Replay-x', 'replay-*', 'replay-x/..', `replay-${'x'.repeat(99)}`]) {
    assert.equal(admit(name, 'replay'), 'unknown_sensor', name);
  }
});

test('Sensors reads the scheme in whatever case, and nothing else', () => {
  const allows = (authorization: string): boolean => {
    try {
      return sensors.authenticate('tokyo-1', { authorization, certificate_sha256: undefined }).name !== '';
    } catch {
      return false;
    }
  };
  assert.ok(allows('bearer secret'));
  for (const text of ['secret', 'Basic secret', 'Bearer', 'Bearer ', 'Bearer  secret', 'Bearer secret ', '']) {
    assert.ok(!allows(text), text);
  }
});

test('Sensors admits no other token and no other name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, token) => {
      fc.pre(!(token === 'replay' && name.startsWith('replay-')));
      assert.match(admit(name, token), /^(unknown_sensor|wrong_token|wrong_certificate)$/);
      if (token !== 'secret') assert.equal(admit('tokyo-1', token), 'wrong_token');
    }),
  );
});

test('Sensors refuses entries that would let anybody in', () => {
  const entry = (more: Partial<KnownSensor>): KnownSensor => ({
    name: 'x',
    feed: 'network',
    token_sha256: digest('y'),
    ...more,
  });
  for (const bad of [
    { name: '*' },
    { name: 'a*b' },
    { name: '10.0.0.1' },
    { token_sha256: undefined },
    { token_sha256: 'secret' },
    { certificate_sha256: CERTIFICATE.toUpperCase() },
  ]) {
    assert.throws(() => new Sensors([entry(bad)]), /^RangeError: Cannot admit sensor "/);
  }
});
