/**
 * A verb of the command line as data: parser, help, shell completion and reference derive from it. The file of a verb is light;
 * the work behind it is imported when it runs, so that `noroshi --help` starts at once.
 */
import { Refusal } from './io/exit.ts';
import type { Io } from './io/io.ts';

/** What a shell offers after an option or as an argument: nothing, files, or some words. */
export type Completion = 'nothing' | 'files' | readonly string[];

export interface Option<T> {
  /** Placeholder of the value, '' for a switch. */
  readonly value: string;
  readonly sentence: string;
  readonly completion: Completion;
  readonly isRepeatable: boolean;
  /** Another key under which it is understood, but not shown: what it was called before. */
  readonly formerly: string | undefined;
  /** The fallback in words; '' when there is none worth saying. */
  readonly initially: string;
  readonly fallback: T;
  /** The value of the text, given what came before. Throws Refusal. */
  read(text: string, before: T): T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type Values<O> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

export interface Argument {
  readonly name: string;
  readonly sentence: string;
  readonly completion: Completion;
  /** How many: exactly one, one or more, or any number. */
  readonly takes: 'one' | 'some' | 'any';
}

export interface Verb {
  readonly name: string;
  readonly sentence: string;
  readonly argument?: Argument;
  readonly options: Options;
  /** Command lines that work, and what they do. */
  readonly examples: readonly (readonly [command: string, sentence: string])[];
  /** What else has to be known, below the options. */
  readonly note?: string;
  /** Text to be copied as it stands, below the note, and what it is for. */
  readonly listing?: { readonly sentence: string; readonly language: string; readonly text: string };
  /** Returns the exit code. */
  readonly run: (io: Io, args: readonly string[], values: Readonly<Record<string, unknown>>) => Promise<number>;
}

/** A verb whose `run` knows the types of its options. */
export function defineVerb<O extends Options>(
  verb: Omit<Verb, 'run' | 'options'> & {
    readonly options: O;
    readonly run: (io: Io, args: readonly string[], values: Values<O>) => Promise<number>;
  },
): Verb {
  return { ...verb, run: (io, args, values) => verb.run(io, args, values as Values<O>) };
}

/** `maxRows` → `--max-rows`. */
export function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

type Needed = 'value' | 'sentence' | 'fallback' | 'read';

function option<T>(fields: Pick<Option<T>, Needed> & Partial<Option<T>>): Option<T> {
  return { completion: 'nothing', isRepeatable: false, formerly: undefined, initially: '', ...fields };
}

export const flag = (sentence: string) => option<boolean>({ value: '', sentence, fallback: false, read: () => true });

export const text = (value: string, sentence: string, completion: Completion = 'nothing') =>
  option<string | undefined>({ value, sentence, completion, fallback: undefined, read: (given) => given });

/** May be given several times, or once with commas. */
export const list = (value: string, sentence: string, formerly?: string) =>
  option<readonly string[]>({
    value,
    sentence,
    formerly,
    isRepeatable: true,
    fallback: [],
    read: (given, before) => [...before, ...given.split(',')],
  });

/** Where a verb has both: `--json` is `--format json`. Throws Refusal when another format was asked for as well. */
export function withJson<V extends { readonly json: boolean; readonly format: string }>(
  values: V,
  fallback: V['format'],
): V {
  if (!values.json) return values;
  if (values.format === fallback || values.format === 'json') return { ...values, format: 'json' };
  throw new Refusal('usage', `Cannot write JSON as ${values.format}: --json and --format are both given`);
}

/** Several of some words. */
export const words = (value: string, sentence: string, known: readonly string[]) =>
  option<readonly string[]>({
    value,
    sentence,
    completion: known,
    isRepeatable: true,
    fallback: [],
    read: (given, before) => [...before, ...given.split(',').map((word) => wordOf(word, known))],
  });

export const choice = <const W extends string>(sentence: string, known: readonly W[], fallback: W) =>
  option<W>({
    value: `<${known.join('|')}>`,
    sentence,
    completion: known,
    fallback,
    initially: fallback,
    read: (given) => wordOf(given, known),
  });

export const whole = <F extends number | undefined>(
  value: string,
  sentence: string,
  least: number,
  most: number,
  fallback: F,
) =>
  option<number | F>({
    value,
    sentence,
    fallback,
    initially: fallback === undefined ? '' : String(fallback),
    read: (given) => numberOf(given, least, most, /^-?\d+$/),
  });

/** A number, possibly with a fraction or as `1e6`. */
export const real = (value: string, sentence: string, least: number, most: number) =>
  option<number | undefined>({
    value,
    sentence,
    fallback: undefined,
    read: (given) => numberOf(given, least, most, /^\d+(\.\d+)?(e\d+)?$/i),
  });

function numberOf(given: string, least: number, most: number, shape: RegExp): number {
  const number = shape.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Refusal('usage', `${JSON.stringify(given)} is not a number from ${least} to ${most}`);
}

function wordOf<W extends string>(given: string, known: readonly W[]): W {
  const word = known.find((one) => one === given);
  if (word !== undefined) return word;
  throw new Refusal('usage', `${JSON.stringify(given)} is none of ${known.join(', ')}`);
}
