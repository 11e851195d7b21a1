import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, needs, until } from '@noroshi/kit/testing.ts';
import type { Health } from '@noroshi/wire/api/health.ts';
import { folder, noroshi } from '../testing.ts';
import { runCenter, writeConfig } from './testing.ts';

const PROC = existsSync('/proc/self') ? undefined : 'no /proc';

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

test('up --check: shows no secret, and warns', (context) => {
  const config = writeConfig(folder(context), 'listen: { address: 0.0.0.0 }\n');
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('feed: network,', 'feed: network, prefixes: [198.51.100.0/24],'),
  );
  const { code, out } = noroshi(['up', '--config', config, '--check']);
  assert.equal(code, 0);
  assert.match(out, / is right\. It would run:/);
  assert.match(out, /\nBut listen\.tls is missing: tokens cross the network in clear/);
  assert.match(out, /sensor-1: network, token, 1 prefixes/);
  assert.doesNotMatch(out, /198\.51|[0-9a-f]{64}/);
});

/** More of a configuration, and what `--check` says of it on standard error; files: `center.pem` is no certificate. */
const unfit: readonly (readonly [more: string, sentence: RegExp])[] = [
  ['scanner_lists: [lists]\n', /^Cannot read .*lists: no such file\n$/],
  ['detect: { detectors: [dos/none] }\n', /^Cannot run the detector dos\/none: there is none of this name/],
  [
    'listen: { port: 0, tls: { certificate_file: none.pem, key_file: none.key } }\n',
    /^Cannot read .*none\.pem: no such file\n$/,
  ],
  [
    'listen: { port: 0, tls: { certificate_file: noroshi.yaml, key_file: noroshi.yaml } }\n',
    /^Cannot use .*noroshi\.yaml with .*noroshi\.yaml: /,
  ],
  ['store: { url: "http://127.0.0.1:1", password_file: none }\n', /^Cannot read .*none: no such file\n$/],
];

test('up --check: opens what is named, and fails where up would, with the same sentence', (context) => {
  for (const [more, sentence] of unfit) {
    const config = writeConfig(folder(context), more);
    const checked = noroshi(['up', '--config', config, '--check']);
    assert.match(checked.errors, sentence);
    assert.match(checked.out, /^\S+ would not start\. It would run:/);
    const ran = noroshi(['up', '--config', config]);
    assert.deepEqual([checked.code, ran.code], [3, 3]);
    assert.equal(ran.errors.split('\n').at(-2), checked.errors.trimEnd());
  }
  const path = folder(context);
  const config = writeConfig(path, 'scanner_lists: [lists]\n');
  writeFileSync(join(path, 'country.mmdb'), 'root:x:0:0');
  writeFileSync(config, readFileSync(config, 'utf8').replace('state_folder: state', 'state_folder: noroshi.yaml'));
  const both = noroshi(['up', '--config', config, '--check']);
  assert.match(
    both.errors,
    /^\S+: Cannot use \S+noroshi\.yaml: .* is no folder\n\S+: Cannot read \S+country\.mmdb: not a MaxMind DB file\nCannot run \S+: 2 things/,
  );
});

test('up --check: a database that nobody reaches may come back, and is not right', async (context) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const config = writeConfig(folder(context), `store: { url: "${url}" }\n`);
  const { code, out } = noroshi(['up', '--config', config, '--check']);
  assert.equal(code, 0);
  assert.match(out, /^\S+ would start, but not all is there\. It would run:\n/);
  assert.match(out, /\nBut Cannot reach the database: nobody listens at its address; the center would answer 503/);
});

test('up: a folder where none can be made is a sentence', needs({ missing: PROC }), (context) => {
  const config = writeConfig(folder(context));
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('state_folder: state', 'state_folder: /proc/noroshi/state'),
  );
  const { code, errors } = noroshi(['up', '--config', config]);
  assert.equal(code, 3);
  assert.match(errors, /\nCannot make the state folder \/proc\/noroshi\/state: its place takes no folder\n$/);
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
  assert.equal(existsSync(join(path, 'other/state/database')), false, 'said before a database was made');
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
  const port = await freePort();
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
