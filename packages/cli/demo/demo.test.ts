/** The demonstration's sensor: past, then live, without a gap or a packet twice, over stops, kills and sleeps. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FeedPiece } from '@noroshi/sensor/main.ts';
import { FakeCenter } from '@noroshi/sensor/testing/fake-center.ts';
import { complaints, sumsOf } from '@noroshi/sensor/testing/segments.ts';
import { World } from '@noroshi/simulate/world/world.ts';
import type { Segment } from '@noroshi/wire/segment/segment.ts';
import { folder } from '../testing.ts';
import { demoFeed } from './feed.ts';
import { DEMO_SENSOR, type DemoLine } from './sensor.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 2026-03-02T10:20:30.500Z. */
const NOW_MS = Date.UTC(2026, 2, 2, 10, 20, 30, 500);
const world = new World({ seed: 2, prefixes: ['25.37.0.0/30'] });

interface Told {
  readonly pieces: readonly Exclude<FeedPiece, { kind: 'bytes' }>[];
  readonly bytes: number;
}

/** A feed until the clock, which goes on by every sleep and by what `jump` says, has reached a time. */
async function told(
  resume_ms: number | undefined,
  days: number,
  end_ms: number,
  jump: () => number = () => 0,
): Promise<Told> {
  let now_ms = NOW_MS;
  let bytes = 0;
  const stop = new AbortController();
  const pieces: Exclude<FeedPiece, { kind: 'bytes' }>[] = [];
  const sleep = async (pause_ms: number): Promise<void> => {
    now_ms += pause_ms + jump();
    if (now_ms >= end_ms) stop.abort();
  };
  const options = { world, days, resume_ms, signal: stop.signal, now_ms: () => now_ms, sleep };
  for await (const piece of demoFeed(options)) {
    if (piece.kind === 'bytes') bytes += piece.bytes.length;
    else pieces.push(piece);
    if (now_ms >= end_ms) stop.abort();
  }
  return { pieces, bytes };
}

function bytesOf(from_ms: number, to_ms: number): number {
  let bytes = 0;
  for (const piece of world.tape(from_ms).until(to_ms)) bytes += piece.length;
  return bytes;
}

test('demoFeed: begins with a UTC day, tells the past in hours, then lives by minutes', async () => {
  const { pieces, bytes } = await told(undefined, 2, NOW_MS + 3 * MINUTE_MS);
  const first = Date.UTC(2026, 1, 28);
  assert.deepEqual(pieces[0], { kind: 'listening', from_ms: first });
  const ends = pieces.flatMap((piece) => (piece.kind === 'until' ? [piece] : []));
  const past = ends.filter(({ isLive }) => !isLive);
  assert.equal(past.length, 2 * 24 + 11);
  assert.equal(past.at(-1)?.to_ms, NOW_MS - (NOW_MS % MINUTE_MS));
  const live = ends.filter(({ isLive }) => isLive).map(({ to_ms }) => to_ms);
  assert.ok(live.every((to_ms, index) => index === 0 || to_ms > live[index - 1]));
  const minutes = [1, 2, 3].map((minute) => NOW_MS - (NOW_MS % MINUTE_MS) + minute * MINUTE_MS);
  assert.deepEqual(
    live.filter((to_ms) => to_ms % MINUTE_MS === 0),
    minutes,
  );
  assert.equal(bytes, bytesOf(first, live.at(-1) ?? 0));
});

test('demoFeed: goes on where it ended', async () => {
  const resume = NOW_MS - 3 * 3_600_000 + 17;
  const { pieces, bytes } = await told(resume, 2, NOW_MS + 1000);
  assert.deepEqual(pieces[0], { kind: 'listening', from_ms: resume });
  const last = pieces.at(-1);
  assert.equal(bytes, bytesOf(resume, last?.kind === 'until' ? last.to_ms : 0));
});

test('demoFeed: what is older than its days is a gap', async () => {
  const { pieces } = await told(NOW_MS - 40 * DAY_MS, 2, NOW_MS + 1000);
  assert.deepEqual(pieces[0], { kind: 'listening', from_ms: Date.UTC(2026, 1, 28) });
});

test('demoFeed: after a sleep of the machine it catches up as the past; after a long one with a gap', async () => {
  const jumps = [0, 0, 3 * 3_600_000, 0, 0, 9 * DAY_MS];
  const { pieces } = await told(NOW_MS - MINUTE_MS, 2, NOW_MS + 10 * DAY_MS, () => jumps.shift() ?? 0);
  const text = pieces.map((piece) => (piece.kind === 'until' ? (piece.isLive ? 'live' : 'past') : piece.kind));
  const runs = text.filter((word, index) => word !== text[index - 1]);
  assert.deepEqual(runs.slice(0, 6), ['listening', 'live', 'past', 'live', 'listening', 'past']);
});

const SCRIPT = join(import.meta.dirname, 'sensor.ts');

interface Ended {
  readonly lines: readonly DemoLine[];
  readonly code: number | null;
}

/** Runs the process until `enough` says so, then sends it a signal. */
async function runProcess(
  args: readonly string[],
  enough: (line: DemoLine) => boolean,
  signal: NodeJS.Signals,
): Promise<Ended> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: DemoLine[] = [];
  let rest = '';
  let isTold = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = JSON.parse(part) as DemoLine;
      lines.push(line);
      // Once: a second one would end it at once.
      if (!isTold && enough(line)) isTold = child.kill(signal);
    }
  });
  await once(child, 'close');
  return { lines, code: child.exitCode };
}

/** The spans of all segments follow each other without a gap or an overlap; from when to when. */
function stretchOf(segments: readonly Segment[]): { from_ms: number; to_ms: number } {
  const spans = segments.flatMap(({ exposure }) => exposure);
  for (const [index, { from_ms }] of spans.entries()) if (index > 0) assert.equal(from_ms, spans[index - 1].to_ms);
  return { from_ms: spans[0].from_ms, to_ms: spans.at(-1)?.to_ms ?? 0 };
}

test('demo/sensor.ts: stopped and killed at any moment, the simulated world is in the center once', async (context) => {
  const center = await FakeCenter.start();
  context.after(() => center.stop());
  const state = folder(context);
  writeFileSync(join(state, 'token'), 'secret\n');
  const args = [
    '--center',
    center.url,
    '--state',
    state,
    '--token-file',
    join(state, 'token'),
    '--days',
    '1',
    '--seed',
    '3',
  ];
  const ends: readonly (readonly [(line: DemoLine) => boolean, NodeJS.Signals])[] = [
    [(line) => line.kind === 'history' && line.share > 0.2, 'SIGKILL'],
    [(line) => line.kind === 'history' && line.share > 0.1, 'SIGTERM'],
    [(line) => line.kind === 'history' && line.packets > 100_000, 'SIGKILL'],
    [(line) => line.kind === 'live', 'SIGTERM'],
  ];
  for (const [enough, signal] of ends) {
    const { code, lines } = await runProcess(args, enough, signal);
    assert.equal(code, signal === 'SIGKILL' ? null : 0);
    if (signal === 'SIGTERM') assert.equal(lines.at(-1)?.kind, 'end');
  }
  const segments = center.segments(DEMO_SENSOR);
  assert.deepEqual(complaints(segments), []);
  const { from_ms, to_ms } = stretchOf(segments);
  let packets = 0;
  const tape = new World({ seed: 3 }).tape(from_ms);
  for (const piece of tape.until(to_ms)) {
    const data = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    let at = packets === 0 && piece.length === 24 ? 24 : 0;
    for (; at < piece.length; at += 16 + data.getUint32(at + 8, true)) packets++;
  }
  assert.equal(sumsOf(segments).received, packets);
  assert.ok(packets > 300_000);
});

test('demo/sensor.ts: says in a line what is wrong with its options', async () => {
  const { lines, code } = await runProcess(['--days', '3'], () => false, 'SIGTERM');
  assert.equal(code, 1);
  assert.deepEqual(lines, [
    { kind: 'failed', sentence: 'Cannot start the simulated sensor: --center, --state and --token-file are needed' },
  ]);
});
