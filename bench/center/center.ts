/** A center for measuring: `noroshi up` in a process of its own on a folder of ours, with the bundled look-up tables. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tokenDigest } from '@noroshi/center/config/template.ts';
import { CLI, NODE } from '../tools.ts';

/** Opens nothing but the center of this benchmark, which listens on loopback. */
const TOKEN = 'token-of-the-benchmark';

export interface Running {
  readonly url: string;
  readonly token: string;
  readonly tokenFile: string;
  /** Resident memory now, and its peak since the start; MiB. */
  memory(): { readonly now: number; readonly peak: number };
  json<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

/** A center is at rest when it needs less processor time than this in a second; it is waited for so long at most. */
const REST_MS = 50;
const START_S = 30;
/** Unit of processor times in /proc, on every Linux that there is. */
const TICK_MS = 10;

/**
 * Resolves when the center is up and at rest: compiling and loading go on behind its first answer.
 * @param folder holds the state; made when it is not there. Rejects when the center does not come up.
 */
export async function startCenter(folder: string): Promise<Running> {
  mkdirSync(folder, { recursive: true });
  const [config, tokenFile] = [join(folder, 'noroshi.yaml'), join(folder, 'token')];
  writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
  writeFileSync(
    config,
    `state_folder: state
listen: { port: 0 }
portal: false
limits: { requests_per_minute: 1000000 }
sensors: [{ name: "replay-*", feed: replay, token_sha256: ${tokenDigest(TOKEN)} }]
`,
  );
  const child = spawn(NODE, [CLI, 'up', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await addressOf(child);
  await rest(child);
  return {
    url,
    token: TOKEN,
    tokenFile,
    memory: () => memoryOf(child),
    async json<T>(path: string): Promise<T> {
      const answer = await fetch(`${url}${path}`);
      if (!answer.ok) throw new Error(`Cannot ask ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async stop() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function rest({ pid }: ChildProcess): Promise<void> {
  const used_ms = (): number => {
    // Behind the program's name in parentheses: 12th and 13th are user and system time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  };
  let before_ms = used_ms();
  for (let seconds = 0; seconds < START_S; seconds++) {
    await wait(1000);
    const now_ms = used_ms();
    if (now_ms - before_ms < REST_MS) return;
    before_ms = now_ms;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  const hear = (part: Buffer): void => {
    said += part.toString();
    const found = /Answering at (\S+)/.exec(said)?.[1];
    if (found !== undefined) resolve(found);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.on('close', () => reject(new Error(`Cannot start a center: ${said.trim()}`)));
  return promise;
}

function memoryOf({ pid }: ChildProcess): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}
