import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, isCI, program, sharedData, sharedFile, until } from './testing.ts';

test('sharedData: stands beside the checkout unless NOROSHI_SHARED names a folder', (t) => {
  const before = process.env.NOROSHI_SHARED;
  t.after(() => {
    if (before === undefined) delete process.env.NOROSHI_SHARED;
    else process.env.NOROSHI_SHARED = before;
  });
  delete process.env.NOROSHI_SHARED;
  assert.equal(sharedData('data', 'x'), join(import.meta.dirname, '../../../shared/data/x'));
  process.env.NOROSHI_SHARED = '/elsewhere';
  assert.equal(sharedData('data', 'x'), '/elsewhere/data/x');
  assert.match(sharedFile('data', 'x').missing ?? '', /^no \/elsewhere\/data\/x /);
});

test('program: finds sh, misses a name nobody has', () => {
  assert.equal(program('sh').missing, undefined);
  assert.equal(program('no-such-program').missing, 'no program no-such-program');
});

test('isCI: empty, 0 and false mean no', () => {
  assert.deepEqual(
    [{}, { CI: '' }, { CI: '0' }, { CI: 'false' }, { CI: 'true' }, { CI: '1' }].map((env) => isCI(env)),
    [false, false, false, false, true, true],
  );
});

/** Runs one test that lacks a program in a process of its own and gives its TAP. */
function runLacking(env: NodeJS.ProcessEnv): string {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-testing-'));
  const file = join(folder, 'lacking.mjs');
  const { NODE_TEST_CONTEXT: _, CI: __, ...rest } = process.env;
  writeFileSync(
    file,
    `import { test } from 'node:test';
     import { needs, program } from ${JSON.stringify(join(import.meta.dirname, 'testing.ts'))};
     test('lacking', needs(program('no-such-program')), () => console.log('it ran'));
     test('having', needs(program('sh')), () => {});`,
  );
  try {
    return spawnSync(process.execPath, ['--test-reporter=tap', file], { env: { ...rest, ...env }, encoding: 'utf8' })
      .stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('needs: skips with the reason, fails with it when CI is set, runs when all is there', () => {
  const [outside, inside] = [runLacking({}), runLacking({ CI: 'true' })];
  assert.match(outside, /^ok 1 - lacking # SKIP no program no-such-program$/m);
  assert.match(inside, /^not ok 1 - lacking$/m);
  assert.match(inside, /Cannot run this test: no program no-such-program/);
  for (const tap of [outside, inside]) {
    assert.match(tap, /^ok 2 - having$/m);
    assert.doesNotMatch(tap, /it ran/);
  }
});

test('until: gives the first answer there is; no patience for ever, none with what throws', async () => {
  let asked = 0;
  assert.equal(await until(() => (++asked < 3 ? undefined : 'so')), 'so');
  assert.equal(asked, 3);
  assert.equal(await until(() => Promise.resolve(0)), 0);
  await assert.rejects(
    until(
      () => false,
      () => `asked ${asked} times`,
      30,
    ),
    /^Error: asked 3 times$/,
  );
  await assert.rejects(
    until(() => asked === 4, undefined, 0),
    /^Error: Waited in vain for .*asked === 4$/,
  );
  const broken = (): boolean => {
    throw new TypeError('broken');
  };
  await assert.rejects(until(broken), /^TypeError: broken$/);
});

test('freePort: nobody answers there', async () => {
  await assert.rejects(fetch(`http://127.0.0.1:${await freePort()}/`), TypeError);
});
