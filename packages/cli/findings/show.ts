/** One finding as text: what, why, how sure, the query that reproduces it, and what became of it. */
import { safe } from '@noroshi/kit/safe.ts';
import type { FindingDetailShape } from '@noroshi/wire/api/finding.ts';
import { count, rate } from '../look/numbers.ts';
import type { Canvas } from '../look/section.ts';
import { type Column, table } from '../look/table.ts';
import { lastedText, momentText, pairs, subjectText, sureText } from './list.ts';
import { type Language, WORDS } from './words.ts';
import { wrapWide } from './wrap.ts';

/** Bins shown; JSON has all of them. */
const BINS_SHOWN = 20;

type Sighting = FindingDetailShape['sightings'][number];

export function showText(finding: FindingDetailShape, language: Language, canvas: Canvas): string[] {
  const { style, width } = canvas;
  const words = WORDS[language];
  const indented = (text: string): string[] => wrapWide(safe(text), width - 2).map((line) => `  ${line}`);
  const part = (title: string, lines: readonly string[]): string[] => {
    return lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  };
  return [
    style.bold(subjectText(finding, language)),
    ...indented(finding.sentence[language]),
    '',
    ...facts(finding, language, canvas),
    ...part(
      words.titles.why,
      finding.reasons.flatMap((reason) => indented(reasonText(reason, language))),
    ),
    ...part(words.titles.sure, indented(finding.confidence_means[language])),
    ...part(words.titles.figures, figureLines(finding, language, canvas)),
    ...part(words.titles.bins, binLines(finding, language, canvas)),
    ...part(words.titles.history, historyLines(finding, language, canvas)),
    ...part(words.titles.query, queryLines(finding)),
    ...part(
      words.titles.references,
      finding.references.flatMap(({ name, where }) => indented(`${name}: ${where}`)),
    ),
  ];
}

function facts(finding: FindingDetailShape, language: Language, { width }: Canvas): string[] {
  const words = WORDS[language];
  const { columns } = words;
  const state = words.states[finding.state];
  const where = [finding.asn === null ? '' : `AS${finding.asn}`, finding.as_name ?? '', finding.country]
    .filter((text) => text !== '' && text !== 'unknown')
    .join(' ');
  return pairs(
    [
      [columns.id, safe(finding.id)],
      [columns.detector, safe(`${finding.detector} v${finding.detector_version}`)],
      [columns.state, finding.is_open ? `${state}, ${words.open}` : state],
      [columns.sure, sureText(finding.confidence)],
      [columns.since, `${momentText(finding.first)} – ${momentText(finding.last)} (${lastedText(finding)})`],
      ...(where === '' ? [] : [[words.where, safe(where)] as const]),
    ],
    width,
  );
}

function reasonText({ sentence, values }: FindingDetailShape['reasons'][number], language: Language): string {
  const said = Object.entries(values).map(([name, value]) => `${name} ${valueText(value)}`);
  return said.length === 0 ? sentence[language] : `${sentence[language]} (${said.join(', ')})`;
}

function valueText(value: number | string): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) && value >= 0 ? count(value) : rate(value);
}

function figureLines({ figures }: FindingDetailShape, language: Language, { width, style }: Canvas): string[] {
  type Figure = (typeof figures)[number];
  const columns: Column<Figure>[] = [
    { head: '', text: ({ value }) => valueText(value), align: 'right' },
    { head: '', text: ({ unit }) => safe(unit) },
    { head: '', text: ({ sentence }) => safe(sentence[language]), least: 20 },
  ];
  // Without a line for heads that say nothing.
  return table(figures, columns, width, style).slice(1);
}

function binLines({ sightings, figures }: FindingDetailShape, language: Language, { width, style }: Canvas): string[] {
  const [time, sure] = WORDS[language].binColumns;
  const columns: Column<Sighting>[] = [
    { head: time, text: ({ bin }) => momentText(bin) },
    { head: sure, text: ({ confidence }) => sureText(confidence), align: 'right' },
    ...figures.map(({ name }, index): Column<Sighting> => {
      const text = (sighting: Sighting): string => {
        const value = sighting.figures[name];
        return value === undefined ? '' : valueText(value);
      };
      return { head: safe(name), text, align: 'right', ...(index === 0 ? {} : { optional: index }) };
    }),
  ];
  return table(sightings.slice(-BINS_SHOWN), columns, width, style);
}

function historyLines({ history }: FindingDetailShape, language: Language, { width }: Canvas): string[] {
  const words = WORDS[language];
  return pairs(
    history.map(({ at, actor, state, confidence, note }): [string, string] => {
      const said = `${words.states[state]} ${sureText(confidence)} ${actor}${note === '' ? '' : `: ${note}`}`;
      return [momentText(at), safe(said)];
    }),
    width,
  );
}

/** As it is: whoever copies it wants no other lines. */
function queryLines({ evidence }: FindingDetailShape): string[] {
  if (evidence.sql === '') return [];
  const params = Object.entries(evidence.params).map(([name, value]) => `-- ${name} = ${value}`);
  return [...evidence.sql.split('\n'), ...params].map((line) => `  ${safe(line)}`);
}
