import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Outcome } from './tally.ts';

/** What the counted file may be silent: long enough to start. */
const SILENCE_MS = 5000;

/** Counts one test file in a process of its own: node:test does not run inside itself. */
function count(source: string): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-gate-'));
  const [file, program] = [join(folder, 'fake.test.mjs'), join(folder, 'program.mjs')];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  writeFileSync(file, `import { describe, test, before } from 'node:test';\n${source}`);
  writeFileSync(
    program,
    `import { runTests } from ${JSON.stringify(join(import.meta.dirname, 'node-tests.ts'))};
     console.log(JSON.stringify(await runTests([${JSON.stringify(file)}], () => {}, ${SILENCE_MS})));`,
  );
  try {
    return JSON.parse(spawnSync(process.execPath, [program], { env, encoding: 'utf8' }).stdout) as Outcome;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('runTests: counts tests, not suites, and a failing child once', () => {
  const { passed, failed, output } = count(`
    describe('suite', () => { test('good', () => {}); });
    test('parent', async (t) => { await t.test('bad', () => { throw new Error('boom'); }); });`);
  assert.deepEqual([passed, failed], [1, 1]);
  assert.match(output, /fake\.test\.mjs:4 bad\n\s+Error: boom/);
  assert.doesNotMatch(output, /node:internal/);
});

test('runTests: names what was skipped or left to do, and why', () => {
  const { passed, failed, skipped } = count(`
    test('dark', { skip: 'no moon' }, () => {});
    test('later', { todo: true }, () => { throw new Error('boom'); });`);
  assert.deepEqual([passed, failed], [0, 0]);
  assert.match(skipped[0] ?? '', /fake\.test\.mjs:3 dark: no moon$/);
  assert.match(skipped[1] ?? '', /fake\.test\.mjs:4 later: to do without a reason$/);
});

const BAD_FILES: readonly (readonly [name: string, source: string, passed: number, sentence: RegExp])[] = [
  ['does not load', `import './absent.mjs';`, 0, /ended badly \(exit code 1\)\n[^]*Cannot find module/],
  ['exits in the middle', `test('a', () => {}); process.exit(3);`, 0, /ended badly \(exit code 3\)/],
  [
    'fails after its tests',
    `test('a', () => {}); process.on('exit', () => { process.exitCode = 4; });`,
    1,
    /exit code 4/,
  ],
  ['holds no test', '', 0, /holds no test/],
  ['never ends', `test('a', () => {}); setInterval(() => {}, 1000);`, 1, /ended badly \(no exit code\)/],
];

for (const [name, source, passed, sentence] of BAD_FILES) {
  test(`runTests: a file that ${name} is a failure`, () => {
    const outcome = count(source);
    assert.deepEqual([outcome.passed, outcome.failed], [passed, 1]);
    assert.match(outcome.output, sentence);
  });
}

test('runTests: a hook that throws fails, with the tests it kept from running', () => {
  const outcome = count(`describe('s', () => { before(() => { throw new Error('hook'); }); test('a', () => {}); });`);
  assert.equal(outcome.passed, 0);
  assert.equal(outcome.failed, 2);
  assert.match(outcome.output, /Error: hook/);
});
