import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Claim, stixValidator } from '@noroshi/center/publish/stix/testing/validator.ts';
import { needs, sharedFile } from '@noroshi/kit/testing.ts';
import { widthOf } from '@noroshi/kit/width.ts';
import type { FindingDetailShape, FindingShape, FindingsShape } from '@noroshi/wire/api/finding.ts';
import { PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import fc from 'fast-check';
import { answering, folder, noroshiBeside, type Ran } from '../testing.ts';
import { wrapWide } from './wrap.ts';

/** The schemas of OASIS. */
const STIX = sharedFile('data', 'conformance', 'stix');
const START_MS = Date.UTC(2026, 10, 21, 8);
const both = (en: string, ja: string) => ({ ja, en });

function finding(index: number): FindingShape {
  return {
    id: `0f8fad5b-d9cb-569f-a165-${String(index).padStart(12, '0')}`,
    feed: 'replay',
    detector: 'dos/victim',
    detector_version: 1,
    sentence: both('Victims of attacks with forged sources.', '送信元を詐称した攻撃の被害者'),
    subject: { kind: 'address', value: index === 0 ? '2001:db8:7:1::50' : `198.51.100.${index}` },
    aspect: 'tcp/443',
    country: 'JP',
    asn: 64_500,
    as_name: 'Ember\u001b[2J Networks',
    from: new Date(START_MS).toISOString(),
    to: new Date(START_MS + 7_200_000).toISOString(),
    first: new Date(START_MS).toISOString(),
    last: new Date(START_MS + 7_100_000).toISOString(),
    is_open: index === 0,
    state: 'confirmed',
    confidence: 0.987,
    reasons: [
      {
        code: 'spread',
        sentence: both('Answers reach many of our addresses evenly.', '応答が多数の観測用アドレスに均等に届いている。'),
        values: { targets: 212, expected: 3.256 },
      },
    ],
    figures: [
      { name: 'packets', value: 48_211, unit: 'packets', sentence: both('Packets seen.', '観測したパケット。') },
      { name: 'attack_pps', value: 184_230.5, unit: 'packets/s', sentence: both('Estimate.', '推定。') },
    ],
    revision: 3,
  };
}

function detail(id: string): FindingDetailShape | undefined {
  const one = [0, 1, 2].map(finding).find((each) => each.id === id);
  if (one === undefined) return undefined;
  return {
    ...one,
    confidence_means: both('The probability that it is a victim.', '被害者である確率。'),
    references: [{ name: 'Moore 2001', where: 'section 3' }],
    evidence: { sql: 'SELECT minute\nFROM flows WHERE src = {src:IPv6}', params: { src: '198.51.100.1' } },
    history: [{ at: one.from, actor: 'aki', state: 'confirmed', confidence: 0.9, note: 'seen\u0007 twice' }],
    sightings: [{ bin: one.from, first: one.first, last: one.first, confidence: 0.9, figures: { packets: 12 } }],
  };
}

/** A center with three findings, one a page when asked for a thousand; and the paths that it was asked for. */
function center(context: TestContext): Promise<{ readonly url: string; readonly asked: string[] }> {
  return answering(context, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://center');
    const send = (status: number, value: unknown, type = 'application/json'): void => {
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
    };
    if (pathname === '/v1/feeds') return send(200, { feeds: [{ feed: 'replay', to_ms: START_MS + 86_400_000 }] });
    const one = /^\/v1\/findings\/(?<id>.+)$/.exec(pathname)?.groups?.id;
    if (one !== undefined) {
      const found = detail(one);
      return found === undefined
        ? send(404, { detail: 'Cannot show the finding: there is none with this id' }, PROBLEM_TYPE)
        : send(200, found);
    }
    const from = Number(searchParams.get('cursor') ?? 0);
    const isPaged = searchParams.get('limit') === '1000' && searchParams.get('state') === 'confirmed';
    const to = isPaged ? from + 1 : 3;
    const findings = searchParams.get('state') === 'refuted' ? [] : [0, 1, 2].slice(from, to).map(finding);
    const list: FindingsShape = {
      feed: 'replay',
      from: null,
      to: null,
      findings,
      cursor: to < 3 ? String(to) : null,
      watermark: new Date(START_MS + 86_340_000).toISOString(),
    };
    send(200, list);
  });
}

function run(url: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return noroshiBeside(['findings', ...args, '--center', url], {
    env: { COLUMNS: '80', LANG: 'C', LC_ALL: '', ...env },
  });
}

// oxlint-disable-next-line no-control-regex -- that none comes through
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

test('findings: a table that fits 80 columns in both languages, since so long before the newest data', async (context) => {
  const { url, asked } = await center(context);
  for (const [lang, heads] of [
    ['en', /^ {2}ID {8}SUBJECT {8}/],
    ['ja', /^ {2}ID {8}対象/],
  ] as const) {
    const ran = await run(url, ['--since', '24h', '--detector', 'dos', '--open', '--lang', lang]);
    assert.deepEqual([ran.code, ran.errors], [0, '']);
    const lines = ran.out.trimEnd().split('\n');
    assert.match(lines[0] ?? '', heads);
    assert.match(lines[1] ?? '', /^ {2}0f8fad5b {2}● 2001:db8:7:1::50/);
    for (const line of lines) assert.ok(widthOf(line) <= 80, line);
    assert.doesNotMatch(ran.out, CONTROL);
  }
  const since = encodeURIComponent(new Date(START_MS).toISOString());
  assert.equal(asked[1], `/v1/findings?feed=replay&detector=dos&open=true&from=${since}&limit=50`);
});

test('findings: nothing found is said as what it is', async (context) => {
  const { url } = await center(context);
  const ran = await run(url, ['--state', 'refuted'], { LANG: 'ja_JP.UTF-8' });
  assert.match(ran.out.replaceAll('\n', ''), /何も起きなかったことを意味するものではありません/);
  const english = await run(url, ['--state', 'refuted']);
  assert.match(english.out.replaceAll('\n', ' '), /does not mean that nothing happened/);
});

test('findings show: explains, by the first letters of an id; foreign text stays harmless', async (context) => {
  const { url } = await center(context);
  const id = '0f8fad5b-d9cb-569f-a165-000000000002';
  for (const lang of ['en', 'ja']) {
    const ran = await run(url, ['show', id, '--lang', lang]);
    assert.deepEqual([ran.code, ran.errors], [0, '']);
    assert.match(ran.out, /^198\.51\.100\.2 tcp\/443\n/);
    assert.match(ran.out, /\(targets 212, expected 3\.26\)/);
    assert.match(ran.out, /\n {2}FROM flows WHERE src = \{src:IPv6\}\n {2}-- src = 198\.51\.100\.1\n/);
    assert.match(ran.out, /aki: seen\\x07\s+twice/);
    assert.doesNotMatch(ran.out, CONTROL);
    for (const line of ran.out.split('\n')) assert.ok(widthOf(line) <= 80, line);
  }
  const json = await run(url, ['show', id, '--format', 'json']);
  assert.equal((JSON.parse(json.out) as FindingDetailShape).id, id);
});

test('findings export: all pages as JSON, CSV and one STIX bundle, into a file', async (context) => {
  const { url } = await center(context);
  const args = ['export', '--state', 'confirmed', '--feed', 'replay'];
  const json = JSON.parse((await run(url, args)).out) as FindingsShape;
  assert.deepEqual([json.findings.length, json.cursor], [3, null]);
  const csv = await run(url, [...args, '--format', 'csv']);
  assert.equal(csv.out.split('\r\n').length, 5);
  const out = join(folder(context), 'week.json');
  const ran = await run(url, [...args, '--format', 'stix', '--out', out]);
  assert.deepEqual([ran.out, ran.errors], [`Wrote ${out}\n`, '']);
  const bundle = JSON.parse(readFileSync(out, 'utf8')) as Claim & { objects: { type: string }[] };
  const types = bundle.objects.map(({ type }) => type);
  assert.deepEqual([bundle.type, types.filter((type) => type === 'report').length], ['bundle', 1]);
  // A victim is no indicator.
  assert.ok(!types.includes('indicator'));
  assert.equal((await run(url, [...args, '--out', out])).code, 3);
});

test('findings export: the bundle holds against the schemas of OASIS', needs(STIX), async (context) => {
  const { url } = await center(context);
  const ran = await run(url, ['export', '--format', 'stix']);
  assert.deepEqual(stixValidator()(JSON.parse(ran.out) as Claim), []);
});

test('findings: what is wrong is said in one sentence', async (context) => {
  const { url } = await center(context);
  const cases: readonly (readonly [args: string[], code: number, sentence: RegExp])[] = [
    [['remove'], 2, /: list, show ID and export are what can be done$/],
    [['list', 'x'], 2, /: list, show ID and export are what can be done$/],
    [['show'], 2, /: its id, or the first letters of it, are missing$/],
    [['show', '0f8fad5b'], 2, /^Cannot show 0f8fad5b: several findings have ids that begin so$/],
    [['show', 'ffff'], 3, /^Cannot show ffff: none of the newest 3 findings has an id that begins so$/],
    [['show', '0f8fad5b-d9cb-569f-a165-00000000000f'], 3, /: there is none with this id$/],
    [['show', '0f8fad5b', '--format', 'stix'], 2, /as stix: text and json are its forms$/],
    [['export', '--format', 'text'], 2, /^Cannot export as text: /],
    [['--since', 'yesterday'], 2, /^Cannot read --since: it is neither 24h, 7d nor a time such as /],
    [['--feed', 'network'], 3, /^Cannot look at findings: the center at http.* holds nothing of feed network$/],
  ];
  for (const [args, code, sentence] of cases) {
    const ran = await run(url, args);
    assert.deepEqual([ran.code, ran.out], [code, ''], ran.errors);
    assert.match(ran.errors.trimEnd(), sentence);
  }
  assert.equal(existsSync('week.json'), false);
});

test('wrapWide: no line is too wide, nothing is lost, no line begins with a closing sign', () => {
  const piece = fc.constantFrom('応答', '、', '。', ' ', 'word', '192.0.2.1', '（', '）', 'ー', 'a');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 12, max: 80 }), (pieces, width) => {
      const text = pieces.join('');
      const lines = wrapWide(text, width);
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
      for (const line of lines.slice(1)) assert.doesNotMatch(line, /^[、。）ー]/);
    }),
  );
  assert.deepEqual(wrapWide('応答が届いている。', 8), ['応答が届', 'いている。']);
  assert.deepEqual(wrapWide('one two three', 8), ['one two', 'three']);
});
