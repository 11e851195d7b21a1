import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { until } from '@noroshi/kit/testing.ts';
import { FakeCenter, problem } from '@noroshi/sensor/testing/fake-center.ts';
import { complaints, sumsOf } from '@noroshi/sensor/testing/segments.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { REPLAY_FIELDS } from '../fields.ts';
import { demoFolders, replayTokenFile } from '../places.ts';
import { folder, noroshiBeside, type Ran, startNoroshi } from '../testing.ts';

/** 2021-02-01T00:00:00Z. */
const START_S = 1_612_137_600;
const PACKETS = 4000;
const CAPTURE = simulateToBytes({ seed: 3, packets: PACKETS, start_s: START_S + 3600, duration_s: 2 * 86_400 }).bytes;

interface Rig {
  readonly center: FakeCenter;
  readonly path: string;
  /** Runs `noroshi replay` with the center and its token; temporary files go to a folder of their own. */
  readonly replay: (args: readonly string[], input?: Uint8Array) => Promise<Ran>;
}

async function rig(context: TestContext): Promise<Rig> {
  const center = await FakeCenter.start();
  const path = folder(context);
  context.after(() => center.stop());
  writeFileSync(join(path, 'token'), 'secret\n');
  writeFileSync(join(path, 'a.pcap'), CAPTURE);
  const replay = (args: readonly string[], input?: Uint8Array): Promise<Ran> => {
    return noroshiBeside(['replay', '--center', center.url, '--token-file', join(path, 'token'), ...args], { input });
  };
  return { center, path, replay };
}

test('replay: captures are in the center, every packet accounted for, and the page is named', async (context) => {
  const { center, path, replay } = await rig(context);
  const { code, out, errors } = await replay([join(path, 'a.pcap')]);
  assert.deepEqual([code, errors], [0, '']);
  const [{ sensor }] = [...center.stored.values()].map(({ segment }) => segment);
  assert.match(sensor, /^replay-[0-9a-f]{12}$/);
  const segments = center.segments(sensor);
  assert.deepEqual(complaints(segments), []);
  assert.equal(sumsOf(segments).received, PACKETS);
  assert.match(out, new RegExp(`^Replayed 4,000 packets as ${sensor} to ${center.url}\n`));
  assert.match(out, /received 4,000 = kept [\d,]+ \+ filtered \d+ \+ dropped 0\n/);
  assert.ok(out.includes(`${center.url}/?feed=replay&period=2021-02-01/2021-02-04\n`), out);
});

test('replay: the same captures again change nothing, whatever their order, threads or place', async (context) => {
  const { center, path, replay } = await rig(context);
  const other = simulateToBytes({ seed: 9, packets: 500, start_s: START_S, duration_s: 600 }).bytes;
  writeFileSync(join(path, 'b.pcap'), other);
  writeFileSync(join(path, 'copy.pcap'), CAPTURE);
  await replay([join(path, 'a.pcap'), join(path, 'b.pcap')]);
  const before = center.stored.size;
  const { out } = await replay(['--json', join(path, 'b.pcap'), join(path, 'copy.pcap')]);
  const summary = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual([summary.stored, summary.duplicates, center.stored.size], [0, before, before]);
  assert.equal(sumsOf(center.segments(summary.sensor as string)).received, PACKETS + 500);
});

test('replay --json: the names are those of the reference', async (context) => {
  const { path, replay } = await rig(context);
  const { out } = await replay(['--json', '--prefixes', '25.37.0.0/20', '--workers', '2', join(path, 'a.pcap')]);
  const summary = JSON.parse(out) as {
    damage: { captures: unknown[] };
    addresses: number;
    counters: { filtered: object };
  };
  const names = new Set(REPLAY_FIELDS.map(({ name }) => name.split(/[.[]/)[0]));
  assert.deepEqual(Object.keys(summary), [...names]);
  assert.equal(summary.addresses, 4096);
  assert.deepEqual(Object.keys(summary.counters.filtered), ['not_ip', 'malformed', 'elsewhere']);
});

test('replay: standard input, compressed or not, in any pieces', async (context) => {
  const { center, path, replay } = await rig(context);
  for (const bytes of [CAPTURE, gzipSync(CAPTURE)]) {
    const { code, errors } = await replay(['-'], bytes);
    assert.deepEqual([code, errors], [0, '']);
  }
  assert.equal(new Set([...center.stored.values()].map(({ segment }) => segment.sensor)).size, 2);
  const again = await replay(['--json', '-'], CAPTURE);
  assert.equal((JSON.parse(again.out) as { stored: number }).stored, 0);
  // From a file it has another name, unless it is told.
  const told = await replay(['--json', '--as', 'one', '-'], CAPTURE);
  assert.ok((JSON.parse(told.out) as { stored: number }).stored > 0);
  const file = await replay(['--json', '--as', 'one', join(path, 'a.pcap')]);
  assert.equal((JSON.parse(file.out) as { stored: number }).stored, 0);
});

test('replay: of a damaged capture everything before the damage is in the center, and the exit code is 1', async (context) => {
  const { center, path, replay } = await rig(context);
  writeFileSync(join(path, 'cut.pcap'), CAPTURE.subarray(0, CAPTURE.length - 5));
  const { code, errors, out } = await replay(['--as', 'cut', join(path, 'cut.pcap')]);
  assert.equal(code, 1);
  assert.match(errors, /^Capture .*cut\.pcap is damaged: the file ends inside a record at byte \d+: /);
  assert.match(out, /^Replayed 3,999 packets as replay-cut /);
  assert.equal(sumsOf(center.segments('replay-cut')).received, PACKETS - 1);
});

test('replay: a capture without a packet is no mistake', async (context) => {
  const { center, path, replay } = await rig(context);
  writeFileSync(join(path, 'none.pcap'), CAPTURE.subarray(0, 24));
  const { code, out } = await replay([join(path, 'none.pcap')]);
  assert.deepEqual([code, center.stored.size], [0, 0]);
  assert.match(out, /no packets: nothing to show/);
});

test('replay: says in one sentence why the center did not take it', async (context) => {
  const { center, path, replay } = await rig(context);
  const file = join(path, 'a.pcap');
  center.script.push(problem(409, 'identity_conflict'));
  const conflict = await replay([file]);
  assert.equal(conflict.code, 3);
  assert.match(conflict.errors, /^Cannot send to the center at .*: It is identity_conflict\..* --as stores them anew/);
  center.token = 'another';
  const stranger = await replay([file]);
  assert.deepEqual([stranger.code, stranger.out], [3, '']);
  assert.match(stranger.errors, /^Cannot send to the center at .* 401\. --token-file names the file with its token\n$/);
  assert.doesNotMatch(stranger.errors, /secret/);
  await center.stop();
  const absent = await replay([file]);
  assert.equal(absent.code, 3);
  assert.match(
    absent.errors,
    /^Cannot reach the center at http:\/\/127\.0\.0\.1:\d+: connection refused\. Start one with npm start, or name another with --center\n$/,
  );
});

test('replay: waits for a center without room for as long as it is asked to, and says so', async (context) => {
  const { center, path, replay } = await rig(context);
  center.script.push(...Array.from({ length: 4 }, () => problem(507, 'disk_full', { 'retry-after': '4' })));
  const { code, errors } = await replay([join(path, 'a.pcap')]);
  assert.equal(code, 0);
  const [first, second, ...more] = errors.split('\n');
  assert.match(
    first ?? '',
    /^Waiting since [\d:]{8} UTC, trying again at [\d:]{8}; nothing is lost: the center answered 507: It is disk_full$/,
  );
  assert.match(second ?? '', /^The center takes segments again, after \d/);
  assert.deepEqual(more, ['']);
});

const refused: readonly (readonly [args: readonly string[], code: number, sentence: RegExp])[] = [
  [['/none.pcap'], 3, /^Cannot read \/none\.pcap: no such file\n$/],
  [['--prefixes', '10.0.0.0/99', 'x'], 2, /^Cannot read prefix "10\.0\.0\.0\/99": /],
  [['--as', '10.0.0.1', '/dev/null'], 2, /^Cannot name the replay 10\.0\.0\.1: a name has a-z, 0-9 and hyphens/],
  [['--token-file', '/none', '/dev/null'], 3, /^Cannot read \/none: no such file\n$/],
  [['/dev/null'], 2, /^Cannot name the replay of \/dev\/null: it gives its bytes only once; --as names it\n$/],
  [['--as', 'x', '--center', 'ftp://x', '/dev/null'], 2, /^Cannot use the center’s address: it is no http/],
];

test('replay: refuses what makes no sense in one sentence', async () => {
  for (const [args, code, sentence] of refused) {
    const ran = await noroshiBeside(['replay', ...args]);
    assert.match(ran.errors, sentence);
    assert.deepEqual([ran.code, ran.out], [code, '']);
  }
});

test('replay: Ctrl-C ends it and leaves no file behind', async (context) => {
  const { center, path } = await rig(context);
  center.always = () => {};
  const scratch = mkdtempSync(join(tmpdir(), 'noroshi-replay-test-'));
  context.after(() => rmSync(scratch, { recursive: true, force: true }));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = scratch;
  const child = startNoroshi([
    'replay',
    '--center',
    center.url,
    '--token-file',
    join(path, 'token'),
    join(path, 'a.pcap'),
  ]);
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  const ended = new Promise((resolve) => {
    child.on('close', resolve);
  });
  await until(() => center.requests.some((line) => line.startsWith('PUT')));
  child.kill('SIGINT');
  assert.equal(await ended, 130);
  assert.deepEqual(
    readdirSync(scratch).filter((name) => name.startsWith('noroshi-')),
    [],
  );
});

test('demoFolders: the checkout first, then the user’s state folder', () => {
  const [checkout, user] = demoFolders({ XDG_STATE_HOME: '/s' });
  assert.match(checkout, /\/var\/demo$/);
  assert.equal(replayTokenFile(user), '/s/noroshi/demo/replay.token');
});
