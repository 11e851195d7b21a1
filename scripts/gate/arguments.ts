/** The command line of the gate, and its help. */
import { parseArgs } from 'node:util';
import { CI_CHECKS, STATIC_CHECKS, TESTS_NAME } from './checks.ts';

export type Wish =
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly sentence: string }
  | { readonly kind: 'run'; readonly only: readonly string[]; readonly files: readonly string[] };

const NAMES = [...STATIC_CHECKS.map(({ name }) => name), TESTS_NAME, ...CI_CHECKS.map(({ name }) => name)];

export function readArguments(args: readonly string[]): Wish {
  try {
    const options = { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help === true) return { kind: 'help' };
    return wish(values.only?.split(',') ?? [], positionals);
  } catch (error) {
    return { kind: 'error', sentence: `Cannot read the command line: ${(error as Error).message}` };
  }
}

function wish(only: readonly string[], files: readonly string[]): Wish {
  const unknown = only.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    return { kind: 'error', sentence: `Cannot run check "${unknown}": it is none of ${NAMES.join(', ')}` };
  }
  // Whoever names test files wants just these tests.
  return { kind: 'run', only: files.length > 0 && only.length === 0 ? [TESTS_NAME] : only, files };
}

export function help(): string {
  const row = (name: string, sentence: string): string => `  ${name.padEnd(12)}${sentence}`;
  return `npm test                                 everything
npm test -- --only=types,lint            these checks
npm test -- packages/wire/net tcp        the tests whose path contains one of these

Checks:
${STATIC_CHECKS.map(({ name, sentence }) => row(name, sentence)).join('\n')}
${row(TESTS_NAME, 'node:test on every *.test.ts')}
${CI_CHECKS.map(({ name, sentence }) => row(name, `${sentence} (in CI, or when named)`)).join('\n')}

With CI=true a skipped test is a failure. The exit code is 0 when nothing failed, else 1; 2 for a wrong command line.`;
}
