/**
 * No public answer shows an address of a sensor: real segments are uploaded, then everything that the API and the page can answer is
 * searched for the sensors' addresses in every notation, and so is the center's log.
 */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { SILENT } from '@noroshi/kit/log.ts';
import { until } from '@noroshi/kit/testing.ts';
import { runSensor } from '@noroshi/sensor/main.ts';
import { World } from '@noroshi/simulate/world/world.ts';
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { DIMENSIONS, STEPS } from '@noroshi/wire/api/figures.ts';
import type { DetectorsShape, FindingsShape } from '@noroshi/wire/api/finding.ts';
import { REPORT_FORMATS, REPORT_LANGUAGES } from '@noroshi/wire/api/report.ts';
import { folder } from './testing.ts';
import { runCenter, TOKEN, writeConfig } from './up/testing.ts';

const HOUR_MS = 3_600_000;
const HOURS = 3;
/** The telescope: 25.37.0.0/26 and 2d00:6e6f:726f:7368::/64, as numbers, bytes and words may be written. */
const PREFIXES = ['25.37.0.0/26', '2d00:6e6f:726f:7368::/64'];
const NOTATIONS: readonly RegExp[] = [
  /(?<![\d.])25\.37\.0+\.\d{1,3}(?![\d.])/,
  /(?<![\d.])\d{1,3}\.0\.37\.25(?![\d.])/,
  /(?<![\d.])031\.045\.0/,
  /(?<![0-9a-f])0?1925:0{0,3}[0-3]?[0-9a-f](?![0-9a-f])/i,
  /(?<![0-9a-f])(0x|ffff)?192500[0-3][0-9a-f](?![0-9a-f])/i,
  /(?<!\d)4218552(3[2-9]|[4-8]\d|9[0-5])(?!\d)/,
  /2d00[:.-]?6e6f[:.-]?726f[:.-]?7368/i,
  /8\.6\.3\.7\.f\.6\.2\.7/i,
  // The addresses of the IPv6 network as integers.
  /(?<!\d)598174997051196819[2-4]\d{19}(?!\d)/,
];

function leakIn(text: string): string | undefined {
  for (const notation of NOTATIONS) {
    const found = notation.exec(text);
    if (found !== null) return text.slice(Math.max(0, found.index - 80), found.index + 80);
  }
  return undefined;
}

test('leakIn: finds an address however it is written', () => {
  const network = [0x2d00, 0x6e6f, 0x726f, 0x7368].reduce((sum, group) => (sum << 16n) | BigInt(group), 0n) << 64n;
  const writings = [
    '25.37.0.7',
    'x=25.37.0.63,',
    '::ffff:1925:3f',
    '0000:0000:0000:0000:0000:ffff:1925:0007',
    '1925003f',
  ];
  writings.push(
    '0x19250007',
    '421855239',
    '2D00:6E6F:726F:7368::1',
    '2d006e6f726f7368',
    '::ffff:25.37.0.1',
    `${network + 5n}`,
  );
  for (const text of writings) assert.notEqual(leakIn(text), undefined, text);
  for (const text of ['25.37.1.7', '125.37.0.7', '25.37.0.7.1', '421855296', '1925:44', '1926:7']) {
    assert.equal(leakIn(text), undefined, text);
  }
});

/** A SYN-ACK that claims to come from the very address it goes to: nobody may take that for a victim. */
function selfie(time_s: number): Uint8Array {
  const header = new Uint8Array(24);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 65_535, true);
  view.setUint32(20, 1, true);
  const frame = Buffer.from(
    '020000000001020000000002080045000028000100004006000019250007192500070050c35000000001000000025012200000000000',
    'hex',
  );
  const record = new Uint8Array(16);
  const head = new DataView(record.buffer);
  head.setUint32(0, time_s, true);
  head.setUint32(8, frame.length, true);
  head.setUint32(12, frame.length, true);
  return Buffer.concat([header, record, frame]);
}

/** Hours of the simulated world up to now, and the selfie, from one sensor. */
async function upload(url: string, sensor: string, spool: string): Promise<void> {
  const to_ms = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const from_ms = to_ms - HOURS * HOUR_MS;
  const tape = new World({ seed: 3, prefixes: PREFIXES }).tape(from_ms, true);
  await runSensor({
    sensor,
    prefixes: PREFIXES,
    compression: 'none',
    center: { url, token: TOKEN },
    spool: { folder: spool },
    log: SILENT,
    signal: new AbortController().signal,
    drain_ms: 60_000,
    async *feed() {
      yield { kind: 'listening', from_ms };
      yield { kind: 'bytes', bytes: selfie(from_ms / 1000 + 1) };
      for (let hour_ms = from_ms + HOUR_MS; hour_ms <= to_ms; hour_ms += HOUR_MS) {
        for (const bytes of tape.until(hour_ms)) yield { kind: 'bytes', bytes };
        yield { kind: 'until', to_ms: hour_ms, isLive: false };
      }
    },
  });
}

/** Every public address with every parameter that changes what is shown. */
function addresses(figures: readonly string[], day: string): string[] {
  const month = day.slice(0, 7);
  const perFeed = FEEDS.flatMap((feed) => {
    const scopes = [`feed=${feed}`, `feed=${feed}&period=${day}`, `feed=${feed}&period=${month}`];
    return [
      ...['conservation', 'live'].map((path) => `/v1/${path}?feed=${feed}`),
      ...foundAddresses(feed, day),
      ...scopes.flatMap((scope) => ['json', 'csv'].map((format) => `/v1/summary?${scope}&format=${format}`)),
      ...figures.flatMap((figure) => STEPS.map((step) => `/v1/series?${scopes[1]}&figure=${figure}&step=${step}`)),
      ...DIMENSIONS.flatMap((dimension) =>
        ['include', 'exclude'].flatMap((scanners) =>
          ['json', 'csv'].map(
            (format) => `/v1/rankings/${dimension}?${scopes[1]}&limit=1000&scanners=${scanners}&format=${format}`,
          ),
        ),
      ),
      ...REPORT_FORMATS.flatMap((format) =>
        REPORT_LANGUAGES.map((lang) => `/v1/report?feed=${feed}&month=${month}&format=${format}&lang=${lang}`),
      ),
    ];
  });
  const wrong = [
    '/v1/nope',
    '/v1/summary?feed=25',
    '/v1/segments/sensor-1/0',
    '/%zz',
    '/v1/rankings/sources?feed=network',
  ];
  return ['/', '/v1/health', '/v1/feeds', '/v1/definitions', '/v1/openapi.json', '/v1/metrics', ...perFeed, ...wrong];
}

/** Everything that can be asked about what was found. */
function foundAddresses(feed: string, day: string): string[] {
  const scopes = [`feed=${feed}`, `feed=${feed}&period=${day}`];
  return [
    ...['json', 'csv', 'stix'].map((format) => `/v1/findings?feed=${feed}&limit=1000&format=${format}`),
    ...['json', 'csv'].flatMap((format) => [
      ...scopes.map((scope) => `/v1/victims?${scope}&limit=1000&format=${format}`),
      ...scopes.map((scope) => `/v1/sources?${scope}&format=${format}`),
      `/v1/victims?feed=${feed}&open=true&limit=1000&format=${format}`,
      `/v1/detectors?feed=${feed}&format=${format}`,
    ]),
  ];
}

/** So many findings of each detector are opened; all of them stand in the lists. */
const OPENED_MAX = 20;
const DETECTION_MS = 30_000;

/** Waits until the detectors have seen all that was uploaded, then findings and victims have addresses as well. */
async function foundOf(url: string, feed: string, to_ms: number): Promise<string[]> {
  const ask = async (path: string): Promise<FindingsShape> =>
    (await (await fetch(`${url}${path}`)).json()) as FindingsShape;
  let seen: string | null = null;
  const { detectors } = await until(
    async () => {
      const answer = (await (await fetch(`${url}/v1/detectors?feed=${feed}`)).json()) as DetectorsShape;
      seen = answer.watermark;
      return seen !== null && Date.parse(seen) >= to_ms && answer;
    },
    () => `The detectors got no further than ${seen} of ${new Date(to_ms).toISOString()}`,
    DETECTION_MS,
  );
  const lists = detectors.map(({ id }) => ask(`/v1/findings?feed=${feed}&detector=${id}&limit=${OPENED_MAX}`));
  const findings = (await Promise.all(lists)).flatMap((list) => list.findings);
  const attacked = findings.filter(({ detector }) => detector === 'dos/victim');
  const victims = attacked.filter(({ subject }) => subject.kind === 'address').map(({ subject }) => subject.value);
  return [
    ...findings.map(({ id }) => `/v1/findings/${id}`),
    ...[...new Set(victims)].map((address) => `/v1/victims/${address}?feed=${feed}`),
  ];
}

/** The first events of the live stream. */
function events(url: string, feed: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(`${url}/v1/live/events?feed=${feed}`, { agent: false, headers: { 'last-event-id': '0' } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      response.on('data', (part: Buffer) => {
        text += part.toString();
        if (text.split('event: minute').length < 30) return;
        asked.destroy();
        resolve(text);
      });
    });
  });
}

test('no answer, no page, no log shows a sensor’s address', async (context) => {
  const path = folder(context);
  const config = writeConfig(path, 'log: { level: debug }\n', true);
  const center = await runCenter(context, config);
  await upload(center.url, 'sensor-1', join(path, 'spool-1'));
  await upload(center.url, 'replay-a', join(path, 'spool-2'));
  const definitions = (await (await fetch(`${center.url}/v1/definitions`)).json()) as { figures: { id: string }[] };
  const day = new Date(Date.now() - HOURS * HOUR_MS).toISOString().slice(0, 10);
  const seen: string[] = [];
  const to_ms = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
  const found = [...(await foundOf(center.url, 'network', to_ms)), ...(await foundOf(center.url, 'replay', to_ms))];
  assert.ok(
    found.some((address) => address.startsWith('/v1/victims/')),
    'somebody was attacked',
  );
  const ids = definitions.figures.map(({ id }) => id);
  for (const address of [...addresses(ids, day), ...found]) {
    const answer = await fetch(`${center.url}${address}`, { headers: { accept: 'text/html' } });
    const body = await answer.text();
    assert.equal(leakIn(body), undefined, address);
    assert.equal(leakIn(JSON.stringify([...answer.headers])), undefined, address);
    assert.ok(answer.status !== 500, `${address}: ${body}`);
    if (answer.status === 200 && body.length > 500) seen.push(address);
  }
  assert.ok(seen.filter((address) => address.includes('feed=network')).length > 40, 'the answers held something');
  assert.equal(leakIn(await events(center.url, 'network')), undefined);

  // Refusals of what was sent: a segment under another name, a wrong token, no body at all.
  for (const authorization of [`Bearer ${TOKEN}`, 'Bearer wrong']) {
    const refused = await fetch(`${center.url}/v1/segments/sensor-1/99`, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/vnd.apache.parquet' },
      body: '25.37.0.7',
    });
    assert.ok(refused.status >= 400);
    assert.equal(leakIn(await refused.text()), undefined);
  }

  const dist = join(import.meta.dirname, '../portal/dist');
  for (const file of globSync('**/*.{html,js,css,svg,json}', { cwd: dist })) {
    const answer = await fetch(`${center.url}/${file}`);
    assert.equal(answer.status, 200, file);
    assert.equal(leakIn(await answer.text()), undefined, file);
  }
  assert.equal(leakIn(center.log()), undefined);
  assert.equal(await center.end('SIGTERM'), 0);
});
