/**
 * Colour, sparingly: bold for headings, dim for what is there to be found but not to be read first, and ember, the one accent,
 * for what burns. Without colour the same text says the same.
 */
import { safe } from '@noroshi/kit/safe.ts';

type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly ember: Paint;
  /** A colour of its own for bars, calmer than ember. */
  readonly bar: Paint;
}

/** 256-colour numbers: 202 is the ember of a coal, 67 a steel blue that differs from it for every kind of colour vision. */
const COLOUR: Style = {
  bold: (text) => `\u001b[1m${text}\u001b[22m`,
  dim: (text) => `\u001b[2m${text}\u001b[22m`,
  ember: (text) => `\u001b[38;5;202m${text}\u001b[39m`,
  bar: (text) => `\u001b[38;5;67m${text}\u001b[39m`,
};
export const PLAIN: Style = { bold: same, dim: same, ember: same, bar: same };

function same(text: string): string {
  return text;
}

/** NO_COLOR (any value but empty) wins, then FORCE_COLOR (0 and false mean no), then whether it is a terminal that can. */
export function wantsColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}

export function styleFor(env: NodeJS.ProcessEnv, isTerminal: boolean): Style {
  return wantsColour(env, isTerminal) ? COLOUR : PLAIN;
}

/** Foreign text in quotation marks when it holds blanks, harmless in any case: for names of files in sentences. */
export function named(path: string): string {
  if (path === '-') return 'standard input';
  const harmless = safe(path);
  return /\s/.test(harmless) ? `“${harmless}”` : harmless;
}
