/** `noroshi sensor --respond` under a flood of SYNs and visitors that never say anything: the passive side goes on, and so do we. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs, program, until } from '@noroshi/kit/testing.ts';
import { complaints, segmentsIn, sumsOf } from '@noroshi/sensor/testing/segments.ts';
import { Cable, NAMESPACE_NEEDS, SENSOR_INTERFACE } from '../respond/testing.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const PREFIX = '198.51.100.0/24';
const FLOOD_S = 4;
/** Connections that are opened and left. */
const SILENT = 200;

/** Opens many connections, says nothing, and stays. */
const LORIS = `
  const { connect } = require('node:net');
  let open = 0;
  for (let i = 0; i < ${SILENT}; i++) {
    const socket = connect({ host: '198.51.100.' + (1 + (i % 250)), port: 8000 + i });
    socket.on('connect', () => ++open === ${SILENT} && console.log('open'));
    socket.on('error', () => {});
  }
  setTimeout(() => process.exit(0), 60_000);`;

test(
  'noroshi sensor --respond under a SYN flood and silent visitors',
  needs(...NAMESPACE_NEEDS, program('tcpdump'), program('hping3'), program('curl')),
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-flood-'));
    const cable = new Cable();
    context.after(() => {
      cable.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    writeFileSync(join(folder, 'token'), 'secret');
    const own = ['--interface', SENSOR_INTERFACE, '--prefixes', PREFIX, '--state', folder];
    const far = ['--center', 'http://127.0.0.1:1', '--token-file', join(folder, 'token')];
    const command = ['netns', 'exec', cable.sensor, process.execPath, MAIN, 'sensor', ...own, ...far, '--respond'];
    const sensor = spawn('ip', command, { stdio: ['ignore', 'ignore', 'pipe'] });
    context.after(() => sensor.kill('SIGKILL'));
    let log = '';
    sensor.stderr.on('data', (bytes) => (log += String(bytes)));
    for (const sentence of ['Answering for 1 prefixes', 'Capturing through tcpdump']) {
      await until(
        () => {
          assert.equal(sensor.exitCode, null, log);
          return log.includes(sentence);
        },
        () => `The sensor does not say ${sentence}: ${log}`,
      );
    }
    await wait(1000);

    const loris = spawn('ip', ['netns', 'exec', cable.world, process.execPath, '-e', LORIS], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    context.after(() => loris.kill('SIGKILL'));
    await once(loris.stdout, 'data');
    const flood = cable.run(cable.world, [
      'timeout',
      String(FLOOD_S),
      'hping3',
      '-q',
      '-S',
      '--rand-source',
      '--flood',
      '-p',
      '80',
      '198.51.100.9',
    ]);
    await wait(1500);
    const answer = await cable.run(cable.world, [
      'curl',
      '-m',
      '10',
      '--retry',
      '3',
      '--retry-all-errors',
      '-sS',
      '-i',
      'http://198.51.100.200:8081/',
    ]);
    assert.match(answer.out, /^HTTP\/1\.1 401 /, 'who means it is answered under the flood');
    await flood;
    loris.kill('SIGKILL');
    await wait(500);
    const ended = once(sensor, 'exit');
    sensor.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    assert.equal(code, 0, log);
    assert.doesNotMatch(log, /The responder stopped/);

    const found = segmentsIn(join(folder, 'spool')).map(({ segment }) => segment);
    assert.deepEqual(complaints(found), []);
    const { kept, dropped } = sumsOf(found);
    assert.ok(kept > 20_000, `${kept} packets were kept, dropped ${JSON.stringify(dropped)}`);
    const visits = readdirSync(join(folder, 'visits')).filter((name) => name.startsWith('visits'));
    const lines = visits.flatMap((name) =>
      readFileSync(join(folder, 'visits', name), 'utf8')
        .trim()
        .split('\n'),
    );
    assert.ok(lines.length > SILENT, `${lines.length} visits`);
  },
);
