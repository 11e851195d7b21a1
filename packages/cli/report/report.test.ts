import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '@noroshi/kit/testing.ts';
import { PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import { answering, folder, noroshiBeside, type Ran } from '../testing.ts';

const json = (response: ServerResponse, status: number, value: unknown, type = 'application/json'): void => {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
};

const HELD: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://center');
  if (pathname === '/v1/feeds') return json(response, 200, { feeds: [{ feed: 'simulation' }, { feed: 'replay' }] });
  if (pathname === '/v1/summary') {
    const received = searchParams.get('feed') === 'replay' && searchParams.get('period') === '2021-02' ? 1 : 0;
    return json(response, 200, { exposure: { sensors: 0, received } });
  }
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('観測レポート 2021年2月\u001b[2J\n');
};

test('report: asks the center for the month, of the first feed that holds some of it, in the language of the system', async (context) => {
  const { url, asked } = await answering(context, HELD);
  const ran = await noroshiBeside(['report', '--month', '2021-02', '--center', url], {
    env: { LANG: 'ja_JP.UTF-8', LC_ALL: '' },
  });
  assert.deepEqual(ran, { code: 0, out: '観測レポート 2021年2月\\x1b[2J\n', errors: '' });
  assert.deepEqual(asked, [
    '/v1/feeds',
    '/v1/summary?feed=simulation&period=2021-02',
    '/v1/summary?feed=replay&period=2021-02',
    '/v1/report?feed=replay&month=2021-02&format=text&lang=ja',
  ]);
});

test('report: what a terminal shows holds no control characters, whatever standard output is called', async (context) => {
  const { url } = await answering(context, HELD);
  for (const out of ['-', '/dev/stdout']) {
    const ran = await noroshiBeside([
      'report',
      '--month',
      '2021-02',
      '--feed',
      'replay',
      '--center',
      url,
      '--out',
      out,
    ]);
    assert.deepEqual(ran, { code: 0, out: '観測レポート 2021年2月\\x1b[2J\n', errors: '' }, out);
  }
});

test('report: writes a file, and overwrites it only when told to', async (context) => {
  const { url, asked } = await answering(context, HELD);
  const out = join(folder(context), 'report.csv');
  const args = ['report', '--period', '2021-02-01/2021-02-08', '--feed', 'network', '--format', 'csv', '--lang', 'en'];
  const ran = await noroshiBeside([...args, '--center', `${url}/below/`, '--out', out]);
  assert.deepEqual([ran.code, ran.out, ran.errors], [0, `Wrote ${out}\n`, '']);
  assert.equal(readFileSync(out, 'utf8'), '観測レポート 2021年2月\u001b[2J\n');
  const period = encodeURIComponent('2021-02-01/2021-02-08');
  assert.deepEqual(asked, [`/below/v1/report?feed=network&period=${period}&format=csv&lang=en`]);
  writeFileSync(out, 'mine');
  const again = await noroshiBeside([...args, '--center', url, '--out', out]);
  assert.deepEqual([again.code, again.errors], [3, `Cannot write ${out}: it exists already (--force overwrites)\n`]);
  assert.equal((await noroshiBeside([...args, '--center', url, '--out', out, '--force'])).code, 0);
  const nowhere = await noroshiBeside([...args, '--center', url, '--out', join(out, 'x')]);
  assert.deepEqual([nowhere.code, existsSync(join(out, 'x'))], [3, false]);
});

test('report: what is wrong is said in one sentence', async (context) => {
  const says = (answer: RequestListener) => answering(context, answer);
  const problem = await says((_, response) => {
    json(response, 400, { detail: 'Cannot read period "x\u001b[2J": it is neither' }, PROBLEM_TYPE);
  });
  const stranger = await says((_, response) => json(response, 404, {}));
  const garbled = await says((_, response) => response.writeHead(500, { 'content-type': PROBLEM_TYPE }).end('{'));
  const broken = await says((_, response) => response.socket?.destroy());
  const empty = await says((_, response) => json(response, 200, { feeds: [] }));
  const held = await says(HELD);
  const port = await freePort();
  const ask = (...args: string[]) => noroshiBeside(['report', ...args]);
  const month = ['--month', '2021-02', '--feed', 'network', '--center'];
  const expected: [Promise<Ran>, number, RegExp][] = [
    [ask(), 2, /^Cannot report: --month 2021-02, or --period, says of which days$/],
    [ask('--month', '2021-02', '--period', '2021-02'), 2, /^Cannot report: --month and --period are both given$/],
    [ask('--month', '2021-02', '--center', 'file:///etc'), 2, /: --center is no http or https address$/],
    [ask('--month', '2021-02', '--format', 'pdf'), 2, /^Cannot read --format: "pdf" is none of text, json, csv, html$/],
    [ask(...month, `http://127.0.0.1:${port}`), 3, /: nobody answers there \(npm start and noroshi up start one\)$/],
    [ask(...month, problem.url), 3, /^Cannot read period "x\\x1b\[2J": it is neither$/],
    [ask(...month, stranger.url), 3, /^Cannot ask the center at http:\/\/127\.0\.0\.1:\d+: it answers 404$/],
    [ask(...month, garbled.url), 3, /: it answers 500$/],
    [ask(...month, broken.url), 3, /: the connection broke/],
    [ask('--month', '2021-02', '--center', empty.url), 3, /^Cannot report: the center at http:.* holds nothing yet$/],
    [
      ask('--month', '2021-03', '--center', held.url),
      3,
      /^Cannot report: the center at http:.* holds nothing of 2021-03$/,
    ],
  ];
  for (const [running, code, sentence] of expected) {
    const ran = await running;
    assert.deepEqual([ran.code, ran.out], [code, ''], ran.errors);
    assert.match(ran.errors.trimEnd(), sentence);
  }
});
