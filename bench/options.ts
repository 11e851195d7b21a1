/** The command line of the benchmark, and its help. */
import { parseArgs } from 'node:util';

export const SCENARIOS = ['unique', 'repeats'] as const;
export type BenchScenario = (typeof SCENARIOS)[number];

export interface BenchOptions {
  /** Packets of each capture. */
  readonly packets: number;
  /** Rounds of everything that is not slow; undefined: 5 of ours, 3 of the others. */
  readonly rounds: number | undefined;
  /** Where captures go; undefined: /dev/shm when it has room, else the system's temporary directory. */
  readonly dir: string | undefined;
  /** Where output goes; undefined: the system's temporary directory. */
  readonly outDir: string | undefined;
  readonly scenarios: readonly BenchScenario[];
  readonly isQuick: boolean;
  /** Packets of `unique` that the slow programs are given; undefined: all. */
  readonly prefix: number | undefined;
  readonly memory: boolean;
  readonly stages: boolean;
  /** The report; undefined: on the screen only. */
  readonly out: string | undefined;
}

export type Wish =
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly sentence: string }
  | { readonly kind: 'run'; readonly options: BenchOptions };

const PACKETS = 30_000_000;
const PACKETS_QUICK = 1_000_000;
const PACKETS_LEAST = 10_000;
const PACKETS_MOST = 1_000_000_000;
const ROUNDS_MOST = 100;

const SPEC = {
  packets: { type: 'string' },
  rounds: { type: 'string' },
  dir: { type: 'string' },
  'out-dir': { type: 'string' },
  only: { type: 'string' },
  prefix: { type: 'string' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  memory: { type: 'boolean' },
  stages: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @param report the file that a whole run writes */
export function readOptions(args: readonly string[], report: string): Wish {
  try {
    const { values } = parseArgs({ args: [...args], options: SPEC });
    if (values.help === true) return { kind: 'help' };
    const isQuick = values.quick === true;
    const packets = number('packets', values.packets, PACKETS_LEAST, PACKETS_MOST);
    // What stands in the tree comes from whole runs.
    const isWhole = !isQuick && values.only === undefined && (packets ?? PACKETS) >= PACKETS;
    const options = {
      packets: packets ?? (isQuick ? PACKETS_QUICK : PACKETS),
      rounds: number('rounds', values.rounds, 1, ROUNDS_MOST) ?? (isQuick ? 1 : undefined),
      dir: values.dir,
      outDir: values['out-dir'],
      scenarios: scenariosOf(values.only),
      isQuick,
      prefix: number('prefix', values.prefix, PACKETS_LEAST, PACKETS_MOST),
      memory: values.memory === true,
      stages: values.stages === true,
      out: values.out ?? (isWhole ? report : undefined),
    };
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'error', sentence: `Cannot read the command line: ${(error as Error).message}` };
  }
}

function scenariosOf(only: string | undefined): readonly BenchScenario[] {
  if (only === undefined) return SCENARIOS;
  const scenario = SCENARIOS.find((name) => name === only);
  if (scenario === undefined) throw new RangeError(`--only ${only} is neither ${SCENARIOS.join(' nor ')}`);
  return [scenario];
}

function number(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replaceAll('_', ''));
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`--${name} ${text} is not a whole number from ${least} to ${most}`);
}

export function help(): string {
  return `npm run bench                     both captures, 30,000,000 packets each; about 30 minutes; writes bench/RESULTS.md
npm run bench -- --quick          1,000,000 packets, one round; on the screen only

  --packets <n>          packets of each capture (${PACKETS.toLocaleString('en-US')})
  --rounds <n>           rounds (5 of ours, 3 of the others; slow programs run once on unique)
  --only <capture>       unique or repeats
  --prefix <n>           the slow programs get the first n packets of unique instead of all
  --memory               also a capture four times as large, for the peak of memory
  --stages               also where our time goes, in nanoseconds a packet
  --dir <directory>      for captures (/dev/shm when it has room, else the temporary directory)
  --out-dir <directory>  for output (the temporary directory)
  --out <file>           write the report there; without it only a whole run writes one

The exit code is 0 when every program that is installed did its job, whatever the figures; 1 when one failed; 2 for a
wrong command line; 130 after Ctrl-C.`;
}
