/**
 * Parsed JSON from elsewhere, field by field. The first field that is not as asked sticks with its path and what was
 * asked; reads after it give empty values, so that a decoder is a straight line and looks once, at its end.
 */

const REASON = /^[a-z][a-z0-9_]{0,47}$/;

export class Checker {
  failure: { readonly path: string; readonly expected: string } | undefined;

  that(holds: boolean, path: string, expected: string): void {
    if (!holds) this.failure ??= { path, expected };
  }

  /** The object's fields: exactly those named. */
  fields<Name extends string>(json: unknown, names: readonly Name[], path: string): Partial<Record<Name, unknown>> {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      this.that(false, path, 'an object');
      return {};
    }
    const keys = Object.keys(json);
    const exact = keys.length === names.length && names.every((name) => Object.hasOwn(json, name));
    this.that(exact, path, `an object of just ${names.join(', ')}`);
    return json;
  }

  /** A non-negative integer. */
  count(json: unknown, path: string): number {
    const isCount = typeof json === 'number' && Number.isSafeInteger(json) && json >= 0;
    this.that(isCount, path, 'a count');
    return isCount ? json : 0;
  }

  match(json: unknown, pattern: RegExp, path: string, expected: string): string {
    const matches = typeof json === 'string' && pattern.test(json);
    this.that(matches, path, expected);
    return matches ? json : '';
  }

  list(json: unknown, lengthMax: number, path: string): readonly unknown[] {
    const isList = Array.isArray(json) && json.length <= lengthMax;
    this.that(isList, path, `a list of at most ${lengthMax}`);
    return isList ? json : [];
  }

  /** Counts by reason, a lower-case word each. */
  countByReason(json: unknown, reasonsMax: number, path: string): Record<string, number> {
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    const entries = isObject ? Object.entries(json) : [];
    this.that(isObject && entries.length <= reasonsMax, path, `at most ${reasonsMax} reasons`);
    if (this.failure) return {};
    for (const [reason] of entries) this.match(reason, REASON, path, 'reasons in lower-case words');
    return Object.fromEntries(entries.map(([reason, count]) => [reason, this.count(count, path)]));
  }
}
