/** Finding the capture program, its version, its arguments; what runs, what does not, what lingers. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { scratch } from './testing/captures.ts';
import { CaptureChild } from './live/capture-child.ts';
import { anyProgram, argumentsOf, captureProgram, isNewEnough, versionIn } from './live/capture-program.ts';

const at = scratch();

/** A program of this name that runs a shell script; its folder. */
function script(folder: string, name: string, text: string): string {
  mkdirSync(at(folder));
  const path = join(at(folder), name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return dirname(path);
}

test('versionIn: what the programs print', () => {
  assert.equal(versionIn('tcpdump', 'tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)'), '4.99.3');
  assert.equal(versionIn('dumpcap', 'Dumpcap (Wireshark) 4.0.17 (Git v4.0.17 packaged as …)'), '4.0.17');
  assert.equal(versionIn('tcpdump', 'command not found'), undefined);
  assert.ok(isNewEnough('tcpdump', '4.99.0') && isNewEnough('tcpdump', '5.0') && !isNewEnough('tcpdump', '4.9.3'));
});

test('captureProgram: missing, mute and too old programs are named', async () => {
  const old = script('old', 'tcpdump', 'echo tcpdump version 4.9.3');
  const mute = script('mute', 'tcpdump', 'exit 1');
  const good = script('good', 'tcpdump', 'echo tcpdump version 4.99.9 >&2');
  await assert.rejects(captureProgram('tcpdump', old), /is version 4\.9\.3, 4\.99 or newer is needed/);
  await assert.rejects(captureProgram('tcpdump', mute), /does not say its version/);
  const found = await anyProgram('auto', good);
  assert.deepEqual([found.name, found.version], ['tcpdump', '4.99.9']);
});

test('argumentsOf: the filter is one argument, privileges are dropped', () => {
  const options = { interface: 'eth1', filter: '(dst net 192.0.2.0/24)', snapBytes: 256, bufferMebibytes: 4 };
  const tcpdump = argumentsOf('tcpdump', { ...options, isPromiscuous: false, user: 'nobody' });
  const before = ['-i', 'eth1', '-w', '-', '-s', '256', '-p', '-n', '-U', '-B', '4096', '-Z', 'nobody'];
  assert.deepEqual(tcpdump, [...before, options.filter]);
  const dumpcap = argumentsOf('dumpcap', { ...options, isPromiscuous: true, user: undefined });
  assert.deepEqual(dumpcap, ['-i', 'eth1', '-w', '-', '-s', '256', '-q', '-P', '-B', '4', '-f', options.filter]);
});

test('CaptureChild: says why a program ended, without addresses, and when none can be started', async () => {
  const folder = script('fails', 'tcpdump', 'echo "tcpdump: cannot use 192.0.2.7: no" >&2; exit 1');
  const endOf = (path: string): Promise<string> =>
    new Promise((resolve) => {
      const child = new CaptureChild({
        path,
        arguments: [],
        takesSignals: true,
        onChange: () => {
          if (child.state === 'ended') resolve(child.ending);
        },
      });
    });
  assert.equal(await endOf(`${folder}/tcpdump`), 'exit code 1; tcpdump: cannot use <address>: no');
  assert.match(await endOf('/nonexistent/tcpdump'), /ENOENT/);
});

test('CaptureChild: a program that does not want to end is killed', async () => {
  const folder = script(
    'stubborn',
    'tcpdump',
    "trap '' INT TERM; echo 'tcpdump: listening on x' >&2; while :; do sleep 0.1; done",
  );
  const listening = Promise.withResolvers<void>();
  const child = new CaptureChild({
    path: `${folder}/tcpdump`,
    arguments: [],
    takesSignals: true,
    onChange: () => {
      if (child.state === 'listening') listening.resolve();
    },
  });
  await listening.promise;
  await child.stop();
  assert.match(child.ending, /SIGKILL/);
});
