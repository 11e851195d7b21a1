/** RESULTS.md has a part for each benchmark; a run writes its own and leaves the other as it is. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export const PARTS = ['flows', 'center', 'respond', 'sensor', 'flowtuple', 'detect'] as const;
export type Part = (typeof PARTS)[number];

/** The file's text with one part replaced. A text without marks is the part `flows`. */
export function withPart(text: string, part: Part, content: string): string {
  const found = new Map<string, string>();
  const pieces = text.split(/^<!-- part: (\w+) -->\n/m);
  if (pieces[0].trim() !== '') found.set('flows', pieces[0].trim());
  for (let index = 1; index < pieces.length; index += 2) found.set(pieces[index], pieces[index + 1].trim());
  found.set(part, content.trim());
  return PARTS.flatMap((name) => {
    const own = found.get(name);
    return own === undefined ? [] : [`<!-- part: ${name} -->\n\n${own}\n`];
  }).join('\n');
}

export function writePart(file: string, part: Part, content: string): void {
  writeFileSync(file, withPart(existsSync(file) ? readFileSync(file, 'utf8') : '', part, content));
}
