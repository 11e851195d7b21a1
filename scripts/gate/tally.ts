/** What a check found, in numbers that add up over all checks, and the sentences that tell them. */
export type Tally = {
  readonly passed: number;
  readonly failed: number;
  /** One sentence per skipped test: its name and its reason. */
  readonly skipped: readonly string[];
};

/** A finished check; `output` is printed when something failed. */
export type Outcome = Tally & { readonly output: string };

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: [] };

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: [...a.skipped, ...b.skipped] };
}

/** A skipped test proves nothing: where nothing may be skipped (in CI) it is a failure that says its reason. */
export function forbidSkipping(outcome: Outcome): Outcome {
  const { passed, failed, skipped, output } = outcome;
  if (skipped.length === 0) return outcome;
  const lines = skipped.map((test) => `skipped, which CI forbids: ${test}\n`).join('');
  return { passed, failed: failed + skipped.length, skipped: [], output: output + lines };
}

/** `3 passed, 0 failed`, then what was skipped, if anything. */
export function describe({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`;
}

const CLOSING_LINE = /^(\d+) passed, (\d+) failed$/;

/**
 * Reads the closing line of a program that counts for itself. A program that ends badly without a counted failure, or
 * that counts nothing at all, is one failure more.
 */
export function readClosingLine(output: string, ok: boolean): Tally {
  const match = CLOSING_LINE.exec(output.trimEnd().split('\n').at(-1) ?? '');
  if (match === null) return { ...NOTHING, failed: 1 };
  const [passed, failed] = [Number(match[1]), Number(match[2])];
  const unexplained = failed === 0 && (!ok || passed === 0);
  return { passed, failed: unexplained ? 1 : failed, skipped: [] };
}
