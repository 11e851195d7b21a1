/** The program as a child process, for tests that see what a user sees. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, 'main.ts');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

export interface Surroundings {
  readonly input?: Uint8Array | undefined;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs `noroshi` with these arguments and waits for its end. */
export function noroshi(args: readonly string[], { input, cwd, env }: Surroundings = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env: childEnv(env),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
  return { code: status, out: stdout, errors: stderr };
}

/** Starts `noroshi`; the caller talks to it. */
export function startNoroshi(args: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof spawn> {
  return spawn(process.execPath, [MAIN, ...args], { env: childEnv(env), stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs `noroshi` beside this process, which may answer it meanwhile, to its end. */
export async function noroshiBeside(
  args: readonly string[],
  { input, env }: Pick<Surroundings, 'input' | 'env'> = {},
): Promise<Ran> {
  const child = startNoroshi(args, env);
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (part: Buffer) => out.push(part));
  child.stderr?.on('data', (part: Buffer) => errors.push(part));
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: Buffer.concat(out).toString(), errors: Buffer.concat(errors).toString() };
}

/** A center that answers as told, until the end of a test, and the paths it was asked for. */
export async function answering(
  context: { after(fn: () => void): void },
  answer: RequestListener,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** What a terminal or a developer's settings would change is left out. */
function childEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'NODE_TEST_CONTEXT']) delete env[name];
  return { ...env, ...more };
}

/** A folder for one test, removed at its end. */
export function folder(context: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'noroshi-test-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
