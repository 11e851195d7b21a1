/**
 * The gate behind `npm test`: static checks two at a time, then the tests alone (they measure time and memory), then, in
 * CI, the long runs, two at a time. It goes on after a failure and ends with `N passed, N failed` over everything that was counted.
 */
import { join } from 'node:path';
import { isCI } from '@noroshi/kit/testing.ts';
import { help, readArguments } from './gate/arguments.ts';
import { CI_CHECKS, type Check, STATIC_CHECKS, TESTS_NAME } from './gate/checks.ts';
import { ROOT } from './gate/command.ts';
import { findTestFiles, runTests } from './gate/node-tests.ts';
import { Screen } from './gate/screen.ts';
import { add, describe, forbidSkipping, NOTHING, type Tally } from './gate/tally.ts';

const PARALLEL_CHECKS = 2;

type Plan = { readonly only: readonly string[]; readonly files: readonly string[]; readonly ci: boolean };

async function runCheck(check: Check, ci: boolean, screen: Screen): Promise<Tally> {
  const start = performance.now();
  const outcome = await check.run();
  const judged = ci ? forbidSkipping(outcome) : outcome;
  screen.finish(check.name, judged, performance.now() - start);
  return judged;
}

/** Runs the checks in order, at most `width` at a time. */
async function runAll(checks: readonly Check[], width: number, ci: boolean, screen: Screen): Promise<Tally> {
  const waiting = [...checks];
  let sum = NOTHING;
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const tally = await runCheck(check, ci, screen);
      sum = add(sum, tally);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return sum;
}

async function runPlan({ only, files, ci }: Plan, screen: Screen): Promise<Tally> {
  const named = ({ name }: Check): boolean => only.includes(name);
  const wanted = (check: Check): boolean => only.length === 0 || named(check);
  const tests: Check = {
    name: TESTS_NAME,
    sentence: '',
    run: () => runTests(findTestFiles(files), (count) => screen.progress(TESTS_NAME, count)),
  };
  const first = await runAll(STATIC_CHECKS.filter(wanted), PARALLEL_CHECKS, ci, screen);
  const second = await runAll([tests].filter(wanted), 1, ci, screen);
  const long = (ci ? CI_CHECKS : CI_CHECKS.filter(named)).filter(wanted);
  const third = await runAll(long, PARALLEL_CHECKS, ci, screen);
  return add(add(first, second), third);
}

async function main(): Promise<number> {
  const wish = readArguments(process.argv.slice(2));
  if (wish.kind === 'help') console.log(help());
  if (wish.kind === 'error') console.error(wish.sentence);
  if (wish.kind !== 'run') return wish.kind === 'help' ? 0 : 2;
  // Every test file is a process, and many start others: none has to strip and compile again what another has.
  process.env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules/.cache/compile');
  const tally = await runPlan({ ...wish, ci: isCI() }, new Screen(process.stdout));
  for (const test of tally.skipped) console.log(`skipped: ${test}`);
  console.log(describe(tally));
  return tally.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
