/**
 * Runs test files with node:test, one process per file, and counts what node reports event by event: a test, a file
 * that does not load, a hook that throws. Parents that fail only because a child did are not counted twice.
 */
import { globSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import { ROOT } from './command.ts';
import type { Outcome } from './tally.ts';

/** Without an end of its own a test that waits for ever would hold up everything. */
const TEST_MS_MAX = 5 * 60_000;
/** Between two events of all files: longer than a test may take. */
const SILENCE_MS_MAX = TEST_MS_MAX + 60_000;
const PARALLEL_FILES = 2;
const FILE_OUTPUT_CHARS_MAX = 64 << 10;
const TEST_FILES = ['packages/**/*.test.ts', 'cases/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'];

type Finished = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;
type Said = Extract<TestEvent, { type: 'test:stdout' | 'test:stderr' }>;

/** The test files of the checkout whose path contains one of `parts`; all of them without any. */
export function findTestFiles(parts: readonly string[]): string[] {
  const files = globSync(TEST_FILES, { cwd: ROOT, exclude: (path) => path.includes('node_modules') });
  return files.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part))).toSorted();
}

export class Count {
  passed = 0;
  failed = 0;
  skipped: string[] = [];
  failures: string[] = [];
  private readonly said = new Map<string, string>();

  take(event: TestEvent): void {
    if (event.type === 'test:pass') this.pass(event);
    else if (event.type === 'test:fail') this.fail(event);
    else if (event.type === 'test:stdout' || event.type === 'test:stderr') this.hear(event);
  }

  outcome(): Outcome {
    const { passed, failed, skipped } = this;
    return { passed, failed, skipped, output: this.failures.join('\n') };
  }

  private pass({ data }: Finished): void {
    if (data.details.type === 'suite') return;
    const excuse = reason(data.skip, 'skipped') ?? reason(data.todo, 'to do');
    if (excuse !== undefined) this.skipped.push(`${place(data)} ${data.name}: ${excuse}`);
    else if (isFile(data)) this.blame(`${place(data)}: holds no test`);
    else this.passed++;
  }

  private fail({ data }: Finished): void {
    const excuse = reason(data.todo, 'to do');
    if (excuse !== undefined) {
      this.skipped.push(`${place(data)} ${data.name}: ${excuse}`);
      return;
    }
    const error = 'error' in data.details ? data.details.error : undefined;
    if (error !== undefined && 'failureType' in error && error.failureType === 'subtestsFailed') return;
    this.blame(isFile(data) ? this.ending(data, error) : `${place(data)} ${data.name}\n${explain(error)}`);
  }

  /** A file that does not load, or whose process fails beside its tests: what it said is all there is to know. */
  private ending(data: Finished['data'], error: object | undefined): string {
    const code = error !== undefined && 'exitCode' in error ? error.exitCode : undefined;
    const state = typeof code === 'number' ? `exit code ${code}` : 'no exit code';
    return `${place(data)} ended badly (${state})\n${this.said.get(data.file ?? '') ?? ''}`;
  }

  private blame(text: string): void {
    this.failed++;
    this.failures.push(`${text}\n`);
  }

  private hear({ data }: Said): void {
    const file = resolve(ROOT, data.file);
    const before = this.said.get(file) ?? '';
    if (before.length < FILE_OUTPUT_CHARS_MAX) this.said.set(file, before + data.message);
  }
}

/** Node reports a file as a test of that name when it holds none, or when its process ended badly. */
function isFile({ name, file }: Finished['data']): boolean {
  return file !== undefined && resolve(ROOT, name) === file;
}

function reason(mark: string | boolean | undefined, otherwise: string): string | undefined {
  if (mark === undefined || mark === false) return undefined;
  return typeof mark === 'string' && mark !== '' ? mark : `${otherwise} without a reason`;
}

function place(data: { file?: string; line?: number }): string {
  const file = relative(ROOT, data.file ?? '');
  return data.line === undefined || data.line === 1 ? file : `${file}:${data.line}`;
}

/** Node wraps what the test threw in an error of its own: the cause is what a reader wants, without Node's own frames. */
function explain(error: Error | undefined): string {
  const lines = inspectThrown(error?.cause ?? error).split('\n');
  return lines.flatMap((line) => (/^\s+at .*\(?node:/.test(line) ? [] : `    ${line}`)).join('\n');
}

/** The stack begins with the message, which already holds an assertion's difference. */
function inspectThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return inspect(thrown);
  const stack = thrown.stack ?? String(thrown);
  return thrown.cause === undefined ? stack : `${stack}\ncaused by ${inspectThrown(thrown.cause)}`;
}

/**
 * Runs `files` and calls `onProgress` after each event with the count so far. Ends files that say nothing for longer than a test may
 * take: what a test leaves behind keeps its process alive.
 */
export async function runTests(
  files: readonly string[],
  onProgress: (count: Count) => void,
  silence_ms = SILENCE_MS_MAX,
): Promise<Outcome> {
  const count = new Count();
  if (files.length === 0) return { passed: 0, failed: 1, skipped: [], output: 'Cannot run tests: no file matches\n' };
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silence_ms);
  const options = { files: [...files], cwd: ROOT, concurrency: PARALLEL_FILES, timeout: TEST_MS_MAX };
  for await (const event of run({ ...options, signal: silence.signal }) as AsyncIterable<TestEvent>) {
    timer.refresh();
    count.take(event);
    onProgress(count);
  }
  clearTimeout(timer);
  return count.outcome();
}
