/** All findings that fit, page after page, in one of the forms for programs. */
import { findingsTable } from '@noroshi/center/api/finding-tables.ts';
import { bundleOf } from '@noroshi/center/api/findings/stix.ts';
import { csvOf } from '@noroshi/center/publish/csv.ts';
import type { FindingsShape } from '@noroshi/wire/api/finding.ts';
import { Refusal } from '../io/exit.ts';
import { ask, type Center } from '../report/center.ts';

export type Question = Readonly<Record<string, string>>;

const PATH = '/v1/findings';
const PAGE = 1000;
/** More would not fit into memory comfortably. */
const EXPORT_MAX = 100_000;

/** What an answer must be in order to be gone on with. Throws Refusal. */
export async function askFindings(center: Center, question: Question): Promise<FindingsShape> {
  const list = jsonOf(await ask(center, PATH, question), center) as FindingsShape;
  if (Array.isArray(list.findings)) return list;
  throw new Refusal('io', `Cannot read the findings of ${center.shown}: the answer is none of a center`);
}

export function jsonOf(text: string, center: Center): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal('io', `Cannot read the findings of ${center.shown}: the answer is no JSON`);
  }
}

/** Every page, the newest first. Throws Refusal. */
async function* pages(center: Center, question: Question, most: number): AsyncGenerator<FindingsShape> {
  let cursor: string | null = null;
  let left = Math.min(most, EXPORT_MAX);
  do {
    const asked: Question = {
      ...question,
      limit: String(Math.min(PAGE, left)),
      ...(cursor === null ? {} : { cursor }),
    };
    const list = await askFindings(center, asked);
    yield list;
    left -= list.findings.length;
    cursor = list.findings.length === 0 ? null : list.cursor;
  } while (cursor !== null && left > 0);
  if (cursor !== null && most > EXPORT_MAX) {
    throw new Refusal('usage', `Cannot export: more than ${EXPORT_MAX} findings fit; choose less time`);
  }
}

export async function exportJson(center: Center, question: Question, most: number): Promise<string> {
  return `${JSON.stringify(await wholeList(center, question, most), undefined, 2)}\n`;
}

/** All pages as one. */
async function wholeList(center: Center, question: Question, most: number): Promise<FindingsShape> {
  const findings = [];
  let last: FindingsShape | undefined;
  for await (const list of pages(center, question, most)) {
    findings.push(...list.findings);
    last = list;
  }
  if (last === undefined) throw new Refusal('io', `Cannot read the findings of ${center.shown}: there is no page`);
  return { ...last, findings };
}

export async function exportCsv(center: Center, question: Question, most: number): Promise<string> {
  return csvOf(findingsTable(await wholeList(center, question, most)), false);
}

/** One bundle of all pages. */
export async function exportStix(center: Center, question: Question, most: number, operator: string): Promise<string> {
  const whole = await wholeList(center, question, most);
  return `${JSON.stringify(bundleOf(whole, operator), undefined, 2)}\n`;
}
