/** Command line of the sensor's own program: options, signals, exit codes. `noroshi sensor` in the whole program says the same. */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { safe } from '@noroshi/kit/safe.ts';
import { runEvidenceCommand, runSensorCommand, sentenceOf, type Streams } from './command.ts';
import { LiveError } from './live-error.ts';

const HELP = `noroshi-sensor --config FILE            run until SIGTERM
noroshi-sensor --config FILE --check    is the configuration right, and what would run
noroshi-sensor --init FILE              write a commented configuration
noroshi-sensor doctor [--config FILE] [--json]
                                        what is missing on this machine; exit code 0 nothing, 1 little, 3 something
noroshi-sensor evidence --config FILE --out FILE (--finding FILE | --subject ADDRESS --service tcp/80 --from T --to T)
                                        cut the packets behind a finding from the raw ring
Without a file: --interface eth1 --prefixes 192.0.2.0/24 --center URL --token-file FILE --state FOLDER --name NAME
`;

const TEXT = { type: 'string' } as const;
const LIST = { type: 'string', multiple: true, default: [] as string[] } as const;
const FLAG = { type: 'boolean', default: false } as const;
const OPTIONS = {
  config: TEXT,
  init: TEXT,
  check: FLAG,
  json: FLAG,
  name: TEXT,
  interface: LIST,
  prefixes: LIST,
  center: TEXT,
  'token-file': TEXT,
  state: TEXT,
  ring: TEXT,
  subject: TEXT,
  service: TEXT,
  from: TEXT,
  to: TEXT,
  finding: TEXT,
  out: TEXT,
  help: FLAG,
  version: FLAG,
};

const STREAMS: Streams = { out: (text) => write(1, text), errors: (text) => write(2, text) };

/** The exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const heed = (signal: NodeJS.Signals): void => {
    // The second one ends the process at once.
    for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(one, heed);
    stop.abort(new Error(`Stopping: ${signal}`));
  };
  for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(one, heed);
  try {
    return await run(argv, stop.signal);
  } catch (error) {
    const told = sentenceOf(error);
    const sentence =
      told?.sentence ??
      `Fault in noroshi-sensor, please report it: ${error instanceof Error ? (error.stack ?? '') : String(error)}`;
    STREAMS.errors(`${sentence.split('\n').map(safe).join('\n')}\n`);
    return told?.code ?? 70;
  }
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parsed(argv);
  if (values.help || argv.length === 0) {
    STREAMS.out(HELP);
    return 0;
  }
  if (values.version) {
    STREAMS.out(`${version()}\n`);
    return 0;
  }
  const { config, init, check, json, name, center, state, ring, subject, service, from, to, finding, out } = values;
  const [action, ...rest] = positionals;
  if (action === 'evidence') {
    const wanted = { config, ring, subject, service, from, to, finding, out, json };
    return runEvidenceCommand(rest, wanted, STREAMS, version());
  }
  const lists = { interface: split(values.interface), prefixes: split(values.prefixes) };
  const given = { config, init, check, json, name, center, state, tokenFile: values['token-file'], ...lists };
  return runSensorCommand(positionals, given, STREAMS, signal);
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new LiveError('usage', `Cannot understand the command line: ${error instanceof Error ? error.message : ''}`);
  }
}

function split(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(','));
}

function version(): string {
  const file = join(import.meta.dirname, '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Whole texts at once: what is said last is what matters when a process dies. Nobody who listens is no fault. */
function write(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch (error) {
    if (!['EPIPE', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
