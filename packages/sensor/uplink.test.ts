/** The uplink against centers that answer everything wrong in turn, cut connections, are slow, go away and come back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { createLog } from '@noroshi/kit/log.ts';
import { needs, program, until } from '@noroshi/kit/testing.ts';
import { Spool } from './spool/spool.ts';
import { scratch } from './testing/captures.ts';
import { cuts, FakeCenter, problem, says, storesAndCuts } from './testing/fake-center.ts';
import { commitRows, rowsOf } from './testing/pieces.ts';
import { complaints } from './testing/segments.ts';
import { Center, type CenterOptions } from './uplink/center.ts';
import { Uplink, type UplinkOptions } from './uplink/uplink.ts';

const at = scratch();
const THREE = rowsOf(3);
let number = 0;

interface Rig {
  readonly center: FakeCenter;
  readonly spool: Spool;
  readonly uplink: Uplink;
  readonly folder: string;
  /** Pauses that were asked for; each takes a millisecond only. */
  readonly pauses: number[];
  readonly log: string[];
  readonly commit: (count: number) => void;
  /** Sends until the spool is empty or the time is over. */
  readonly drain: (limit_ms?: number) => Promise<void>;
}

/** A spool, an uplink and a center to misbehave; time passes as fast as anybody waits for it. */
async function rig(
  context: TestContext,
  options: Partial<UplinkOptions> = {},
  centerOptions: Partial<CenterOptions> = {},
): Promise<Rig> {
  const center = await FakeCenter.start();
  const folder = at(`spool-${number++}`);
  const lines: string[] = [];
  const pauses: number[] = [];
  let now_ms = Date.UTC(2026, 0, 1);
  const log = createLog({ part: 'sensor', write: (line) => lines.push(line), now_ms: () => now_ms });
  const spool = new Spool({ folder, sensor: 'test', log });
  const address = { url: center.url, token: 'secret', connectionsMax: 4, silence_ms: 300, now_ms: () => now_ms };
  const http = new Center({ ...address, ...centerOptions });
  const sleep = async (pause_ms: number): Promise<void> => {
    pauses.push(pause_ms);
    now_ms += pause_ms;
    await wait(1);
  };
  const uplink = new Uplink({
    source: spool,
    center: http,
    log,
    random: () => 0,
    now_ms: () => now_ms,
    sleep,
    ...options,
  });
  context.after(async () => {
    http.close();
    spool.close();
    await center.stop();
  });
  const commit = (count: number): void => {
    for (let index = 0; index < count; index++) commitRows(spool, THREE);
  };
  const drain = async (limit_ms = 10_000): Promise<void> => {
    const stop = new AbortController();
    const running = uplink.run(stop.signal);
    const end_ms = performance.now() + limit_ms;
    while (spool.waiting > 0 && performance.now() < end_ms) await wait(2);
    stop.abort();
    await running;
  };
  return { center, spool, uplink, folder, pauses, log: lines, commit, drain };
}

test('Uplink.run: sends everything in order and deletes it when the center has it', async (context) => {
  const { center, spool, uplink, folder, commit, drain } = await rig(context, { inFlightMax: 1 });
  commit(20);
  await drain();
  assert.deepEqual(complaints(center.segments('test')), []);
  assert.equal(center.segments('test').length, 20);
  assert.deepEqual([uplink.status.stored, uplink.status.duplicate, spool.bytes], [20, 0, 0]);
  assert.deepEqual(
    center.requests,
    Array.from({ length: 20 }, (_, sequence) => `PUT ${sequence}`),
  );
  assert.deepEqual(readdirSync(folder).toSorted(), ['refused', 'sensor.lock', 'state.json']);
});

test('Uplink.run: has several segments on their way, but not more than the limit', async (context) => {
  const { center, commit, drain } = await rig(context, { inFlightMax: 3 });
  center.always = (request, response, self) => setTimeout(() => self.take(request, response), 20);
  commit(12);
  await drain();
  assert.equal(center.inFlightMax, 3);
  assert.equal(center.segments('test').length, 12);
});

test('Uplink.run: an answer of 200 without the segment’s receipt deletes nothing', async (context) => {
  const { center, uplink, commit, drain, log } = await rig(context);
  center.script.push(
    says(200, '<html>Please log in to the hotel’s network</html>'),
    says(200, { state: 'stored', sensor: 'test', sequence: 99, rows: 1 }),
    says(204, ''),
    says(302, '', { location: 'http://127.0.0.1:1/' }),
  );
  commit(1);
  await drain();
  assert.equal(center.segments('test').length, 1);
  assert.equal(uplink.status.stored, 1);
  assert.match(log.join(''), /Cannot send: the center answered 200, but not with a receipt of this segment/);
});

test('Uplink.run: everything wrong in turn, and at the end every segment once', async (context) => {
  const { center, uplink, spool, commit, drain } = await rig(context);
  const wrong = [500, 502, 503, 507, 408, 429].map((status) => problem(status, 'busy'));
  const slow = (request: { resume(): void }): void => request.resume();
  center.script.push(
    ...wrong,
    cuts,
    storesAndCuts,
    says(404, 'Not Found'),
    says(418, 'I am a teapot'),
    slow,
    cuts,
    storesAndCuts,
  );
  commit(6);
  await drain(20_000);
  assert.equal(spool.waiting, 0);
  assert.deepEqual(complaints(center.segments('test')), []);
  assert.equal(center.segments('test').length, 6);
  assert.equal(uplink.status.refused, 0);
  assert.equal(uplink.status.stored + uplink.status.duplicate, 6);
});

test('Uplink.run: after a broken connection it asks before it sends again', async (context) => {
  const { center, uplink, commit, drain } = await rig(context);
  center.script.push(storesAndCuts, cuts);
  commit(2);
  await drain();
  const of = (sequence: number): string[] => center.requests.filter((line) => line.endsWith(` ${sequence}`));
  const [stored, cut] = [of(0), of(1)].toSorted((a, b) => a.length - b.length);
  assert.deepEqual(
    [stored, cut].map((lines) => lines.map((line) => line.split(' ')[0])),
    [
      ['PUT', 'HEAD'],
      ['PUT', 'HEAD', 'PUT'],
    ],
  );
  assert.deepEqual([uplink.status.stored, uplink.status.duplicate], [1, 1]);
});

test('Uplink.run: pauses double up to a minute, a center’s Retry-After is honoured, success forgets', async (context) => {
  const { center, pauses, commit, drain } = await rig(context);
  for (let turn = 0; turn < 9; turn++) center.script.push(problem(503, 'busy'));
  center.script.push(problem(429, 'busy', { 'retry-after': '600' }));
  commit(1);
  await drain();
  assert.deepEqual(pauses.map(Math.round), [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 600_000]);
  center.script.push(problem(500, 'internal_error'));
  commit(1);
  await drain();
  assert.equal(pauses.at(-1), 500);
});

test('Uplink.run: while the center has trouble one segment at a time is tried', async (context) => {
  const { center, commit, drain, spool } = await rig(context);
  await center.stop();
  commit(8);
  await drain(100);
  assert.equal(spool.waiting, 8);
  await center.restart();
  center.requests.length = 0;
  center.inFlightMax = 0;
  for (let turn = 0; turn < 3; turn++) center.script.push(problem(503, 'busy'));
  center.script.push((request, response, self) => {
    assert.equal(center.inFlightMax, 1);
    self.take(request, response);
  });
  await drain();
  assert.equal(center.segments('test').length, 8);
});

test('Uplink.run: a center that goes away and comes back loses nothing', async (context) => {
  const { center, commit, drain, uplink, log } = await rig(context);
  commit(5);
  await center.stop();
  await drain(50);
  assert.match(log.join(''), /warning sensor trouble: Cannot send: connection refused/);
  assert.equal(uplink.status.trouble, 'connection refused');
  await center.restart();
  await drain();
  assert.equal(center.segments('test').length, 5);
  assert.match(log.join(''), /info sensor sending: The center takes segments again/);
  assert.equal(uplink.status.trouble, undefined);
});

test('Uplink.run: what the center refuses for good is put aside with its reason, and the others go on', async (context) => {
  const { center, commit, drain, uplink, folder, log } = await rig(context);
  center.script.push(problem(422, 'wrong_schema'));
  commit(3);
  await drain();
  assert.equal(center.segments('test').length, 2);
  assert.equal(readdirSync(join(folder, 'refused')).length, 2);
  assert.deepEqual([uplink.status.refused, uplink.status.refusal], [1, 'It is wrong_schema']);
  assert.match(
    log.join(''),
    /error sensor refused: The center refuses a segment {2}sequence=\d type=urn:noroshi:problem:wrong_schema/,
  );
  commit(1);
  await drain();
  assert.deepEqual(center.segments('test').at(-1)?.counters.dropped, { refused: 3 });
});

test('Uplink.run: with a token that is not accepted it sends nothing until it is, and never says the token', async (context) => {
  const { center, commit, drain, uplink, log, pauses } = await rig(context);
  center.token = 'another';
  commit(3);
  await drain(100);
  assert.ok(uplink.status.isForbidden);
  assert.match(
    log.join(''),
    /forbidden: Cannot send: the center answered 401.*; nothing is sent until it accepts this sensor/,
  );
  const puts = center.requests.filter((line) => line.startsWith('PUT')).length;
  assert.ok(puts <= 4, `${puts} files were sent`);
  assert.ok(pauses.every((pause_ms) => pause_ms === 60_000));
  center.token = 'secret';
  await drain();
  assert.equal(center.segments('test').length, 3);
  assert.equal(uplink.status.isForbidden, false);
  assert.doesNotMatch(log.join(''), /secret|another/);
});

test('Uplink.run: a center that is silent is given up after a while', async (context) => {
  const { center, commit, drain, log } = await rig(context, {}, { silence_ms: 50 });
  center.script.push(() => {});
  commit(1);
  await drain();
  assert.match(log.join(''), /Cannot send: nothing moved on the connection/);
  assert.equal(center.segments('test').length, 1);
});

test('Uplink.run: an answer without end is cut', async (context) => {
  const { center, commit, drain, log } = await rig(context);
  center.script.push((request, response) => {
    request.resume();
    response.writeHead(201);
    const more = (): void => {
      if (!response.destroyed && response.write('x'.repeat(60_000))) setImmediate(more);
    };
    response.on('drain', more);
    more();
  });
  commit(1);
  await drain();
  assert.match(log.join(''), /Cannot send: the answer is longer than 65536 bytes/);
  assert.equal(center.segments('test').length, 1);
});

test('Uplink.run: an answer before the end of the file counts', async (context) => {
  const { center, commit, drain, uplink } = await rig(context);
  const no = JSON.stringify({
    type: 'urn:noroshi:problem:too_large',
    title: 'x',
    status: 413,
    detail: 'It is too large',
  });
  center.script.push((_request, response) => {
    response.writeHead(413, { 'content-type': 'application/problem+json' }).end(no);
  });
  commit(1);
  await drain();
  assert.equal(uplink.status.refusal, 'It is too large');
});

test('Uplink.run: ends with the file system’s error when the spool breaks down', async (context) => {
  const { spool, uplink, commit } = await rig(context);
  commit(1);
  spool.acknowledge = () => {
    throw Object.assign(new Error('input/output error'), { code: 'EIO', syscall: 'unlink' });
  };
  await assert.rejects(uplink.run(new AbortController().signal), /input\/output error/);
});

test('Uplink.run: the signal ends it at once, and what was on its way goes back to the spool', async (context) => {
  const { center, spool, uplink, commit } = await rig(context, {}, { silence_ms: 60_000 });
  center.always = () => {};
  commit(2);
  const stop = new AbortController();
  const running = uplink.run(stop.signal);
  await until(() => center.requests.length === 2);
  stop.abort();
  await running;
  assert.equal(spool.waiting, 2);
  assert.equal(spool.take()?.sequence, 0);
  assert.ok(existsSync(join(at('spool-0'))));
});

/** A certificate of its own authority for 127.0.0.1, and one for a sensor. */
function certificates(): Record<'authority' | 'server' | 'serverKey' | 'sensor' | 'sensorKey', string> {
  const [ca, caKey, text] = [at('ca.pem'), at('ca.key'), (name: string): string => readFileSync(at(name), 'utf8')];
  const run = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  run('req', '-x509', ...newKey, '-subj', '/CN=test authority', '-keyout', caKey, '-out', ca);
  for (const name of ['server', 'sensor']) {
    const extra = ['-addext', 'subjectAltName=IP:127.0.0.1', '-CA', ca, '-CAkey', caKey];
    run(
      'req',
      '-x509',
      ...newKey,
      '-subj',
      `/CN=${name}`,
      ...extra,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
    );
  }
  const [server, serverKey, sensor, sensorKey] = ['server.pem', 'server.key', 'sensor.pem', 'sensor.key'].map(text);
  return { authority: text('ca.pem'), server, serverKey, sensor, sensorKey };
}

test(
  'Center.put: shows its client certificate, and trusts the authority it is given alone',
  needs(program('openssl')),
  async () => {
    const { authority, server: cert, serverKey: key, sensor, sensorKey } = certificates();
    const names: unknown[] = [];
    const server = https.createServer(
      { cert, key, ca: authority, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        names.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
        request.resume().on('end', () => response.end('{}'));
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { url, token: undefined, connectionsMax: 1, silence_ms: 5000, now_ms: Date.now };
    const upload = { sensor: 'test', sequence: 0, path: at('sensor.pem'), bytes: Buffer.byteLength(sensor) };
    const { signal } = new AbortController();
    const known = new Center({ ...options, certificate: sensor, key: sensorKey, authority });
    assert.equal((await known.put(upload, signal)).status, 200);
    assert.deepEqual(names, ['sensor']);
    const nameless = new Center({ ...options, authority });
    await assert.rejects(nameless.put(upload, signal));
    const trusting = new Center({ ...options, certificate: sensor, key: sensorKey });
    await assert.rejects(trusting.put(upload, signal), /unable to verify|self-signed/);
    for (const center of [known, nameless, trusting]) center.close();
    server.closeAllConnections();
    server.close();
  },
);

test('Center: refuses addresses that are none, or that hold a password', () => {
  const options = { token: undefined, connectionsMax: 1, silence_ms: 1, now_ms: () => 0 };
  for (const url of ['', 'center', 'ftp://x/', 'file:///etc/passwd']) {
    assert.throws(() => new Center({ ...options, url }), /^TypeError: Cannot use the center’s address: it is no http/);
  }
  assert.throws(
    () => new Center({ ...options, url: 'http://u:hunter2@x/' }),
    (error: Error) => {
      return /holds a password/.test(error.message) && !error.message.includes('hunter2');
    },
  );
});
