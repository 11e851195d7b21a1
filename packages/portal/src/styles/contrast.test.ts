import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const PAIR = /--(?<name>[\w-]+): light-dark\((?<light>#[\da-f]{6}), (?<dark>#[\da-f]{6})\)/g;
const colours = new Map([...css.matchAll(PAIR)].map(({ groups }) => [groups?.name, [groups?.light, groups?.dark]]));

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: number): number {
  const [a, b] = [one, other].map((name) => luminance(colours.get(name)?.[theme] ?? '#'));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function holds(least: number, pairs: readonly (readonly [string, string])[]): void {
  for (const [one, other] of pairs) {
    for (const theme of [0, 1]) {
      const measured = contrast(one, other, theme);
      assert.ok(measured >= least, `${one} on ${other}, ${theme === 0 ? 'light' : 'dark'}: ${measured.toFixed(2)}`);
    }
  }
}

test('tokens: text is readable in both themes (4.5 : 1)', () => {
  holds(4.5, [
    ['ink', 'paper'],
    ['muted', 'paper'],
    ['muted', 'sunken'],
    ['ember', 'paper'],
    ['ember', 'ember-paper'],
    ['ink', 'ember-paper'],
    ['banner-ink', 'banner'],
  ]);
});

test('tokens: columns, lines and controls stand out from the paper (3 : 1), parts of a column from each other (2 : 1)', () => {
  holds(3, [
    ['data', 'paper'],
    ['data-soft', 'paper'],
    ['other', 'paper'],
    ['newest', 'paper'],
    ['control', 'paper'],
  ]);
  holds(2, [['data', 'data-soft']]);
});

test('tokens: each shade of the map is farther from the paper than the one before', () => {
  for (const theme of [0, 1]) {
    const steps = ['land', ...[1, 2, 3, 4, 5].map((index) => `shade-${index}`)].map((name) =>
      contrast(name, 'paper', theme),
    );
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
  }
});
