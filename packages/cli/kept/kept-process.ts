/** A program of ours as a child process: started again when it dies, ended in order, and with its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { backoff_ms } from '@noroshi/kit/retry.ts';

const LEASH = import.meta.resolve('./leash.ts');
const BACKOFF = { first_ms: 1000, max_ms: 30_000 };
/** One that lived so long did not die of what killed the one before it. */
const HEALTHY_MS = 60_000;
/** What it needs to put into segments what it holds, and to hand some of them over. */
const STOP_MS = 12_000;
const LINE_CHARS_MAX = 10_000;

/** A line of JSON on its standard output; `failed` says why it will end. */
export interface KeptLine {
  readonly kind: string;
}

export interface KeptOptions<L extends KeptLine> {
  /** Path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  readonly onLine: (line: L) => void;
  /** What it writes to standard error: log lines. */
  readonly onLog: (line: string) => void;
  /** It died, and will be started again after a pause. */
  readonly onDeath: (sentence: string, pause_ms: number) => void;
}

export class KeptProcess<L extends KeptLine> {
  private readonly options: KeptOptions<L>;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private child: ChildProcess | undefined;

  constructor(options: KeptOptions<L>) {
    this.options = options;
    this.running = this.keepRunning();
  }

  /** Number of the process; undefined between two of them. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Asks it to end, and does not wait for ever. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.child?.kill('SIGTERM');
    const over = setTimeout(() => this.child?.kill('SIGKILL'), STOP_MS);
    await this.running;
    clearTimeout(over);
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.stopping;
    for (let deaths = 0; !signal.aborted; deaths++) {
      const start_ms = performance.now();
      const sentence = await this.runOnce();
      if (signal.aborted) return;
      if (performance.now() - start_ms > HEALTHY_MS) deaths = 0;
      const pause_ms = backoff_ms(deaths, BACKOFF, Math.random);
      this.options.onDeath(sentence, pause_ms);
      await wait(pause_ms, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves with why it ended. */
  private async runOnce(): Promise<string> {
    const { args, program, onLine, onLog } = this.options;
    const child = spawn(process.execPath, ['--import', LEASH, program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    let failure: string | undefined;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = lineOf(text);
      if (line?.kind === 'failed' && 'sentence' in line) failure = String(line.sentence);
      else if (line !== undefined) onLine(line as L);
    });
    createInterface({ input: child.stderr }).on('line', (line) => onLog(`${line.slice(0, LINE_CHARS_MAX)}\n`));
    child.stdin.on('error', () => {});
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    this.child = undefined;
    return failure ?? `it ended with ${signal ?? code ?? 'nothing'}`;
  }
}

/** Undefined for what a dying process may have left. */
function lineOf(text: string): KeptLine | undefined {
  try {
    const line = JSON.parse(text) as KeptLine | null;
    return typeof line === 'object' && line !== null && typeof line.kind === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}
