/** What a verb has of the world outside: where it writes, how wide that is, whether anybody wants colour. */
import type { Style } from '../look/style.ts';
import { styleFor } from '../look/style.ts';
import { Interrupt } from './interrupt.ts';
import { Output } from './output.ts';

const WIDTH_LEAST = 60;
const WIDTH_MOST = 160;
/** Where nobody knows the width: a file, a pipe, a mail. */
const WIDTH_UNKNOWN = 100;

export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly out: Output;
  readonly errors: Output;
  readonly style: Style;
  readonly errorStyle: Style;
  /** Columns for text on `out`, within limits. */
  readonly width: number;
  /** Columns of the terminal that `errors` is; undefined when it is none. */
  readonly errorWidth: number | undefined;
  readonly isTerminal: boolean;
  readonly interrupt: Interrupt;
}

export function processIo(): Io {
  const { env, stdout, stderr } = process;
  return {
    env,
    out: new Output(1),
    errors: new Output(2),
    style: styleFor(env, stdout.isTTY),
    errorStyle: styleFor(env, stderr.isTTY),
    width: widthOf(env, stdout.isTTY ? stdout.columns : undefined),
    errorWidth: stderr.isTTY ? stderr.columns : undefined,
    isTerminal: stdout.isTTY,
    interrupt: new Interrupt(),
  };
}

/** COLUMNS, which users set for pipes, then the terminal's own, within limits. */
function widthOf(env: NodeJS.ProcessEnv, columns: number | undefined): number {
  const told = Number(env.COLUMNS ?? '');
  const wanted = told > 0 ? told : (columns ?? WIDTH_UNKNOWN);
  return Math.min(WIDTH_MOST, Math.max(WIDTH_LEAST, wanted));
}
