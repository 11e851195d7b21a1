/** The benchmark's own arithmetic and manners: medians, goals, options, runs that fail, reports without figures. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Row } from './compare.ts';
import { goalsOf, type Table } from './goals.ts';
import { readOptions } from './options.ts';
import { Runner } from './process.ts';
import { report } from './report.ts';
import { spreadOf } from './statistics.ts';
import { FLOOR, TOOLS } from './tools.ts';

const RUN = { wall_s: 5, cpu_s: 5, rss_mib: 100, said: '', failure: undefined };

/** A table in which each named program has this ratio; the others are not installed. */
function tableOf(ratios: Record<string, number>, rss_mib = 100): Table {
  const rows = [FLOOR, ...TOOLS].map((tool): Row => {
    const ratio = ratios[tool.name];
    const samples = ratio === undefined ? [] : [{ wall_s: 1 / ratio, cpu_s: 1, rss_mib, bytes: 1e6, ratio }];
    return {
      tool,
      packets: 1e7,
      samples,
      account: undefined,
      failure: ratio === undefined ? 'not installed' : undefined,
    };
  });
  return { capture: { scenario: 'unique', path: 'F', packets: 1e7, bytes: 8e8, run: RUN }, rows, stages: [] };
}

function verdicts(table: Table): (boolean | undefined)[] {
  return goalsOf([table], []).map(({ isReached }) => isReached);
}

function withRunner(work: (runner: Runner) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'noroshi-bench-test-'));
  const runner = new Runner(directory);
  return work(runner).finally(() => {
    runner.close();
    rmSync(directory, { recursive: true });
  });
}

test('spreadOf: the middle of an odd number, the mean of two middles of an even one', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.deepEqual(spreadOf([4, 1, 3, 2]), { median: 2.5, least: 1, most: 4 });
  assert.throws(() => spreadOf([]), RangeError);
});

test('goals: reached, missed and not measured are three things', () => {
  const good = tableOf({ 'noroshi flows': 0.3, 'noroshi flows, 2 workers': 0.43, argus: 0.02, nfpcapd: 0.04 });
  assert.deepEqual(verdicts(good), [true, true, true, true, true]);
  const bad = tableOf({ 'noroshi flows': 0.2, 'noroshi flows, 2 workers': 0.42, nfpcapd: 0.21 }, 600);
  assert.deepEqual(verdicts(bad), [false, false, false, true, false]);
  const none = tableOf({ nfpcapd: 0.04 });
  assert.deepEqual(verdicts(none), [undefined, undefined, undefined, true, undefined]);
});

test('report: says what was missed and what is not installed', () => {
  const tables = [tableOf({ [FLOOR.name]: 1, 'noroshi flows': 0.2, softflowd: 0.3 })];
  const text = report({ tables, memory: [], command: 'npm run bench', date: new Date(0), load: 0 });
  assert.match(text, /one core ahead of every program that makes flows \| 0\.67 × softflowd \| \*\*missed\*\*/);
  assert.match(text, /\| argus \| 10,000,000 \| — .* \| not installed \|/);
  assert.match(text, /on 1970-01-01/);
});

test('options: only whole runs write the report of the tree', () => {
  const outOf = (...args: string[]): string | undefined => {
    const wish = readOptions(args, 'R');
    return wish.kind === 'run' ? wish.options.out : wish.kind;
  };
  assert.equal(outOf(), 'R');
  assert.equal(outOf('--memory', '--packets', '40_000_000'), 'R');
  assert.equal(outOf('--quick'), undefined);
  assert.equal(outOf('--only', 'unique'), undefined);
  assert.equal(outOf('--quick', '--out', 'X'), 'X');
  for (const args of [['--packets', '0'], ['--only', 'all'], ['--rounds', 'x'], ['--what'], ['file']]) {
    assert.equal(outOf(...args), 'error', args.join(' '));
  }
});

test('Runner: measures a program, and says why one failed', () =>
  withRunner(async (runner) => {
    const work = 'const end = Date.now() + 100; while (Date.now() < end); console.log(1)';
    const run = await runner.run({ argv: [process.execPath, '-e', work], cores: '0' });
    assert.equal(run.failure, undefined);
    assert.equal(run.said, '1\n');
    assert.ok(run.wall_s >= 0.1 && run.cpu_s > 0 && run.rss_mib > 10, JSON.stringify(run));
    const bad = await runner.run({
      argv: [process.execPath, '-e', 'console.error("no"); process.exit(3)'],
      cores: '0',
    });
    assert.equal(bad.failure, 'exit 3: no');
  }));
