/** What it says: marks of tools and bots, facts about sources, victims of DoS attacks. */
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATES } from '@noroshi/wire/classify/predicates.ts';
import { onAxis, sparkline } from '../look/bars.ts';
import { count, countOrMore, percent } from '../look/numbers.ts';
import { type Canvas, moreLine, section, wrap } from '../look/section.ts';
import { type Column, table } from '../look/table.ts';
import { briefly, dateText } from '../look/time.ts';
import type { Analysis, MarkCount, VictimRow } from './analysis.ts';
import { ATTACK_PACKETS_LEAST, ATTACK_SECONDS_LEAST, burns, isOnePort } from './rank-victims.ts';
import { networkText, portsText } from './cell-texts.ts';

const SPARK_WIDTH = 16;

export function victimSection(analysis: Analysis, canvas: Canvas): string[] {
  const { victim_count } = analysis;
  const { style } = canvas;
  if (victim_count === 0) return [];
  const victims = analysis.victims.filter(({ packets }) => packets >= 2);
  const paint = (text: string, row: VictimRow): string => (burns(row) ? style.ember(text) : text);
  const columns: Column<VictimRow>[] = [
    { head: 'victim', text: ({ address }) => address, paint },
    { head: 'country', text: ({ country }) => country, optional: 1 },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right', paint },
    { head: 'to', text: (row) => countOrMore(row.targets, analysis.targets_at_least), align: 'right' },
    { head: 'services', text: ({ service_ports }) => portsText(service_ports), least: 9 },
    { head: 'for', text: ({ first, last }) => briefly(last - first), align: 'right' },
    { head: 'when', text: (row) => whenText(row, analysis), optional: 3, paint },
    { head: '', text: (row) => (isOnePort(row) ? 'a scan?' : ''), optional: 2 },
    { head: 'since', text: ({ first }) => dateText(first).slice(11), optional: 4 },
    { head: 'network', text: networkText, least: 12, optional: 5, paint: style.dim },
  ];
  const sentence = wrap(victimSentence(analysis), canvas.width - 2).map((line) => style.dim(`  ${line}`));
  return section(canvas, 'DoS backscatter', '', [...sentence, ...table(victims, columns, canvas.width, style)]);
}

function victimSentence({ attack_count, victim_count, victims_at_least }: Analysis): string {
  const total = `${countOrMore(victim_count, victims_at_least)} ${victim_count === 1 ? 'address' : 'addresses'}`;
  const rule = `${ATTACK_PACKETS_LEAST} or more answers to several of our ports over ${ATTACK_SECONDS_LEAST} s or longer`;
  const verdict = `${attack_count === 0 ? 'none' : count(attack_count)} of them gave ${rule}`;
  return `${total} answered what nobody here asked; ${verdict}. “to” counts our addresses; “a scan?” answers to one port only.`;
}

/** The victim's packets on the time axis of the whole capture. */
function whenText({ timeline }: VictimRow, { timeline: whole }: Analysis): string {
  const series = { at: timeline.from, step: timeline.step_s, values: timeline.packets };
  return sparkline(onAxis(series, whole.from, whole.from + whole.step_s * whole.packets.length, SPARK_WIDTH));
}

interface MarkRow extends MarkCount {
  readonly name: string;
  readonly sentence: string;
}

export function markSection({ marks, counters }: Analysis, canvas: Canvas): string[] {
  const rows = Object.entries(marks).map(([name, row]) => ({ name, ...row, sentence: sentenceOf(MARKS, name) }));
  const columns: Column<MarkRow>[] = [
    { head: 'mark', text: ({ name }) => name },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right' },
    { head: 'share', text: ({ packets }) => percent(packets, counters.kept), align: 'right', optional: 1 },
    { head: 'sources', text: ({ sources }) => count(sources), align: 'right' },
    { head: 'n ≥ 2', text: (row) => count(row.sources_repeated), align: 'right' },
    { head: '', text: ({ sentence }) => sentence, least: 24, optional: 1, paint: canvas.style.dim },
  ];
  const sentence =
    'Evidence, not a verdict: one packet may carry a 16-bit mark by chance, so count the sources with two or more (n ≥ 2).';
  return section(canvas, 'Marks', sentence, table(rows, columns, canvas.width, canvas.style));
}

interface PredicateRow {
  readonly name: string;
  readonly packets: number;
  readonly sentence: string;
}

export function predicateSection({ predicates, counters }: Analysis, canvas: Canvas, rowsMax: number): string[] {
  const all = Object.entries(predicates).map(([name, packets]) => ({
    name,
    packets,
    sentence: sentenceOf(PREDICATES, name),
  }));
  const rows = all.slice(0, rowsMax);
  const columns: Column<PredicateRow>[] = [
    { head: 'predicate', text: ({ name }) => name },
    { head: 'packets', text: ({ packets }) => count(packets), align: 'right' },
    { head: 'share', text: ({ packets }) => percent(packets, counters.kept), align: 'right' },
    { head: '', text: ({ sentence }) => sentence, least: 24, optional: 1, paint: canvas.style.dim },
  ];
  const lines = table(rows, columns, canvas.width, canvas.style);
  return section(canvas, 'Predicates', '', [...lines, ...moreLine(all.length - rows.length, canvas)]);
}

function sentenceOf(known: readonly { readonly name: string; readonly sentence: string }[], name: string): string {
  return known.find((one) => one.name === name)?.sentence ?? '';
}
