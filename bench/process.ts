/**
 * Runs one whole program, from start to exit, and measures it: wall time here, processor time and peak memory by GNU time where
 * that is installed, else from /proc. Programs run in a process group of their own, so that one that must end takes its children
 * along and nobody else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@noroshi/kit/programs.ts';
import { TreeWatch, type Usage } from './tree-watch.ts';

/** A program that takes longer is ended. */
const RUN_MS_MAX = 15 * 60_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Command {
  readonly argv: readonly string[];
  /** Processors that it may use, as taskset writes them. */
  readonly cores: string;
  /** Where its standard output goes, when that is what it makes. */
  readonly stdout?: string;
}

export interface Run extends Usage {
  readonly wall_s: number;
  /** What it said on both its outputs, without what went to `stdout`. */
  readonly said: string;
  /** Why it does not count; undefined when it ended well. */
  readonly failure: string | undefined;
}

/** Somebody pressed Ctrl-C. */
export class Interrupted extends Error {}

/** Runs programs one after the other; a signal to us ends the one that runs and every later attempt. */
export class Runner {
  private readonly logs: string;
  private readonly time = findProgram('time');
  private readonly taskset = findProgram('taskset');
  private child: ChildProcess | undefined;
  private isInterrupted = false;
  private readonly onSignal = (): void => {
    this.isInterrupted = true;
    endGroup(this.child);
  };

  /** @param logs a directory for what programs say */
  constructor(logs: string) {
    this.logs = logs;
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }

  /** Measures one run. Throws Interrupted. */
  async run(command: Command): Promise<Run> {
    if (this.isInterrupted) throw new Interrupted();
    const usageFile = join(this.logs, 'usage');
    const sayFile = join(this.logs, 'said');
    const said = openSync(sayFile, 'w');
    const out = command.stdout === undefined ? said : openSync(command.stdout, 'w');
    const [program, ...args] = this.wrapped(command, usageFile);
    const start_ms = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', out, said], detached: true });
    this.child = child;
    const watch = this.time === undefined && child.pid !== undefined ? new TreeWatch(child.pid) : undefined;
    const ending = await ended(child);
    const wall_s = (performance.now() - start_ms) / 1000;
    this.child = undefined;
    closeSync(said);
    if (out !== said) closeSync(out);
    if (this.isInterrupted) throw new Interrupted();
    const text = readFileSync(sayFile, 'utf8');
    const usage = watch?.close() ?? readUsage(usageFile);
    return { wall_s, ...usage, said: text, failure: ending === undefined ? undefined : `${ending}: ${lastLine(text)}` };
  }

  private wrapped({ argv, cores }: Command, usageFile: string): readonly string[] {
    const pinned = this.taskset === undefined ? argv : [this.taskset, '-c', cores, ...argv];
    return this.time === undefined ? pinned : [this.time, '-f', '%U %S %M', '-o', usageFile, ...pinned];
  }
}

/** Why it ended before its work was done; undefined when it ended well. */
function ended(child: ChildProcess): Promise<string | undefined> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, RUN_MS_MAX);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.on('error', (error) => resolve(error.message));
  child.on('exit', (code, signal) => {
    if (isLate) resolve(`ended after ${RUN_MS_MAX / 1000} s`);
    else resolve(code === 0 ? undefined : `exit ${code ?? signal}`);
  });
  return promise.finally(() => clearTimeout(timer));
}

function endGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** `1.20 0.31 123456`: user and system seconds, KiB; above it GNU time says when a program failed. */
function readUsage(file: string): Usage {
  const [user, system, kib] = lastLine(readFileSync(file, 'utf8')).split(' ').map(Number);
  return { cpu_s: user + system, rss_mib: kib / 1024 };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
