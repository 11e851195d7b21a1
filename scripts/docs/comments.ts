/** Doc comments of our own sources, so that a sentence is written once: beside the code. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Property {
  readonly name: string;
  readonly type: string;
  readonly sentence: string;
}

export class Commented {
  private readonly source: string;
  private readonly parsed: ReturnType<typeof parseSync>;

  /** @param file path from the checkout's root */
  constructor(file: string) {
    this.source = readFileSync(join(ROOT, file), 'utf8');
    this.parsed = parseSync(file, this.source);
  }

  /** Comment of an exported constant, interface or function; '' when it has none. */
  ofExport(name: string): string {
    const at = this.source.search(new RegExp(`^export (const|interface|function) ${name}\\b`, 'm'));
    if (at < 0) throw new Error(`Cannot document ${name}: it is not exported`);
    return this.before(at);
  }

  hasInterface(name: string): boolean {
    return new RegExp(`^export interface ${name}\\b`, 'm').test(this.source);
  }

  /** Properties of an exported interface, with their types as written. */
  ofInterface(name: string): Property[] {
    for (const statement of this.parsed.program.body) {
      const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
      if (declared?.type !== 'TSInterfaceDeclaration' || declared.id.name !== name) continue;
      return declared.body.body.flatMap((member) => {
        if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return [];
        const { start, end } = member.typeAnnotation ?? { start: member.end, end: member.end };
        const type = this.source.slice(start, end).replace(/^:\s*/, '');
        return [{ name: member.key.name, type, sentence: this.before(member.start) }];
      });
    }
    throw new Error(`Cannot document ${name}: there is no such interface`);
  }

  /** Text of the doc comment that ends directly before `offset`. */
  private before(offset: number): string {
    const comment = this.parsed.comments.find(({ end, value }) => {
      return value.startsWith('*') && end < offset && this.source.slice(end, offset).trim() === '';
    });
    const text = (comment?.value ?? '').replaceAll(/^\s*\*+ ?/gm, '').replaceAll(/\{@link (\w+)\}/g, '`$1`');
    return text.replaceAll(/\s+/g, ' ').trim();
  }
}
