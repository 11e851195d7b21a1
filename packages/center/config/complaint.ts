/** What is wrong with a configuration: a line and a sentence that names the key. Values are never repeated: they may be secret. */
import { isMap, isPair, isScalar, isSeq, type LineCounter, type Node, type ParsedNode } from 'yaml';
import type { z } from 'zod';
import { nearestKey } from './suggest.ts';

/** Complaints that are told; a file with more has another trouble. */
export const COMPLAINTS_MAX = 10;

export interface Complaint {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly sentence: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The schema's issues as sentences, each with the line it is about, ordered by line. */
export function complaintsOf(issues: readonly Issue[], root: ParsedNode | null, lines: LineCounter): Complaint[] {
  const at = (path: Path): number => lines.linePos(offsetOf(root, path)).line;
  return issues
    .flatMap((issue): Complaint[] => {
      if (issue.code !== 'unrecognized_keys') return [{ line: at(issue.path), sentence: sentenceOf(issue) }];
      return issue.keys.map((key) => ({ line: at([...issue.path, key]), sentence: unknownKey(issue.path, key) }));
    })
    .toSorted((a, b) => a.line - b.line)
    .slice(0, COMPLAINTS_MAX);
}

function unknownKey(path: Path, key: string): string {
  const meant = nearestKey(nameOf(path).replaceAll(/\[\d+\]/g, '[]'), key);
  return `unknown key ${nameOf([...path, key])}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
}

function sentenceOf(issue: Issue): string {
  const name = issue.path.length === 0 ? 'the file' : nameOf(issue.path);
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? `${name} is missing`
        : `${name} is not ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${name} is none of ${issue.values.join(', ')}`;
    case 'too_small':
      return `${name} is ${issue.origin === 'string' ? 'shorter' : 'less'} than ${issue.minimum}`;
    case 'too_big':
      return `${name} is ${issue.origin === 'string' || issue.origin === 'array' ? 'longer' : 'more'} than ${issue.maximum}`;
    case 'not_multiple_of':
      return `${name} is no multiple of ${issue.divisor}`;
    default:
      return `${name} ${issue.message}`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  array: 'a list',
  string: 'a text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
};

/** `sensors[2].name`. */
function nameOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** Where in the text the key of this path stands; for what is missing, where it would belong. */
function offsetOf(root: ParsedNode | null, path: Path): number {
  let node: Node | null = root;
  let offset = root?.range[0] ?? 0;
  for (const step of path) {
    const found: { at: number; value: Node | null } | undefined = stepInto(node, step);
    if (found === undefined) return offset;
    offset = found.at;
    node = found.value;
  }
  return offset;
}

function stepInto(node: Node | null, step: PropertyKey): { at: number; value: Node | null } | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
    if (!isPair(pair)) return undefined;
    return { at: pair.key.range?.[0] ?? 0, value: pair.value };
  }
  const value = isSeq<Node>(node) && typeof step === 'number' ? node.items[step] : undefined;
  return value === undefined ? undefined : { at: value.range?.[0] ?? 0, value };
}
