import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@noroshi/kit/testing.ts';
import type { FeedList } from '@noroshi/wire/api/center.ts';
import type { Conservation } from '@noroshi/wire/api/figures.ts';
import { folder, noroshi, startNoroshi } from '../testing.ts';
import { writeTables } from '../up/testing.ts';

/** A past is simulated first. */
const PATIENCE_MS = 300_000;

interface Started {
  readonly child: ChildProcess;
  out(): string;
  errors(): string;
  /** Waits until standard output says it; its first group. */
  says(sentence: RegExp): Promise<string>;
  /** Ctrl-C; the exit code. */
  stop(): Promise<number | null>;
}

function start(context: { after(fn: () => void): void }, state: string): Started {
  const { country_file, asn_file } = writeTables(`${state}-tables`);
  const tables = ['--geo', country_file, '--asn', asn_file];
  const child = startNoroshi(['start', '--state', state, '--port', '0', '--days', '1', ...tables]);
  context.after(() => child.kill('SIGKILL'));
  const said = { out: '', errors: '' };
  child.stdout?.on('data', (part: Buffer) => (said.out += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (said.errors += part.toString()));
  return {
    child,
    out: () => said.out,
    errors: () => said.errors,
    says: async (sentence) => {
      const saw = (): string => `Nothing like ${String(sentence)} in: ${said.out}${said.errors}`;
      const found = await until(
        () => {
          assert.equal(child.exitCode, null, saw());
          return sentence.exec(said.out) ?? undefined;
        },
        saw,
        PATIENCE_MS,
      );
      return found[1] ?? '';
    },
    stop: async () => {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

async function held(url: string): Promise<Conservation> {
  return (await (await fetch(`${url}/v1/conservation?feed=simulation`)).json()) as Conservation;
}

test('start: fills a centre, says what there is to see and do, and the next start goes on', async (context) => {
  const state = join(folder(context), 'demo');
  const first = start(context, state);
  const url = await first.says(/is running: (http:\/\/127\.0\.0\.1:\d+)\n/);
  assert.equal((await fetch(url, { headers: { accept: 'text/html' } })).status, 200, 'the page is there at once');
  await first.says(/\nOpen (http)/);
  for (const sentence of [
    /All of it is simulated/,
    /npx noroshi replay .*your\.pcap/,
    /npx noroshi report/,
    /Ctrl-C stops/,
  ]) {
    assert.match(first.out(), sentence);
  }
  for (const name of ['sensor.token', 'replay.token']) assert.equal(statSync(join(state, name)).mode & 0o777, 0o600);
  assert.equal(first.out().includes(readFileSync(join(state, 'replay.token'), 'utf8').trim()), false);
  const { feeds } = (await (await fetch(`${url}/v1/feeds`)).json()) as FeedList;
  assert.deepEqual(
    feeds.map(({ feed, is_simulated, sensors }) => [feed, is_simulated, sensors]),
    [['simulation', true, 1]],
  );
  assert.ok(Date.now() - (feeds[0]?.to_ms ?? 0) < 10 * 60_000, 'up to now');
  const before = await held(url);
  assert.ok(before.kept > 100_000 && before.is_conserved);

  const second = noroshi(['start', '--state', state, '--port', '0']);
  assert.equal(second.code, 3);
  assert.match(second.errors, /\nCannot use .*: another center runs on it \(process \d+\); stop it first\n$/);
  const { country_file, asn_file } = writeTables(join(state, 'tables'));
  const elsewhere = ['--state', `${state}-2`, '--geo', country_file, '--asn', asn_file];
  const taken = noroshi(['start', ...elsewhere, '--port', new URL(url).port]);
  assert.match(
    taken.errors,
    /\nCannot listen on 127\.0\.0\.1:\d+: another program uses the port \(--port takes another\)\n$/,
  );
  assert.equal(await first.stop(), 0, first.errors());

  const again = start(context, state);
  const start_ms = performance.now();
  const next = await again.says(/\nOpen (\S+)\n/);
  assert.ok(performance.now() - start_ms < 10_000, 'within ten seconds');
  const after = await held(next);
  assert.ok(after.segments >= before.segments && after.kept >= before.kept && after.is_conserved);
  assert.ok(after.kept - before.kept < 100_000, 'the past was not told twice');
  assert.equal(await again.stop(), 0, again.errors());
});
