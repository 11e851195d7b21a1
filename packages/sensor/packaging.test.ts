/** The sensor as it is shipped: three packages and a Node, nothing of the center, nothing of npm. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { scratch } from './testing/captures.ts';
import { buildDeb } from './packaging/build-deb.ts';
import { writeTree } from './packaging/tree.ts';

const at = scratch();

function run(node: string, bin: string, ...args: readonly string[]) {
  const env = { PATH: process.env.PATH };
  return spawnSync(node, [bin, ...args], { encoding: 'utf8', cwd: at('.'), env, timeout: 20_000 });
}

test('writeTree: the sensor runs from three packages alone', () => {
  const root = at('tree');
  writeTree(root);
  assert.deepEqual(
    globSync('node_modules/*/*', { cwd: root }).toSorted(),
    ['kit', 'sensor', 'wire'].map((name) => `node_modules/@noroshi/${name}`),
  );
  assert.deepEqual(globSync('packages/**/{*.test.ts,testing}', { cwd: root }), []);
  const bin = join(root, 'packages/sensor/bin/noroshi-sensor.mjs');
  const config = at('sensor.conf');
  const init = run(process.execPath, bin, '--init', config);
  assert.equal(init.status, 0, init.stderr);
  const check = run(process.execPath, bin, '--config', config, '--check');
  assert.match(check.stdout, /256 IPv4 addresses, 1 IPv6 networks of 64 bits/);
  assert.ok(!/192\.0\.2|2001:db8/.test(check.stdout));
  const doctor = run(process.execPath, bin, 'doctor', '--json');
  assert.ok((JSON.parse(doctor.stdout) as { checks: object[] }).checks.length >= 3, doctor.stderr);
  const capture = at('capture.pcap');
  writeFileSync(capture, simulateToBytes({ seed: 2, packets: 500 }).bytes);
  const cut = run(process.execPath, bin, 'evidence', '--service', 'tcp/23', '--out', at('cut.pcap'), capture);
  assert.equal(cut.status, 0, cut.stderr);
  const live = run(
    process.execPath,
    bin,
    '--interface',
    'no-such-if',
    '--prefixes',
    '192.0.2.0/24',
    '--center',
    'ftp://x',
  );
  assert.equal(live.status, 2);
  assert.match(live.stderr, /center\.url is no http/);
});

test('buildDeb: installs nothing but the sensor, and its program runs', needs(program('dpkg-deb')), () => {
  const file = buildDeb({ out: at('.'), version: '0.1.0', node: process.execPath, compression: 'none' });
  const root = at('root');
  mkdirSync(root);
  assert.equal(spawnSync('dpkg-deb', ['--extract', file, root]).status, 0);
  const control = spawnSync('dpkg-deb', ['--field', file], { encoding: 'utf8' }).stdout;
  assert.match(control, /^Depends: .*tcpdump \(>= 4\.99\)/m);
  const library = join(root, 'usr/lib/noroshi-sensor');
  const bin = join(library, 'packages/sensor/bin/noroshi-sensor.mjs');
  assert.equal(run(join(library, 'node'), bin, '--version').stdout.trim(), '0.1.0');
  assert.ok(existsSync(join(root, 'lib/systemd/system/noroshi-sensor.service')));
  assert.ok(!existsSync(join(library, 'packages/center')));
});

test(
  'noroshi-sensor.service: systemd understands it, and it is locked up well',
  needs(program('systemd-analyze')),
  () => {
    const unit = at('noroshi-sensor.service');
    const text = readFileSync(join(import.meta.dirname, 'packaging/noroshi-sensor.service'), 'utf8');
    writeFileSync(unit, text.replace('/usr/bin/noroshi-sensor ', '/bin/true '));
    const verified = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    assert.ok(!verified.stderr.includes('noroshi-sensor'), verified.stderr);
    const judged = spawnSync('systemd-analyze', ['security', '--offline=true', unit], { encoding: 'utf8' });
    const level = /Overall exposure level .*: ([\d.]+)/.exec(judged.stdout)?.[1];
    assert.ok(Number(level) <= 2.5, judged.stderr + String(level));
  },
);
