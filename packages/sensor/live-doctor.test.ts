/** The doctor: what is missing is said, with its remedy, and never an address of the sensor. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import { scratch } from './testing/captures.ts';
import { FakeCenter } from './testing/fake-center.ts';
import { type Diagnosis, diagnose, diagnosisText, exitCodeOf } from './live/doctor.ts';
import { linkState } from './live/link.ts';
import { parseSensorConfig } from './live/sensor-config.ts';

const at = scratch();

function configOf(name: string, url: string) {
  const text = `name = s\ninterface = no-such-if 203.0.113.0/24\ncenter.url = ${url}\ncenter.token_file = ${name}.token\nstate_folder = state`;
  return parseSensorConfig(text, 'sensor.conf', at('.'));
}

const of = (found: readonly Diagnosis[], what: string): string | undefined =>
  found.find((one) => one.what === what)?.health;

test(
  'diagnose: the center accepts the sensor, does not, or is not there',
  needs(program('tcpdump')),
  async (context) => {
    const center = await FakeCenter.start();
    context.after(() => center.stop());
    writeFileSync(at('right.token'), 'secret\n');
    writeFileSync(at('wrong.token'), 'other');
    const right = await diagnose(configOf('right', center.url));
    assert.equal(of(right, 'center'), 'ok');
    assert.equal(of(right, 'interface no-such-if'), 'missing');
    assert.equal(of(right, 'capture program'), 'ok');
    assert.equal(exitCodeOf(right), 3);
    assert.ok(!JSON.stringify(right).includes('203.0.113'));
    const wrong = await diagnose(configOf('wrong', center.url));
    assert.equal(of(wrong, 'center'), 'missing');
    const away = await diagnose(configOf('right', 'http://127.0.0.1:1'));
    assert.match(diagnosisText(away), /MISSING center +cannot reach http:\/\/127\.0\.0\.1:1: connection refused/);
  },
);

test('exitCodeOf: missing before better before nothing', () => {
  const one = (health: Diagnosis['health']): Diagnosis => ({ what: '', health, found: '', remedy: '' });
  assert.equal(exitCodeOf([one('ok')]), 0);
  assert.equal(exitCodeOf([one('ok'), one('better')]), 1);
  assert.equal(exitCodeOf([one('missing'), one('better')]), 3);
});

test('linkState: what the kernel says of an interface', () => {
  const folder = at('net');
  for (const [name, state] of [
    ['eth0', 'up'],
    ['tun0', 'unknown'],
    ['eth1', 'down'],
    ['vlan', 'lowerlayerdown'],
  ]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'operstate'), `${state}\n`);
  }
  const states = ['eth0', 'tun0', 'eth1', 'vlan', 'none'].map((name) => linkState(name, folder));
  assert.deepEqual(states, ['up', 'up', 'down', 'down', 'absent']);
  assert.equal(linkState('eth0', at('no-sysfs')), 'up');
});
