/** The report in the terminal: figures first, a sentence before a chart, ember only for what burns. */
import type { Io } from '../io/io.ts';
import { counted } from '../look/counted.ts';
import { bytes, count, rate } from '../look/numbers.ts';
import { safe } from '@noroshi/kit/safe.ts';
import type { Style } from '../look/style.ts';
import { named } from '../look/style.ts';
import { type Canvas, wrap } from '../look/section.ts';
import { dateText, duration } from '../look/time.ts';
import { cut } from '@noroshi/kit/width.ts';
import type { Analysis } from './analysis.ts';
import { damageSection } from './report-damage.ts';
import { countrySection, networkSection, sourceSection } from './report-origins.ts';
import { markSection, predicateSection, victimSection } from './report-threats.ts';
import { classSection, icmpSection, portSection, timeSection } from './report-traffic.ts';

/** Files named in the head; more are only counted. */
const FILES_NAMED = 3;

/**
 * @param damage sentences about damaged captures
 * @param top rows of lists that have no natural end
 */
export function renderReport(
  analysis: Analysis,
  { style, width }: Pick<Io, 'style' | 'width'>,
  damage: readonly string[],
  top: number,
): string {
  const canvas = { style, width };
  const sections = [
    headSection(analysis, canvas),
    timeSection(analysis, canvas),
    classSection(analysis, canvas),
    portSection(analysis, canvas),
    icmpSection(analysis, canvas),
    markSection(analysis, canvas),
    victimSection(analysis, canvas),
    sourceSection(analysis, canvas),
    countrySection(analysis, canvas),
    networkSection(analysis, canvas),
    predicateSection(analysis, canvas, top),
    damageSection(analysis, canvas, damage, top),
    tableSection(analysis, canvas),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headSection(analysis: Analysis, { style, width }: Canvas): string[] {
  const { files, packets, duration_s, links } = analysis;
  const more = files.length > FILES_NAMED ? ` and ${count(files.length - FILES_NAMED)} more` : '';
  const title = `狼煙 noroshi · ${files.slice(0, FILES_NAMED).map(named).join(', ')}${more}`;
  const pace = duration_s > 0 ? ` · ${rate(packets / duration_s)} packets/s` : '';
  const kinds = Object.keys(links).map(safe).join(', ');
  const head = [style.bold(cut(title, width)), `  ${spanText(analysis)}`];
  const figures = `${counted(packets, 'packet')} · ${bytes(analysis.bytes)}${pace}${kinds === '' ? '' : ` · ${kinds}`}`;
  const lines = wrap(figures, width - 2).map((line) => `  ${line}`);
  return [
    ...head,
    ...lines,
    ...conservation(analysis, width, style),
    ...burning(analysis).map((line) => style.ember(`  ▲ ${line}`)),
  ];
}

/** What needs a look first. */
function burning({ attack_count, damage }: Analysis): string[] {
  const broken = damage.captures.length;
  const attacked =
    attack_count === 1 ? '1 address looks like the victim' : `${count(attack_count)} addresses look like victims`;
  return [
    ...(attack_count > 0 ? [`${attacked} of a DoS attack`] : []),
    ...(broken > 0
      ? [`${count(broken)} ${broken === 1 ? 'capture is' : 'captures are'} damaged: what follows is what could be read`]
      : []),
  ];
}

function spanText({ first_iso, last_iso, first, duration_s }: Analysis): string {
  if (first === null) return 'no packets';
  if (first_iso === null || last_iso === null) return 'at times beyond any calendar';
  const from = dateText(Date.parse(`${first_iso.slice(0, 19)}Z`) / 1000);
  const to = dateText(Date.parse(`${last_iso.slice(0, 19)}Z`) / 1000);
  const end = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to;
  return `${from} – ${end} UTC · ${duration(duration_s)}`;
}

/** `received = kept + filtered + dropped`: nothing vanishes silently. */
function conservation({ counters }: Analysis, width: number, style: Style): string[] {
  const { received, kept, dropped } = counters;
  const { not_ip, malformed, elsewhere } = counters.filtered;
  const parts = [
    ['not IP', not_ip],
    ['malformed', malformed],
    ['to other addresses', elsewhere],
  ] as const;
  const reasons = parts.filter(([, value]) => value > 0).map(([name, value]) => `${name} ${count(value)}`);
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  const filtered = not_ip + malformed + elsewhere;
  const line = `received ${count(received)} = kept ${count(kept)} + filtered ${count(filtered)}${why} + dropped ${count(dropped)}`;
  return wrap(line, width - 2).map((text) => style.dim(`  ${text}`));
}

function tableSection({ tables, sources }: Analysis, { style, width }: Canvas): string[] {
  if (sources.count === 0) return [];
  const texts = tables.map(({ what, name, date }) =>
    `${what === 'as' ? 'networks' : what}: ${safe(name)} ${date}`.trimEnd(),
  );
  return wrap(`${texts.join(' · ')} · noroshi help data`, width).map((line) => style.dim(line));
}
