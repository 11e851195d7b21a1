/** The keys of a sensor's configuration as Markdown, for docs/reference. */
import { CONFIG_KEYS, type ConfigKey } from './config-keys.ts';
import { rangeOf } from './config-template.ts';

/** One table: key, value, default, meaning. */
export function sensorConfigMarkdown(): string {
  const rows = (CONFIG_KEYS as readonly ConfigKey[]).map((key) => {
    const { name, value, initially, isRequired, isList, sentence } = key;
    const fallback = isRequired === true ? '**required**' : initially === undefined ? '' : `\`${initially}\``;
    const often = isList === true ? ' May come several times.' : '';
    return `| \`${name}\` | \`${value.replaceAll('|', '\\|')}\` | ${fallback} | ${sentence}${rangeOf(key)}${often} |`;
  });
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
