/** Findings as a table of text. */
import { padEnd, widthOf } from '@noroshi/kit/width.ts';
import { safe } from '@noroshi/kit/safe.ts';
import type { FindingShape, FindingsShape } from '@noroshi/wire/api/finding.ts';
import { rate } from '../look/numbers.ts';
import type { Canvas } from '../look/section.ts';
import { type Column, table } from '../look/table.ts';
import { briefly } from '../look/time.ts';
import { type Language, WORDS } from './words.ts';
import { wrapWide } from './wrap.ts';

/** So much of an id tells findings apart on a screen; `show` takes it. */
const ID_CHARS = 8;

/** `2026-11-21 08:00` */
export function momentText(time: string): string {
  return safe(time.slice(0, 16).replace('T', ' '));
}

export function subjectText({ subject, aspect }: FindingShape, language: Language): string {
  const who = subject.kind === 'telescope' ? WORDS[language].telescope : subject.value;
  return safe(aspect === '' ? who : `${who} ${aspect}`);
}

export function sureText(confidence: number): string {
  return `${Math.floor(confidence * 100)} %`;
}

export function lastedText({ first, last }: FindingShape): string {
  return briefly(Math.max(0, (Date.parse(last) - Date.parse(first)) / 1000));
}

function rateText({ figures }: FindingShape): string {
  const value = figures.find(({ name }) => name === 'attack_pps')?.value;
  return value === undefined ? '' : rate(value);
}

/** The table, or the sentence that there is nothing. */
export function listText({ findings, cursor, watermark }: FindingsShape, language: Language, canvas: Canvas): string[] {
  const words = WORDS[language];
  const { columns } = words;
  const asOf = watermark === null ? words.never : `${words.asOf} ${momentText(watermark)} UTC`;
  const end = wrapWide(asOf, canvas.width).map((line) => canvas.style.dim(line));
  if (findings.length === 0) return [...wrapWide(words.none, canvas.width), ...end];
  const rateColumn: Column<FindingShape> = { head: columns.rate, text: rateText, align: 'right', optional: 1 };
  const shown: Column<FindingShape>[] = [
    { head: columns.id, text: ({ id }) => safe(id.slice(0, ID_CHARS)) },
    {
      head: columns.subject,
      text: (finding) => `${finding.is_open ? '●' : ' '} ${subjectText(finding, language)}`,
      least: 26,
      paint: (text, { is_open }) => (is_open ? text.replace('●', canvas.style.ember('●')) : text),
    },
    { head: columns.detector, text: ({ detector }) => safe(detector), least: 10, optional: 2 },
    { head: columns.since, text: ({ first }) => momentText(first).slice(5) },
    { head: columns.lasted, text: lastedText, align: 'right', optional: 3 },
    ...(findings.some((finding) => rateText(finding) !== '') ? [rateColumn] : []),
    { head: columns.sure, text: ({ confidence }) => sureText(confidence), align: 'right' },
    { head: columns.state, text: ({ state }) => words.states[state] },
  ];
  const lines = table(findings, shown, canvas.width, canvas.style);
  return [...lines, ...(cursor === null ? [] : [canvas.style.dim(words.more)]), ...end];
}

/** Names in a column, what they are beside them; what is too long goes on below. */
export function pairs(rows: readonly (readonly [name: string, text: string])[], width: number): string[] {
  const size = Math.min(24, Math.max(0, ...rows.map(([name]) => widthOf(name))));
  return rows.flatMap(([name, text]) =>
    wrapWide(text, Math.max(20, width - size - 4)).map(
      (line, index) => `  ${padEnd(index === 0 ? name : '', size)}  ${line}`,
    ),
  );
}
