/** The configuration's keys as Markdown, for docs/reference. */
import { configKeys } from './keys.ts';

/** One table: key, type, default, meaning. */
export function configMarkdown(): string {
  const rows = configKeys().map(({ path, type, initially, sentence, isRequired }) => {
    const fallback = isRequired ? '**required**' : initially === '' ? '' : `\`${initially}\``;
    return `| \`${path}\` | ${type} | ${fallback} | ${sentence} |`;
  });
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
