/** A configuration to begin with: every key with its sentence, those that need no change commented out. */
import { createHash } from 'node:crypto';
import { type ConfigKey, configKeys } from './keys.ts';
import type { SensorConfig } from './schema.ts';

const HEAD = `# Configuration of a Noroshi center (YAML).
# What is commented out has the value shown. noroshi up --config FILE --check says what would run.
`;

/** What stands in a configuration in place of a token: whoever reads it cannot upload. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The text of a configuration for one sensor whose token has this digest. */
export function configTemplate(
  sensor: Pick<SensorConfig, 'name' | 'feed'> & { readonly token_sha256: string },
): string {
  const said: Readonly<Record<string, string>> = {
    state_folder: 'state',
    'sensors[].name': sensor.name,
    'sensors[].feed': sensor.feed,
    'sensors[].token_sha256': sensor.token_sha256,
  };
  return `${HEAD}${configKeys()
    .map((key) => linesOf(key, said[key.path]))
    .join('\n')}\n`;
}

/** Comments behind the keys begin in this column. */
const COMMENT_COLUMN = 40;

/** A key of the first level has its sentence above it, the others behind it: what is uncommented stays YAML. */
function linesOf({ path, sentence, type, initially }: ConfigKey, said: string | undefined): string {
  const steps = path.split('.');
  const isEntry = path.startsWith('sensors[].');
  const isMap = type === 'map' || path === 'sensors';
  const value = said ?? (isMap ? '' : initially === '' ? `<${type}>` : initially);
  const bullet = isEntry ? (path === 'sensors[].name' ? '- ' : '  ') : '';
  const line = `${'  '.repeat(steps.length - 1)}${bullet}${steps.at(-1)}:${value === '' ? '' : ` ${value}`}`;
  const shown = said !== undefined || path === 'sensors' ? line : `# ${line}`;
  return steps.length === 1 ? `\n# ${sentence}\n${shown}` : `${shown.padEnd(COMMENT_COLUMN)} # ${sentence}`;
}
