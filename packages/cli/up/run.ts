/** The work of `noroshi up`. */
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

function tell(io: Io, file: string, config: Config): number {
  const found = warnings(config);
  io.out.write(`${io.style.bold(`${named(file)} is right. It would run:`)}\n${describe(config).join('\n')}\n`);
  for (const warning of found) io.out.write(`${io.style.ember('But')} ${warning}\n`);
  return EXIT.ok.code;
}
