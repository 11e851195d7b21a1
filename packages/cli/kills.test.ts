/**
 * Every row once, whatever dies when: center and sender are killed with SIGKILL at random moments, the sender's memory of what was
 * acknowledged is lost now and then, and at the end the center holds every segment exactly once.
 *
 *     NOROSHI_KILLS=500 NOROSHI_SEED=7 node --test packages/cli/kills.test.ts
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { SILENT } from '@noroshi/kit/log.ts';
import { freePort, until } from '@noroshi/kit/testing.ts';
import { runSensor } from '@noroshi/sensor/main.ts';
import { readSegment } from '@noroshi/sensor/spool/read-segment.ts';
import { Random } from '@noroshi/simulate/craft/random.ts';
import { World } from '@noroshi/simulate/world/world.ts';
import type { Conservation } from '@noroshi/wire/api/figures.ts';
import { folder } from './testing.ts';
import { type RunningCenter, runCenter, TOKEN, writeConfig } from './up/testing.ts';

const KILLS = Number(process.env.NOROSHI_KILLS ?? 20);
const SEED = Number(process.env.NOROSHI_SEED ?? 1);
const SENSOR = 'replay-kills';
/** Some segments for every kill, so that there is always something new to store. */
const MINUTES = Math.min(1200, KILLS * 3);
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 5, 23, 0);
/** A kill comes at most so long after a segment was acknowledged: others are under way then. */
const PEACE_MS = 150;

/** Minutes of the simulated world, one segment a minute, in a spool that nobody empties. */
async function fillSpool(spool: string): Promise<void> {
  const world = new World({ seed: SEED });
  await runSensor({
    sensor: SENSOR,
    prefixes: world.prefixes,
    compression: 'none',
    center: { url: 'http://127.0.0.1:9', token: TOKEN },
    spool: { folder: spool },
    log: SILENT,
    signal: new AbortController().signal,
    drain_ms: 0,
    async *feed() {
      const tape = world.tape(START_MS);
      yield { kind: 'listening', from_ms: START_MS };
      for (let minute = 1; minute <= MINUTES; minute++) {
        const to_ms = START_MS + minute * MINUTE_MS;
        for (const bytes of tape.until(to_ms)) yield { kind: 'bytes', bytes };
        yield { kind: 'until', to_ms, isLive: true };
      }
    },
  });
}

interface Truth {
  readonly segments: number;
  readonly received: number;
  readonly kept: number;
}

function truthOf(spool: string): Truth {
  const files = readdirSync(spool).filter((name) => name.endsWith('.parquet'));
  const counters = files.map((name) => readSegment(join(spool, name))?.counters ?? assert.fail(name));
  const sum = (key: 'received' | 'kept'): number => counters.reduce((total, one) => total + one[key], 0);
  return { segments: files.length, received: sum('received'), kept: sum('kept') };
}

/** A process that sends what lies in the spool, and ends when nothing is left. */
function startSender(script: string, url: string, spool: string): ChildProcess {
  return spawn(process.execPath, [script, url, spool], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function writeSender(path: string): string {
  const script = join(path, 'sender.mjs');
  writeFileSync(
    script,
    `import { runSensor } from ${JSON.stringify(import.meta.resolve('@noroshi/sensor/main.ts'))};
     import { SILENT } from ${JSON.stringify(import.meta.resolve('@noroshi/kit/log.ts'))};
     const [url, folder] = process.argv.slice(2);
     await runSensor({ sensor: ${JSON.stringify(SENSOR)}, prefixes: [], compression: 'none', spool: { folder }, log: SILENT,
       center: { url, token: ${JSON.stringify(TOKEN)} }, signal: new AbortController().signal, drain_ms: 1e9, feed: async function* () {} });`,
  );
  return script;
}

/** Resolves when the center has acknowledged one more segment. */
async function acknowledged({ url }: RunningCenter): Promise<void> {
  const count = async (): Promise<number> => {
    const text = await (await fetch(`${url}/v1/metrics`)).text();
    const counters = text.matchAll(/^noroshi_ingest_segments_total\{.*\} (\d+)$/gm);
    return [...counters].reduce((total, [, value]) => total + Number(value), 0);
  };
  const before = await count();
  await until(async () => (await count()) > before);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test(`every row once: ${KILLS} kills of center and sender, seed ${SEED}`, async (context) => {
  const path = folder(context);
  const [spool, pristine] = [join(path, 'spool'), join(path, 'pristine')];
  await fillSpool(pristine);
  const truth = truthOf(pristine);
  assert.equal(truth.segments, MINUTES);
  const port = await freePort();
  const config = writeConfig(path, `listen: { port: ${port} }\ndetect: { enabled: false }\n`);
  const script = writeSender(path);
  const random = new Random(SEED, 0, 0);
  const url = `http://127.0.0.1:${port}`;
  let center: RunningCenter | undefined;
  let sender: ChildProcess | undefined;
  context.after(() => sender?.kill('SIGKILL'));

  const renew = async (): Promise<void> => {
    if (sender !== undefined) await killed(sender);
    rmSync(spool, { recursive: true, force: true });
    cpSync(pristine, spool, { recursive: true });
  };
  await renew();
  const isOver = (): boolean => sender === undefined || sender.exitCode !== null || sender.signalCode !== null;
  for (let kill = 0; kill < KILLS; kill++) {
    center ??= await runCenter(context, config);
    // What was acknowledged is sent again when everything was, and now and then in between.
    if (sender?.exitCode === 0 || (isOver() && random.below(4) === 0)) await renew();
    if (isOver()) sender = startSender(script, url, spool);
    await acknowledged(center);
    await wait(random.below(PEACE_MS));
    const victim = random.below(3);
    if (victim !== 0) {
      await center.end('SIGKILL');
      center = undefined;
    }
    if (victim !== 1 && sender !== undefined) await killed(sender);
  }

  center ??= await runCenter(context, config);
  await renew();
  sender = startSender(script, url, spool);
  const [code] = (await once(sender, 'exit')) as [number];
  assert.equal(code, 0);
  const held = (await (await fetch(`${url}/v1/conservation?feed=replay`)).json()) as Conservation;
  assert.equal(held.is_conserved, true);
  const { segments, received, kept, stored, rolled_up, refused } = held;
  assert.deepEqual({ segments, received, kept }, truth);
  assert.deepEqual([stored, rolled_up, refused], [truth.kept, truth.kept, {}]);
  assert.equal(await center.end('SIGTERM'), 0);
});
