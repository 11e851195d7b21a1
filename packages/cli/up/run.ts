/** The work of `noroshi up`. */
import { checkConfig } from '@noroshi/center/start/check.ts';
import { ConfigError, loadConfig } from '@noroshi/center/config/load.ts';
import type { Config } from '@noroshi/center/config/schema.ts';
import { EXIT, Refusal, refusalOf } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { named } from '../look/style.ts';
import type { UpValues } from '../verbs/up.ts';
import { describe, warnings } from './describe.ts';
import { writeInitial } from './init.ts';

export async function runUp(io: Io, { config: file, check, init }: UpValues): Promise<number> {
  if (init !== undefined) {
    writeInitial(io, init);
    return EXIT.ok.code;
  }
  if (file === undefined) {
    throw new Refusal('usage', 'Cannot run a center: --config names its configuration (--init FOLDER writes one)');
  }
  const config = read(io, file);
  if (check) return tell(io, file, config);
  const { serve } = await import('./serve.ts');
  return serve(io, config);
}

/** Throws Refusal. */
function read(io: Io, file: string): Config {
  try {
    return loadConfig(file);
  } catch (error) {
    if (error instanceof ConfigError) throw refusalOfConfig(io, file, error);
    throw refusalOf('read', named(file), error);
  }
}

/** One thing that is wrong is a sentence, several are a list in front of it. */
function refusalOfConfig(io: Io, file: string, { message, complaints }: ConfigError): Refusal {
  if (complaints.length === 1) return new Refusal('usage', message);
  for (const { line, sentence } of complaints) io.errors.write(`${named(file)}:${line}: ${safe(sentence)}\n`);
  return new Refusal('usage', `Cannot read ${named(file)}: ${complaints.length} things in it are wrong`);
}

/** What would run, opened once. Throws Refusal when the center would not start. */
async function tell(io: Io, file: string, config: Config): Promise<number> {
  const { faults, absent } = await io.interrupt.orStop(checkConfig(config));
  const verdict =
    faults.length > 0 ? 'would not start' : absent.length > 0 ? 'would start, but not all is there' : 'is right';
  io.out.write(`${io.style.bold(`${named(file)} ${verdict}. It would run:`)}\n${describe(config).join('\n')}\n`);
  for (const warning of [...absent, ...warnings(config)]) io.out.write(`${io.style.ember('But')} ${safe(warning)}\n`);
  io.out.flush();
  if (faults.length === 0) return EXIT.ok.code;
  if (faults.length === 1) throw new Refusal('io', faults[0] ?? '');
  for (const fault of faults) io.errors.write(`${named(file)}: ${safe(fault)}\n`);
  throw new Refusal('io', `Cannot run ${named(file)}: ${faults.length} things that it names are wrong`);
}
