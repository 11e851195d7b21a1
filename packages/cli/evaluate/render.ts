/** An evaluation for people: a table on the terminal, the same as Markdown. */
import type { Io } from '../io/io.ts';
import { count } from '../look/numbers.ts';
import { type Column, table } from '../look/table.ts';
import { briefly } from '../look/time.ts';
import type { EstimateRow, EvaluationRow } from './figures.ts';

export interface Evaluation {
  /** Sentences: exactly what was run. */
  readonly ran: readonly string[];
  readonly rows: readonly EvaluationRow[];
  readonly failures: readonly string[];
  readonly seconds: number;
}

const COLUMNS: readonly Column<EvaluationRow>[] = [
  { head: 'detector', text: ({ detector }) => detector },
  { head: 'addresses', text: ({ addresses }) => count(addresses), align: 'right' },
  { head: 'events', text: ({ bands }) => count(bands.reduce((sum, { events }) => sum + events, 0)), align: 'right' },
  {
    head: 'recall',
    text: ({ recall, recall_of }) => shareText(recall) + (recall_of === 'all events' ? ' *' : ''),
    align: 'right',
  },
  { head: 'precision', text: ({ precision }) => shareText(precision), align: 'right' },
  { head: 'false alerts/day', text: alertsText, align: 'right' },
  { head: 'there after', text: ({ delay_s }) => secondsText(delay_s.most), align: 'right', optional: 3 },
  { head: 'since onset', text: ({ onset_s }) => secondsText(onset_s.median), align: 'right', optional: 4 },
  { head: 'rate ÷ truth', text: ({ rate_ratio }) => ratioText(rate_ratio), align: 'right', optional: 2 },
  { head: 'intervals that hold', text: ({ coverage }) => shareText(coverage), align: 'right', optional: 1 },
];

const LEGEND = [
  'Recall: of the attacks above the detection limit that the detector states; * of all events, however weak. In brackets: 95 % intervals (shares: Wilson; alerts: exact Poisson).',
  'Precision counts a second finding of the same event as false. “There after”: the longest time from the end of a bin to its sighting.',
  '“Since onset”: median time from an event’s first packet to the end of the bin in which it was first seen. “Rate ÷ truth”: median of the estimated over the true rate, and the 10 % and 90 % points.',
];

/** @param tellsWrong adds a sentence for each thing that went wrong */
export function renderEvaluation(
  { ran, rows, failures, seconds }: Evaluation,
  { style, width }: Io,
  tellsWrong: boolean,
): string {
  const lines = [
    style.bold('How right the detectors are'),
    ...ran.map((sentence) => `  ${sentence}`),
    '',
    ...table(rows, COLUMNS, width, style),
    '',
    style.bold('By strength'),
    ...table(rows.flatMap(bandRows), BAND_COLUMNS, width, style),
    '',
    ...(tellsWrong
      ? [style.bold('What went wrong'), ...rows.flatMap(({ wrong }) => wrong).map((line) => `  ${line}`), '']
      : []),
    ...LEGEND.map((sentence) => style.dim(`  ${sentence}`)),
    ...failures.slice(0, FAILURES_SHOWN).map((failure) => style.ember(`  Failed: ${failure}`)),
    style.dim(`  ${briefly(seconds)}`),
  ];
  return `${lines.join('\n')}\n`;
}

export function evaluationMarkdown({ ran, rows, failures }: Evaluation): string {
  const parts = [
    ran.map((sentence) => `- ${sentence}`).join('\n'),
    markdownTable(rows, COLUMNS),
    'By strength of the event:',
    markdownTable(rows.flatMap(bandRows), BAND_COLUMNS),
    LEGEND.join(' '),
    ...(failures.length === 0
      ? []
      : [`${failures.length} runs failed: ${failures.slice(0, FAILURES_SHOWN).join('; ')}.`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const FAILURES_SHOWN = 5;

interface BandRow {
  readonly detector: string;
  readonly addresses: number;
  readonly name: string;
  readonly events: number;
  readonly found: number;
  readonly recall: EstimateRow;
}

const BAND_COLUMNS: readonly Column<BandRow>[] = [
  { head: 'detector', text: ({ detector }) => detector },
  { head: 'addresses', text: ({ addresses }) => count(addresses), align: 'right' },
  { head: 'strength', text: ({ name }) => name },
  { head: 'events', text: ({ events }) => count(events), align: 'right' },
  { head: 'found', text: ({ found }) => count(found), align: 'right' },
  { head: 'recall', text: ({ recall }) => shareText(recall), align: 'right' },
];

function bandRows({ detector, addresses, bands }: EvaluationRow): BandRow[] {
  return bands.map((band) => ({ detector, addresses, ...band }));
}

function markdownTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const heads = line(columns.map(({ head }) => head));
  const rule = line(columns.map(({ align }) => (align === 'right' ? '--:' : '---')));
  return [heads, rule, ...rows.map((row) => line(columns.map(({ text }) => text(row))))].join('\n');
}

/** `0.97 (0.95 – 0.98)`; a dash where nothing was counted. */
function shareText({ value, low, high }: EstimateRow): string {
  return value === null ? '–' : `${value.toFixed(2)} (${low.toFixed(2)} – ${(high ?? 1).toFixed(2)})`;
}

function alertsText({ alerts_per_day: { value, low, high } }: EvaluationRow): string {
  if (value === null) return '–';
  return `${value.toPrecision(2)} (${low.toFixed(2)} – ${high === null ? '∞' : high.toFixed(2)})`;
}

function secondsText(seconds: number | null): string {
  if (seconds === null) return '–';
  return seconds === 0 ? '0 s' : briefly(seconds);
}

function ratioText({ median, p10, p90 }: EvaluationRow['rate_ratio']): string {
  return median === null ? '–' : `${median.toFixed(2)} (${p10?.toFixed(2) ?? '–'} – ${p90?.toFixed(2) ?? '–'})`;
}
