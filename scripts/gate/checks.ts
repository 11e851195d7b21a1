/** The table of checks behind `npm test`. Adding one is adding a row. */
import { globSync } from 'node:fs';
import { type Ended, ROOT, runCommand, runScript } from './command.ts';
import { type Outcome, readClosingLine } from './tally.ts';

export type Check = {
  readonly name: string;
  readonly sentence: string;
  readonly run: () => Promise<Outcome>;
};

/** Reads and never writes: these run beside each other. */
export const STATIC_CHECKS: readonly Check[] = [
  {
    name: 'format',
    sentence: 'the sources look as Biome would write them',
    run: once('biome', 'format', '.', '--reporter=summary'),
  },
  {
    name: 'lint',
    sentence: 'oxlint, type-aware, has nothing to say',
    run: once('oxlint', '--type-aware', '--deny-warnings'),
  },
  { name: 'types', sentence: 'every tsconfig compiles', run: runTypes },
  { name: 'svelte', sentence: 'components compile and type-check', run: runSvelte },
  { name: 'boundaries', sentence: 'rooms import only what they may', run: script('scripts/boundaries.ts') },
  { name: 'house', sentence: 'long files say why, nothing is left half done', run: script('scripts/house.ts') },
  {
    name: 'dead',
    sentence: 'knip finds no unused file, export or dependency',
    run: once('knip', '--no-progress', '--no-config-hints'),
  },
];

/** Long runs that count for themselves, the longest first; in CI only, or when asked for by name. */
export const CI_CHECKS: readonly Check[] = [
  counting('kills', 'a store killed 500 times has every row once', 'scripts/check-kills.ts'),
  counting('peers', 'packets read as tshark reads them', 'scripts/check-peers.ts'),
  counting('fuzz', 'mutated bytes crash no parser', 'scripts/fuzz.ts'),
];

export const TESTS_NAME = 'tests';

/** svelte-check needs the compiler's JavaScript interface, which TypeScript 7 lacks: the portal has a TypeScript 6 of its own. */
function runSvelte(): Promise<Outcome> {
  const program = 'packages/portal/node_modules/svelte-check/bin/svelte-check';
  const place = ['--workspace', 'packages/portal', '--tsconfig', 'tsconfig.src.json'];
  return once('node', program, ...place, '--fail-on-warnings', '--output', 'human')();
}

function asOne({ ok, output }: Ended): Outcome {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], output };
}

function once(program: string, ...args: readonly string[]): () => Promise<Outcome> {
  return async () => asOne(await runCommand(program, args));
}

function script(path: string): () => Promise<Outcome> {
  return async () => asOne(await runScript(path));
}

function counting(name: string, sentence: string, path: string): Check {
  const run = async (): Promise<Outcome> => {
    const { ok, output } = await runScript(path);
    return { ...readClosingLine(output, ok), output };
  };
  return { name, sentence, run };
}

async function runTypes(): Promise<Outcome> {
  const projects = ['tsconfig.json', ...globSync('packages/*/tsconfig*.json', { cwd: ROOT })].toSorted();
  const ended: Ended[] = [];
  for (const project of projects) ended.push(await runCommand('tsc', ['-p', project]));
  return asOne({ ok: ended.every(({ ok }) => ok), output: ended.map(({ output }) => output).join('') });
}
