import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import type { FastifyInstance } from 'fastify';
import { StoreError } from '../store/store.ts';
import { buildApp } from './app.ts';
import type { ApiDeps, Figures } from './deps.ts';
import { Refused } from './problem.ts';
import { fakeDeps } from './testing.ts';

async function appOf(context: TestContext, more?: Partial<ApiDeps>, figures?: Partial<Figures>) {
  const app = await buildApp(fakeDeps(more, figures));
  context.after(() => app.close());
  return app;
}

async function problemAt(app: FastifyInstance, url: string, headers: Record<string, string> = {}): Promise<Problem> {
  const answer = await app.inject({ url, headers });
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8', url);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff', url);
  const problem = answer.json<Problem>();
  assert.deepEqual(Object.keys(problem), ['type', 'title', 'status', 'detail']);
  assert.equal(problem.status, answer.statusCode);
  assert.match(problem.detail, /^Cannot [^:]+: .+/);
  return problem;
}

const WRONG: readonly (readonly [url: string, detail: RegExp])[] = [
  ['/v1/summary', /parameter feed is missing: it is one of network, simulation, replay$/],
  ['/v1/summary?feed=all', /parameter feed is none of network, simulation, replay$/],
  ['/v1/summary?feed=network&feed=replay', /parameter feed is given more than once$/],
  ['/v1/summary?feed=network&perod=2021', /there is no parameter perod here$/],
  ['/v1/summary?feed=network&%3Cb%3E=1', /there is no parameter of that name here$/],
  ['/v1/summary?feed=network&period=%3Cscript%3E', /parameter period is not 2021-02, 2021-02-03 or /],
  ['/v1/summary?feed=network&format=xml', /parameter format is none of json, csv$/],
  ['/v1/series?feed=network&figure=x', /parameter figure is none of accesses$/],
  ['/v1/series?feed=network', /parameter figure is missing: it is one of accesses$/],
  ['/v1/rankings/ports?feed=network&limit=0', /parameter limit is not a whole number from 1 to 1000$/],
  ['/v1/rankings/ports?feed=network&limit=-1', /parameter limit is not a whole number from 1 to 1000$/],
  ['/v1/rankings/people?feed=network', /parameter dimension is none of ports, /],
  ['/v1/report?feed=network&month=2021', /parameter month is not a month such as 2021-02$/],
  ['/v1/findings?feed=network&from=yesterday', /parameter from is not a time such as 2021-02-03T04:05:00Z$/],
  ['/v1/findings?feed=network&from=2021-13-45', /parameter from is not a time such as /],
  ['/v1/findings?feed=network&from=2021-02-03&to=2021-02-03', /parameter to is not behind parameter from$/],
  ['/v1/findings?feed=network&detector=%27--', /parameter detector is not a theme such as dos, or a detector/],
  ['/v1/findings?feed=network&state=bad', /parameter state is not one of candidate, /],
  ['/v1/findings?feed=network&subject=%3Cscript%3E', /parameter subject is not an address, a prefix, /],
  ['/v1/findings?feed=network&subject=1.2.3.4/999', /parameter subject is not an address, a prefix, /],
  ['/v1/findings?feed=network&cursor=0_%27%20--', /parameter cursor is not a cursor from an answer before$/],
  ['/v1/findings?feed=network&open=1', /parameter open is none of true, false$/],
  ['/v1/findings?feed=network&format=xml', /parameter format is none of json, csv, stix$/],
  ['/v1/findings/1', /parameter id is not an id of a finding$/],
  ['/v1/victims/1.2.3?feed=network', /parameter address is not an IPv4 or IPv6 address$/],
  ['/v1/victims/%27%3B--?feed=network', /parameter address is not an IPv4 or IPv6 address$/],
  ['/v1/sources', /parameter feed is missing/],
  ['/v1/health?x=1', /there is no parameter x here$/],
  ['/v1/live', /parameter feed is missing/],
];

for (const [url, detail] of WRONG) {
  test(`GET ${url} names the parameter and what is wrong with it`, async (context) => {
    const problem = await problemAt(await appOf(context), url);
    assert.deepEqual([problem.status, problem.type], [400, 'urn:noroshi:problem:bad_parameter']);
    assert.match(problem.detail, detail);
    assert.doesNotMatch(JSON.stringify(problem), /[<>]/);
  });
}

test('unknown addresses and methods are problems that repeat nothing', async (context) => {
  const app = await appOf(context);
  for (const url of ['/', '/v1/nope', '/v2/<script>', '/v1/segments', `/v1/rankings/${'x'.repeat(200)}`]) {
    const problem = await problemAt(app, url, { accept: 'text/html' });
    assert.ok([404, 400].includes(problem.status), url);
    assert.doesNotMatch(problem.detail, /[<>]|xxx/);
  }
  assert.equal((await problemAt(app, '/%zz')).status, 400);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
    const answer = await app.inject({ method, url: '/v1/summary' });
    assert.deepEqual(
      [answer.statusCode, answer.json<Problem>().type],
      [405, 'urn:noroshi:problem:wrong_method'],
      method,
    );
  }
});

test('what is not HTTP gets a problem and a closed connection', async (context) => {
  const app = await appOf(context);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.end('NONSENSE\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
});

function throwing(error: Error): () => Promise<never> {
  return async () => {
    throw error;
  };
}

test('what the store cannot do is 503 without its sentence; a fault is 500 without its text', async (context) => {
  const failing = (error: Error) => appOf(context, {}, { summary: throwing(error) });
  const url = '/v1/summary?feed=network';
  for (const kind of ['unreachable', 'timeout', 'disk_full'] as const) {
    const app = await failing(new StoreError(kind, 'Cannot reach 10.1.2.3: secret'));
    const problem = await problemAt(app, url);
    assert.deepEqual([problem.status, problem.type], [503, 'urn:noroshi:problem:unavailable']);
    assert.doesNotMatch(problem.detail, /secret|10\.1/);
    const answer = await app.inject({ url });
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
  }
  for (const error of [new StoreError('refused', 'secret'), new Error('secret'), new TypeError('secret')]) {
    const problem = await problemAt(await failing(error), url);
    assert.deepEqual([problem.status, problem.type], [500, 'urn:noroshi:problem:internal']);
    assert.doesNotMatch(problem.detail, /secret/);
  }
  const app = await failing(new Refused('no_data', 'Cannot answer: the feed holds nothing yet'));
  assert.equal((await problemAt(app, url)).status, 404);
});

test('an answer that does not have its shape is a fault, not a leak', async (context) => {
  const wrong = { title: null, offset_minutes: Number.NaN, feeds: [] };
  const app = await appOf(context, {}, { feeds: () => Promise.resolve(wrong) });
  assert.equal((await problemAt(app, '/v1/feeds')).status, 500);
  const more = { title: null, offset_minutes: 0, feeds: [], dst: '198.51.100.7' };
  const open = await appOf(context, {}, { feeds: () => Promise.resolve(more) });
  assert.deepEqual((await open.inject('/v1/feeds')).json(), { title: null, offset_minutes: 0, feeds: [] });
});

test('format=csv: header row, type, name of the file, byte order mark on request', async (context) => {
  const app = await appOf(context);
  const plain = await app.inject('/v1/rankings/scanners?feed=simulation&format=csv');
  assert.equal(plain.headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(plain.headers['content-disposition'], 'inline; filename="noroshi-scanners-simulation-2021-02.csv"');
  assert.equal(
    plain.body,
    'feed,period,dimension,scanners,rank,key,label_ja,label_en,packets,rate,sources,share,previous_rank,previous_rate,change,change_percent\r\n' +
      'simulation,2021-02,scanners,include,1,"\'=HYPERLINK(""http://evil.example"",""x"")",<b>名</b>,"a, b",10,1,,1,,,-2,\r\n',
  );
  const marked = await app.inject('/v1/series?feed=simulation&figure=accesses&format=csv&bom=true');
  assert.equal(
    marked.rawPayload.toString('utf8'),
    '\uFEFFfeed,figure,step,from,value,without_scanners\r\n' +
      'simulation,accesses,day,1970-01-01T00:00:00.000Z,1,0.5\r\nsimulation,accesses,day,1970-01-02T00:00:00.000Z,,\r\n',
  );
  const live = await app.inject('/v1/live?feed=simulation&format=csv');
  assert.match(
    live.body,
    /^feed,minute,packets,accesses,scanner_accesses,mirai,backscatter,address_seconds,dropped\r\n/,
  );
  const account = await app.inject('/v1/conservation?feed=simulation&format=csv');
  assert.match(account.body, /^feed,what,reason,count,unit\r\n.*\r\nsimulation,received,,\d+,packets\r\n/);
  const summary = await app.inject('/v1/summary?feed=simulation&format=csv');
  assert.match(summary.body, /\r\nsimulation,2021-02,accesses,include,1\.5,1,2,3,-1\.5,-50\r\n/);
});

test('an answer carries an entity tag; who has it already gets 304 without a body', async (context) => {
  const app = await appOf(context);
  const url = '/v1/summary?feed=simulation';
  const first = await app.inject(url);
  const tag = String(first.headers.etag);
  assert.match(tag, /^W\/"[\w-]{22}"$/);
  assert.equal(first.headers['cache-control'], 'public, max-age=0, s-maxage=10, must-revalidate');
  for (const known of [tag, `"x", ${tag}`, '*', tag.slice(2)]) {
    const again = await app.inject({ url, headers: { 'if-none-match': known } });
    assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', tag], known);
    assert.equal(again.headers['content-type'], undefined);
  }
  assert.equal((await app.inject({ url, headers: { 'if-none-match': '"x"' } })).statusCode, 200);
  const head = await app.inject({ method: 'HEAD', url });
  assert.deepEqual([head.statusCode, head.headers.etag, head.body], [200, tag, '']);
  assert.equal((await app.inject('/v1/summary')).headers.etag, undefined, 'no tag on a problem');
});

test('long answers are compressed for who takes it', async (context) => {
  const app = await appOf(context);
  const plain = await app.inject({ url: '/v1/openapi.json', headers: { 'accept-encoding': 'gzip;q=0, br' } });
  assert.equal(plain.headers['content-encoding'], undefined);
  const packed = await app.inject({ url: '/v1/openapi.json', headers: { 'accept-encoding': 'br, gzip' } });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.equal(packed.headers.etag, plain.headers.etag);
  assert.equal(gunzipSync(packed.rawPayload).toString(), plain.body);
});

test('headers: a strict policy for the page; everybody may read figures, nobody may upload from a page', async (context) => {
  const app = await appOf(context);
  const figures = await app.inject({ url: '/v1/feeds', headers: { origin: 'https://elsewhere.example' } });
  assert.match(String(figures.headers['content-security-policy']), /script-src 'self';/);
  assert.doesNotMatch(String(figures.headers['content-security-policy']), /script-src[^;]*unsafe/);
  assert.equal(figures.headers['access-control-allow-origin'], '*');
  const metrics = await app.inject({ url: '/v1/metrics', headers: { origin: 'https://elsewhere.example' } });
  assert.equal(metrics.headers['access-control-allow-origin'], undefined);
  const preflight = await app.inject({
    method: 'OPTIONS',
    url: '/v1/segments/a/1',
    headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'PUT' },
  });
  assert.equal(preflight.headers['access-control-allow-methods'], 'GET, HEAD');
});

test('too many requests: 429 with a time; uploads and other clients are not concerned', async (context) => {
  const uploads = async (app: FastifyInstance) => void app.put('/v1/segments/:sensor/:sequence', async () => 'taken');
  const app = await appOf(context, { requests_per_minute: 3, uploads });
  const ask = (address: string) => app.inject({ url: '/v1/feeds', headers: { 'x-forwarded-for': address } });
  for (let request = 0; request < 3; request++) assert.equal((await ask('203.0.113.1')).statusCode, 200);
  const refused = await ask('203.0.113.1');
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [429, '20']);
  assert.equal(refused.json<Problem>().type, 'urn:noroshi:problem:too_many_requests');
  assert.equal((await ask('203.0.113.2')).statusCode, 200);
  for (let request = 0; request < 5; request++) {
    const taken = await app.inject({ method: 'PUT', url: '/v1/segments/a/1' });
    assert.equal(taken.statusCode, 200);
  }
});

test('X-Forwarded-For counts only from the proxies that were named', async (context) => {
  const app = await appOf(context, { requests_per_minute: 1, proxies: [] });
  const ask = (address: string) => app.inject({ url: '/v1/feeds', headers: { 'x-forwarded-for': address } });
  assert.equal((await ask('203.0.113.1')).statusCode, 200);
  assert.equal((await ask('203.0.113.2')).statusCode, 429);
});

test('/v1/metrics: for this machine only', async (context) => {
  const app = await appOf(context);
  await app.inject('/v1/feeds');
  const metrics = await app.inject({ url: '/v1/metrics', headers: { host: '127.0.0.1:8642' } });
  assert.match(metrics.body, /\nnoroshi_api_requests_total\{route="\/v1\/feeds",method="GET",status="200"\} 1\n/);
  const from = (remoteAddress: string, headers = {}) => app.inject({ url: '/v1/metrics', remoteAddress, headers });
  assert.equal((await from('::1')).statusCode, 200);
  assert.equal((await from('192.0.2.1')).statusCode, 404);
  assert.equal((await from('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' })).statusCode, 404);
  assert.equal((await from('127.0.0.1', { host: 'rebound.example' })).statusCode, 404);
});

test('/v1/health: 200 when well, 503 with a sentence when not', async (context) => {
  const well = await (await appOf(context)).inject('/v1/health');
  assert.deepEqual([well.statusCode, well.json()], [200, { state: 'ok', sentence: '', version: '0.0.0' }]);
  const ill = await (await appOf(context, { ailment: () => Promise.resolve('the database is away') })).inject(
    '/v1/health',
  );
  assert.equal(ill.statusCode, 503);
  assert.deepEqual(ill.json(), { state: 'waiting', sentence: 'the database is away', version: '0.0.0' });
});

test('a method that an address does not take is 405, and the answer says which it takes', async (context) => {
  const app = await appOf(context);
  for (const url of ['/v1/summary?feed=network', '/v1/rankings/ports']) {
    const answer = await app.inject({ method: 'POST', url });
    assert.deepEqual([answer.statusCode, answer.headers.allow], [405, 'GET, HEAD']);
    assert.equal(answer.json<Problem>().detail, 'Cannot answer: this address takes GET, HEAD');
  }
  assert.equal((await app.inject({ method: 'POST', url: '/v1/nothing' })).statusCode, 404);
});

test('/v1/report: month or period, never both; a page brings its own policy', async (context) => {
  const app = await appOf(context);
  const json = await app.inject('/v1/report?feed=network&month=2021-02&lang=ja');
  assert.deepEqual(json.json(), ['network', '2021-02', 'json', 'ja']);
  const page = await app.inject('/v1/report?feed=network&period=2021-02-01/2021-02-08&format=html');
  assert.equal(page.headers['content-security-policy'], "default-src 'none'");
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  for (const days of ['', '&month=2021-02&period=2021-02']) {
    const problem = await problemAt(app, `/v1/report?feed=network${days}`);
    assert.match(problem.detail, /one of the parameters month and period says of which days$/);
  }
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
  readonly components: { schemas: Record<string, unknown> };
}

test('/v1/openapi.json: 3.1, every public route, every reference leads somewhere', async (context) => {
  const answer = await (await appOf(context)).inject('/v1/openapi.json');
  const document = answer.json<OpenApi>();
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(Object.keys(document.paths).toSorted(), [
    '/v1/conservation',
    '/v1/definitions',
    '/v1/detectors',
    '/v1/feeds',
    '/v1/findings',
    '/v1/findings/{id}',
    '/v1/health',
    '/v1/live',
    '/v1/live/events',
    '/v1/rankings/{dimension}',
    '/v1/report',
    '/v1/series',
    '/v1/sources',
    '/v1/summary',
    '/v1/victims',
    '/v1/victims/{address}',
  ]);
  assert.deepEqual(Object.keys(document.paths['/v1/summary']?.get?.responses['200']?.content ?? {}), [
    'application/json',
    'text/csv',
  ]);
  for (const [, name] of answer.body.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(document.components.schemas[name ?? ''] !== undefined, name);
  }
});

test('the page: index.html for addresses a person opens, never below /v1; hashed files for ever', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-portal-'));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, '.secret'), 'secret');
  writeFileSync(join(folder, 'assets', 'a-1234.js'), 'let a;');
  writeFileSync(join(folder, 'assets', 'a-1234.js.gz'), gzipSync('let a;'));
  const app = await appOf(context, { portal: folder });
  const html = { accept: 'text/html' };
  for (const url of ['/', '/index.html', '/ports?x=1/2']) {
    const page = await app.inject({ url, headers: html });
    assert.deepEqual([page.statusCode, page.headers['cache-control']], [200, 'no-cache'], url);
    assert.match(page.body, /<title>page/);
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
  }
  assert.equal((await problemAt(app, '/v1/nope', html)).status, 404);
  assert.equal((await problemAt(app, '/ports')).status, 404, 'a program gets a problem');
  assert.equal((await problemAt(app, '/ports/445', html)).status, 404, 'its files would not be found from there');
  assert.equal((await problemAt(app, '/.secret')).status, 404);
  assert.equal((await problemAt(app, '/../package.json')).status, 404);
  assert.equal((await app.inject({ method: 'POST', url: '/', headers: html })).statusCode, 404);
  const script = await app.inject({ url: '/assets/a-1234.js', headers: { 'accept-encoding': 'gzip' } });
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(gunzipSync(script.rawPayload).toString(), 'let a;');
});
