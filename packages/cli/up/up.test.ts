import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@noroshi/kit/testing.ts';
import type { Health } from '@noroshi/wire/api/health.ts';
import { folder, noroshi } from '../testing.ts';
import { runCenter, writeConfig } from './testing.ts';

test('up --init: a configuration that is right, a token that only its owner reads, nothing overwritten', (context) => {
  const path = join(folder(context), 'etc');
  const first = noroshi(['up', '--init', path]);
  assert.deepEqual([first.code, first.errors], [0, '']);
  const secret = readFileSync(join(path, 'sensor-1.token'), 'utf8').trim();
  assert.match(secret, /^[\w-]{43}$/);
  for (const name of ['sensor-1.token', 'noroshi.yaml']) assert.equal(statSync(join(path, name)).mode & 0o777, 0o600);
  assert.equal(first.out.includes(secret), false);
  assert.equal(readFileSync(join(path, 'noroshi.yaml'), 'utf8').includes(secret), false);
  const checked = noroshi(['up', '--config', join(path, 'noroshi.yaml'), '--check']);
  assert.deepEqual([checked.code, checked.errors], [0, '']);
  assert.match(
    checked.out,
    /is right\. It would run:\n {2}answers at {5}http:\/\/127\.0\.0\.1:8642 \(this machine only\)\n/,
  );
  assert.match(checked.out, /\n {17}sensor-1: network, token\n/);
  const again = noroshi(['up', '--init', path]);
  assert.deepEqual([again.code, again.errors], [3, `Cannot write ${join(path, 'noroshi.yaml')}: it exists already\n`]);
});

test('up --check: shows no secret, and says what is missing', (context) => {
  const path = folder(context);
  const config = writeConfig(
    path,
    `listen: { address: 0.0.0.0 }
scanner_lists: [lists]
`,
  );
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('feed: network,', 'feed: network, prefixes: [198.51.100.0/24],'),
  );
  const { code, out } = noroshi(['up', '--config', config, '--check']);
  assert.equal(code, 0);
  assert.match(out, /\nBut scanner_lists names .*lists: no such file\n/);
  assert.match(out, /\nBut listen\.tls is missing: tokens cross the network in clear/);
  assert.match(out, /sensor-1: network, token, 1 prefixes/);
  assert.doesNotMatch(out, /198\.51|[0-9a-f]{64}/);
});

test('up: a wrong configuration is refused with its lines', (context) => {
  const config = join(folder(context), 'noroshi.yaml');
  writeFileSync(config, 'state_folder: x\nlisten: { prot: 80 }\n');
  const one = noroshi(['up', '--config', config]);
  assert.deepEqual(
    [one.code, one.errors],
    [2, `Cannot read ${config}: line 2: unknown key listen.prot (did you mean listen.port?)\n`],
  );
  writeFileSync(config, 'listen: { prot: 80 }\n"\u001b[31m": 1\n');
  const many = noroshi(['up', '--config', config]);
  assert.equal(many.code, 2);
  assert.deepEqual(many.errors.split('\n'), [
    `${config}:1: unknown key listen.prot (did you mean listen.port?)`,
    `${config}:1: state_folder is missing`,
    `${config}:2: unknown key \\x1b[31m`,
    `Cannot read ${config}: 3 things in it are wrong`,
    '',
  ]);
  assert.match(
    noroshi(['up', '--config', '/nowhere/x.yaml']).errors,
    /^Cannot read \/nowhere\/x\.yaml: no such file\n$/,
  );
  assert.match(noroshi(['up']).errors, /^Cannot run a center: --config names its configuration/);
});

test('up: answers, keeps its folder to itself, says who has the port, ends in order with 0', async (context) => {
  const path = folder(context);
  const config = writeConfig(path);
  const center = await runCenter(context, config);
  const health = (await (await fetch(`${center.url}/v1/health`)).json()) as Health;
  assert.equal(health.state, 'ok');

  const second = noroshi(['up', '--config', config]);
  assert.equal(second.code, 3);
  assert.match(
    second.errors,
    new RegExp(`\\nCannot use .*state: another center runs on it \\(process ${center.child.pid}\\); stop it first\\n$`),
  );
  const other = writeConfig(join(path, 'other'), `listen: { port: ${new URL(center.url).port} }\n`);
  const taken = noroshi(['up', '--config', other]);
  assert.equal(taken.code, 3);
  assert.match(taken.errors, /\nCannot listen on 127\.0\.0\.1:\d+: another program uses the port\n$/);

  assert.equal(await center.end('SIGTERM'), 0);
  assert.match(center.log(), / info center stopping: Stopping: asked to\n/);
  assert.doesNotMatch(center.log(), / (error|warning) /);
});

test('up: after kill -9 the folder is free again', async (context) => {
  const config = writeConfig(folder(context));
  const killed = await runCenter(context, config);
  assert.equal(await killed.end('SIGKILL'), 'SIGKILL');
  const next = await runCenter(context, config);
  assert.equal(await next.end('SIGINT'), 0);
});

test('up: SIGHUP reads lists again; what cannot be read leaves the old ones, and is said', async (context) => {
  const path = folder(context);
  const lists = join(path, 'lists');
  mkdirSync(lists);
  const center = await runCenter(context, writeConfig(path, 'scanner_lists: [lists]\n'));
  const said = async (sentence: RegExp): Promise<void> => {
    center.child.kill('SIGHUP');
    await until(
      () => sentence.test(center.log()),
      () => center.log(),
    );
  };
  await said(/ info center reloaded: Scanner lists and look-up tables were read again\n/);
  writeFileSync(join(lists, 'a.txt'), '192.0.2.0/24 Someone\nnonsense\n');
  await said(
    / warning center scanner_list: Cannot understand all of the scanner list a\.txt {2}entries=1 first=nonsense\n/,
  );
  assert.match(center.log(), /scanner_prefixes=1\n/);
  rmSync(lists, { recursive: true });
  await said(/ error center reload_failed: .* the old ones stay: Cannot read .*lists: no such file\n/);
  assert.equal((await fetch(`${center.url}/v1/health`)).status, 200);
  assert.equal(await center.end('SIGTERM'), 0);
});

test('up: in front of a server that is away it answers 503, and says so', async (context) => {
  // Stands for a server that refuses connections: a port that was just free.
  const free = createServer();
  await once(free.listen(0, '127.0.0.1'), 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  const center = await runCenter(context, writeConfig(folder(context), `store: { url: "http://127.0.0.1:${port}" }\n`));
  const health = await fetch(`${center.url}/v1/health`);
  assert.equal(health.status, 503);
  assert.equal(((await health.json()) as Health).sentence, 'the database is away');
  const figures = await fetch(`${center.url}/v1/feeds`);
  assert.equal(figures.status, 503);
  assert.match(figures.headers.get('retry-after') ?? '', /^\d+$/);
  assert.match(center.log(), / warning center database_away: Cannot reach the database: .*; trying again /);
  assert.equal(await center.end('SIGTERM'), 0);
});
