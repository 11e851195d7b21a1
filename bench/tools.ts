/** The programs that are compared: how each is called, what it is, and what it does for a packet. One row each. */
import { resolve } from 'node:path';
import {
  type Account,
  countArgus,
  countFlows,
  countLines,
  countNfdump,
  countReport,
  countSoftflowd,
} from './account.ts';
import type { BenchScenario } from './options.ts';
import type { Run } from './process.ts';

/** Where a program finds its input and leaves its output. */
export interface Place {
  readonly capture: string;
  /** A directory, empty when the program starts. */
  readonly out: string;
  /** UDP port on loopback where somebody listens. */
  readonly port: number;
}

export interface Tool {
  readonly name: string;
  /** `ours`, others that make flows, and others. */
  readonly kind: 'ours' | 'flows' | 'other';
  /** Name or path of the program, and the Debian package that has it; null: no package but this checkout. */
  readonly program: string;
  readonly debian: string | null;
  readonly cores: '0' | '0,1';
  readonly args: (place: Place) => readonly string[];
  /** What it makes is what it prints. */
  readonly stdout?: (place: Place) => string;
  /** Slow on these captures: runs once there, and on a prefix when one is asked for. */
  readonly slowOn: readonly BenchScenario[];
  /** It gets no more than so many packets. */
  readonly packetsMost?: number;
  /** So many of it run side by side, each on its share of the packets; 1 when absent. */
  readonly processes?: number;
  /** What it has made, by its own or by a third program's word. */
  readonly account: (place: Place, run: Run) => Promise<Account | undefined>;
  readonly note: string;
}

export const NODE = process.execPath;
export const CLI = resolve(import.meta.dirname, '../packages/cli/bin/noroshi.mjs');
const TSHARK_PACKETS = 500_000;
const TSHARK_FIELDS = [
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'ip.proto',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
  'tcp.flags',
  'ip.ttl',
  'ip.len',
];

/** Ours, as `npx noroshi …`. */
function ours(name: string, cores: Tool['cores'], note: string, ...options: readonly string[]): Tool {
  return {
    name,
    kind: 'ours',
    program: NODE,
    debian: null,
    cores,
    args: ({ capture, out }) => [CLI, 'flows', capture, '--out', `${out}/flows.parquet`, ...options],
    slowOn: [],
    account: ({ out }) => countFlows(`${out}/flows.parquet`),
    note,
  };
}

/** A shell's command line. Ends when both have, and well when both did. */
function sideBySide(capture: string, out: string): string {
  const one = (core: number): string =>
    `taskset -c ${core} '${NODE}' '${CLI}' flows '${capture}' --out '${out}/${core}.parquet'`;
  return `${one(0)} & first=$!; ${one(1)} && wait $first`;
}

function nfpcapd(name: string, cores: Tool['cores'], note: string): Tool {
  return {
    name,
    kind: 'flows',
    program: 'nfpcapd',
    debian: 'nfdump',
    cores,
    args: ({ capture, out }) => ['-r', capture, '-w', out, '-t', '60'],
    slowOn: ['unique'],
    account: ({ out }) => countNfdump(out),
    note,
  };
}

export const ONE_CORE = 'noroshi flows';
export const TWO_WORKERS = 'noroshi flows, 2 workers';
export const TWO_PROCESSES = 'noroshi flows, twice';

export const FLOOR: Tool = {
  name: 'tcpdump -w /dev/null',
  kind: 'other',
  program: 'tcpdump',
  debian: 'tcpdump',
  cores: '0',
  args: ({ capture }) => ['-r', capture, '-w', '/dev/null'],
  slowOn: [],
  account: () => Promise.resolve(undefined),
  note: 'the reading floor',
};

export const TOOLS: readonly Tool[] = [
  ours(ONE_CORE, '0', 'one core'),
  ours(TWO_WORKERS, '0,1', 'both cores', '--workers', '2'),
  {
    ...ours(TWO_PROCESSES, '0,1', 'one on each core, half of the packets each: all that this machine gives two'),
    kind: 'other',
    program: 'sh',
    args: ({ capture, out }) => ['-c', sideBySide(capture, out)],
    processes: 2,
    account: ({ out }) => countFlows(`${out}/*.parquet`),
  },
  ours('noroshi flows, zstd', '0', 'one core', '--compress', 'zstd'),
  {
    ...ours('noroshi analyze', '0', 'one core'),
    args: ({ capture }) => [CLI, 'analyze', '--json', capture],
    stdout: ({ out }) => `${out}/report.json`,
    account: ({ out }) => countReport(`${out}/report.json`),
  },
  nfpcapd('nfpcapd', '0', 'one core, 4 threads'),
  nfpcapd('nfpcapd, both cores', '0,1', '4 threads'),
  {
    name: 'softflowd',
    kind: 'flows',
    program: 'softflowd',
    debian: 'softflowd',
    cores: '0',
    args: ({ capture, out, port }) => [
      '-d',
      '-r',
      capture,
      '-n',
      `127.0.0.1:${port}`,
      '-v',
      '9',
      '-m',
      '4000000',
      '-c',
      'none',
      '-p',
      `${out}/pid`,
    ],
    slowOn: ['unique'],
    account: (_, run) => Promise.resolve(countSoftflowd(run.said)),
    note: 'one core, 1 thread; output is what reached the UDP socket',
  },
  {
    name: 'argus',
    kind: 'flows',
    program: 'argus',
    debian: 'argus-server',
    cores: '0',
    args: ({ capture, out }) => ['-X', '-r', capture, '-w', `${out}/argus.bin`],
    slowOn: ['unique'],
    account: ({ out }) => countArgus(`${out}/argus.bin`),
    note: 'one core, 3 threads',
  },
  {
    name: 'tshark -T fields',
    kind: 'other',
    program: 'tshark',
    debian: 'tshark',
    cores: '0',
    args: ({ capture }) => ['-n', '-r', capture, '-T', 'fields', ...TSHARK_FIELDS.flatMap((field) => ['-e', field])],
    stdout: ({ out }) => `${out}/fields.txt`,
    slowOn: ['unique', 'repeats'],
    packetsMost: TSHARK_PACKETS,
    account: ({ out }) => countLines(`${out}/fields.txt`),
    note: 'one core; no flows',
  },
];
