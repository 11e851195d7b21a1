/** Findings for people: by detector, whom, what, when, how sure, and why. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import { safe } from '@noroshi/kit/safe.ts';
import type { Io } from '../io/io.ts';
import { networkText } from '../analyze/cell-texts.ts';
import { counted } from '../look/counted.ts';
import { count, rate } from '../look/numbers.ts';
import { wrap } from '../look/section.ts';
import { briefly } from '../look/time.ts';
import type { FoundAll, FoundRow } from './run-detect.ts';

/** Findings of one detector that are shown; --format json and csv have all. */
const SHOWN_MAX = 50;
const INDENT = '    ';

export function renderFindings(found: FoundAll, detectors: readonly Detector[], io: Io): string {
  const { style } = io;
  const parts = detectors.flatMap((detector) => {
    const own = found.findings.filter((row) => row.detector === detector.id);
    return own.length === 0 ? [] : [sectionOf(detector, own, io), ''];
  });
  const silent = detectors.length - new Set(found.findings.map((row) => row.detector)).size;
  const head = [...summary(found).flatMap((sentence) => wrap(sentence, io.width)), ''];
  const tail = style.dim(
    found.findings.length === 0
      ? `Nothing found by ${detectors.length} detectors.`
      : `${counted(found.findings.length, 'finding')}; ${silent} of ${detectors.length} detectors found nothing.`,
  );
  return `${[...head, ...parts.flat(), tail].join('\n')}\n`;
}

function summary({
  from,
  to,
  addresses,
  networks64,
  exposure_from,
  packets,
  kept,
  rows_answered,
  rows_late,
}: FoundAll): string[] {
  const who = [
    ...(addresses > 0 || networks64 === 0 ? [counted(addresses, 'IPv4 address', 'IPv4 addresses')] : []),
    ...(networks64 > 0 ? [counted(networks64, 'IPv6 network')] : []),
  ].join(' and ');
  const source =
    exposure_from === 'prefixes'
      ? `${who} listened (--prefixes).`
      : `${who} count as what listened: the destinations of what nobody in the capture had asked for (--prefixes says better).`;
  const when = from === null || to === null ? 'no packets' : `${clock(from)} – ${clock(to)} UTC`;
  return [
    `${counted(packets, 'packet')}, ${count(kept)} of them looked at; ${when}. ${source}`,
    ...(rows_answered > 0
      ? [`${counted(rows_answered, 'row')} of answers to what was asked in the capture left out.`]
      : []),
    ...(rows_late > 0 ? [`${counted(rows_late, 'row')} too late for the minute left out.`] : []),
  ];
}

function sectionOf({ id, sentence }: Detector, rows: readonly FoundRow[], io: Io): string[] {
  const { style, width } = io;
  const shown = rows.slice(0, SHOWN_MAX).flatMap((row) => linesOf(row, io));
  const more = rows.length - SHOWN_MAX;
  return [
    `${style.bold(id)}  ${style.dim(count(rows.length))}`,
    ...wrap(sentence.en, width - 2).map((line) => style.dim(`  ${line}`)),
    ...shown,
    ...(more > 0 ? [style.dim(`  and ${count(more)} more (--format json has all)`)] : []),
  ];
}

function linesOf(row: FoundRow, { style, width }: Io): string[] {
  const { subject, aspect, state, confidence } = row;
  const whom = subject.kind === 'telescope' ? 'the telescope' : safe(subject.value);
  const place = [row.country === 'unknown' ? '' : row.country, networkText(row)]
    .filter((text) => text !== '')
    .join(' ');
  const lasts = briefly(Math.max(0, (Date.parse(row.last) - Date.parse(row.first)) / 1000));
  const head = [
    style.ember(whom),
    aspect,
    `${clock(row.first)} for ${lasts}`,
    `${state} ${confidence.toFixed(2)}`,
    place,
  ];
  const figures = figuresText(row.figures);
  const why = row.reasons.map(({ sentence, values }) => `${sentence}${valuesText(values)}`).join(' ');
  return [
    `  ${head.filter((text) => text !== '').join('  ')}`,
    ...(figures === '' ? [] : wrap(figures, width - INDENT.length).map((line) => INDENT + line)),
    ...(why === '' ? [] : wrap(safe(why), width - INDENT.length).map((line) => style.dim(INDENT + line))),
  ];
}

function figuresText({
  attack_pps,
  attack_pps_low,
  attack_pps_high,
  ...others
}: Readonly<Record<string, number>>): string {
  const parts = Object.entries(others).map(([name, value]) => `${name.replaceAll('_', ' ')} ${amount(value)}`);
  if (attack_pps !== undefined) {
    const sure =
      attack_pps_low === undefined || attack_pps_high === undefined
        ? ''
        : ` (${rate(attack_pps_low)} – ${rate(attack_pps_high)})`;
    parts.push(`attack ≈ ${rate(attack_pps)} packets/s${sure}`);
  }
  return parts.join(' · ');
}

function valuesText(values: Readonly<Record<string, number | string>>): string {
  const parts = Object.entries(values).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${typeof value === 'number' ? amount(value) : value}`,
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function amount(value: number): string {
  return Number.isInteger(value) ? count(value) : rate(value);
}

function clock(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
