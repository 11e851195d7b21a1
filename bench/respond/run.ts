/**
 * The benchmark of the responder: how many visitors a second are let in, asked and answered, and what it takes to have 20,000 at a
 * time. Two network namespaces of its own; nothing leaves the machine. Needs root.
 *
 *     npm run bench:respond [-- --count 20000 --seconds 10]      as many as this machine lets a process have open; writes its part of bench/RESULTS.md
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { filesMax } from '@noroshi/cli/respond/open-files.ts';
import { Cable, PREFIXES } from '@noroshi/cli/respond/testing.ts';
import { currentLoad } from '../machine.ts';
import { writePart } from '../parts.ts';

const REPORT = resolve(import.meta.dirname, '../RESULTS.md');
const MAIN = resolve(import.meta.dirname, '../../packages/cli/main.ts');
const VISITORS = join(import.meta.dirname, 'visitors.ts');
const MEBIBYTE_KB = 1024;
/** A visitor is an open file on both sides; so many are left for everything else. */
const FILES_RESERVED = 300;

interface Held {
  readonly open: number;
  readonly failed: number;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '20000' }, seconds: { type: 'string', default: '10' } },
  });
  const count = Math.min(Number(values.count), filesMax() - FILES_RESERVED);
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-bench-'));
  const cable = new Cable();
  const load = currentLoad();
  try {
    const responder = await startResponder(cable, folder);
    try {
      const idle_mib = memoryOf(responder);
      const came = JSON.parse(await firstLine(visit(cable, 'come', values.seconds))) as {
        answered: number;
        failed: number;
        seconds: number;
      };
      const holding = visit(cable, 'hold', String(count));
      const held = JSON.parse(await firstLine(holding)) as Held;
      await wait(1000);
      const held_mib = memoryOf(responder);
      holding.stdin?.end();
      await once(holding, 'exit');
      const text = report({ idle_mib, came, held, held_mib, load });
      console.log(text);
      writePart(REPORT, 'respond', text);
    } finally {
      const ended = once(responder, 'exit');
      responder.kill('SIGTERM');
      await ended;
    }
  } finally {
    cable.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startResponder(cable: Cable, folder: string): Promise<ChildProcess> {
  const limits = ['--connections', '25000', '--per-source', '25000', '--idle-seconds', '120', '--visit-seconds', '120'];
  const args = [MAIN, 'respond', '--prefixes', PREFIXES.join(','), '--state', folder, '--memory', '2048', ...limits];
  const command = ['netns', 'exec', cable.sensor, process.execPath, ...args];
  const child = spawn('ip', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface(child.stderr)) if (line.includes('Answering for')) break;
  child.stderr.resume();
  return child;
}

function visit(cable: Cable, how: string, amount: string): ChildProcess {
  const command = ['netns', 'exec', cable.world, process.execPath, VISITORS, how, amount];
  return spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) return '';
  const reader = createInterface(stdout);
  const [line] = (await once(reader, 'line')) as [string];
  return line;
}

/** Resident now; `ip netns exec` becomes the program that it starts. */
function memoryOf({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / MEBIBYTE_KB;
}

function report(seen: {
  idle_mib: number;
  came: { answered: number; failed: number; seconds: number };
  held: Held;
  held_mib: number;
  load: number;
}): string {
  const { idle_mib, came, held, held_mib, load } = seen;
  const each_kib = ((held_mib - idle_mib) * MEBIBYTE_KB) / held.open;
  return `# The responder

Written by \`npm run bench:respond\` on ${new Date().toISOString().slice(0, 10)}; not to be edited by hand. Visitors and responder share
the machine's two cores; a visit goes through two network namespaces, nftables and tproxy, and is written to the journal.

| | figure |
| --- | --- |
| visitors a second that came, asked (HTTP) and were answered | ${Math.round(came.answered / came.seconds)} (${came.failed} not answered) |
| visitors at a time | ${held.open} (${held.failed} failed), in ${held.seconds.toFixed(1)} s: ${Math.round(held.open / held.seconds)} a second |
| memory before anybody came | ${idle_mib.toFixed(0)} MiB |
| memory with them | ${held_mib.toFixed(0)} MiB: ${each_kib.toFixed(1)} KiB each |
| load average before the run | ${load.toFixed(2)} |
`;
}

await main();
