/** A configuration to begin with: every key with its sentence, those that need no change commented out. */
import { CONFIG_KEYS, type ConfigKey, type KeyName } from './config-keys.ts';

const HEAD = `# Configuration of a Noroshi sensor: key = value, a line each; # begins a comment.
# What is commented out has the value shown. noroshi sensor --config FILE --check says what would run,
# noroshi sensor doctor --config FILE what is missing on this machine.
`;

/** What a new configuration says of itself; whoever sets a sensor up changes these. */
const EXAMPLES: Partial<Record<KeyName, string>> = {
  name: 'sensor-1',
  interface: 'eth1 192.0.2.0/24 2001:db8::/64',
  'center.url': 'https://center.example',
  'center.token_file': 'token',
};

/** @param said values in place of the examples */
export function sensorTemplate(said: Partial<Record<KeyName, string | readonly string[]>> = {}): string {
  const blocks = (CONFIG_KEYS as readonly (ConfigKey & { name: KeyName })[]).map((key) => {
    const { name, sentence, initially, value } = key;
    const given = said[name] ?? EXAMPLES[name];
    const lines =
      given === undefined ? [`# ${name} = ${initially ?? value}`] : [given].flat().map((one) => `${name} = ${one}`);
    return `\n# ${sentence}${rangeOf(key)}\n${lines.join('\n')}`;
  });
  return `${HEAD}${blocks.join('\n')}\n`;
}

/** ` One of …`, ` 1 to 1024`, for the template and the reference. */
export function rangeOf({ type, words = [], least, most }: ConfigKey): string {
  if (type === 'word') return ` One of ${words.join(', ')}.`;
  return type === 'whole' ? ` ${least} to ${most}.` : '';
}
