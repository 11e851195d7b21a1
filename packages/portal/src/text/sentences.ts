/** The sentence in front of each chart: what it shows, in words. Pure: answers and a language in, text out. */
import type {
  Dimension,
  Figure,
  FigureDefinition,
  Ranking,
  RankRow,
  Series,
  Summary,
} from '@noroshi/wire/api/figures.ts';
import type { FindingsShape, VictimDetailShape, VictimsShape } from '@noroshi/wire/api/finding.ts';
import { toTotal } from '../api/live.ts';
import type { LiveWindow } from '@noroshi/wire/api/live.ts';
import { decimal, type Language, rate, share, three, UNKNOWN, whole } from '../format/number.ts';
import { clock, days, moment, weekday } from '../format/time.ts';
import { observed } from '../view/exposure.ts';
import { direction, figureValue, LEAD } from '../view/figure.ts';
import { rankName } from '../view/rank.ts';
import { type ClassesView, shownClasses } from '../view/classes.ts';
import { rateText, rounded } from '../view/victim.ts';
import { speaker } from './translate.ts';
import { className } from './words.ts';

const DAY_SECONDS = 86_400;
const DAY_MINUTES = 1440;
/** Share of 24 hours from which they count as observed. */
const WHOLE_DAY = 0.95;

export function figuresSentence(language: Language, { figures, period }: Summary, offset_minutes: number): string {
  const say = speaker(language);
  const lead = figures.find(({ id }) => id === LEAD)?.all;
  if (lead === undefined || lead.value === null) return say('state.none');
  const when = days(language, period.from_ms, period.to_ms, offset_minutes);
  const first = say('figures.sentence', { days: when, value: decimal(language, lead.value, 1) });
  if (lead.change_percent === null) return first;
  const percent = `${decimal(language, Math.abs(lead.change_percent), 1)}%`;
  const change = { up: 'figures.more', down: 'figures.less', level: 'figures.same' } as const;
  return join(language, first, say(change[direction(lead.change_percent)], { percent }));
}

/** `one every 9.1 seconds`; undefined when nothing came. */
export function rhythm(language: Language, per_day: number | null): string | undefined {
  if (per_day === null || per_day <= 0) return undefined;
  return speaker(language)('figures.rhythm', { seconds: seconds(language, per_day) });
}

export function liveSentence(language: Language, window: LiveWindow): string {
  const say = speaker(language);
  const { per_address_day, minutes } = toTotal(window);
  if (per_address_day === null || per_address_day <= 0) return say('live.quiet');
  const count = (per_address_day * minutes) / DAY_MINUTES;
  const values = { value: decimal(language, count, count < 10 ? 1 : 0), seconds: seconds(language, per_address_day) };
  if (minutes > WHOLE_DAY * DAY_MINUTES) return say('live.sentence', values);
  const { unit, n } = observed(minutes * 60);
  return say(`live.${unit}`, { ...values, n });
}

/** The figure's own sentence, then its highest point. */
export function seriesSentence(
  language: Language,
  definition: FigureDefinition,
  series: Series,
  offset_minutes: number,
): string {
  const say = speaker(language);
  const known = series.points.filter(({ value }) => value !== null);
  const highest = known.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))[0];
  if (highest === undefined) return join(language, definition.sentence[language], say('state.none'));
  const when = pointName(language, series.step, highest.from_ms, offset_minutes);
  const value = figureValue(language, definition, highest.value);
  const unit = definition.is_share ? '' : definition.unit[language];
  return join(language, definition.sentence[language], say('series.highest', { value, unit, when }).replace(' ,', ','));
}

export function pointName(language: Language, step: Series['step'], ms: number, offset_minutes: number): string {
  return step === 'day' ? weekday(language, ms, offset_minutes) : moment(language, ms, offset_minutes);
}

export function rankSentence(language: Language, { dimension, rows }: Ranking, figures: readonly Figure[]): string {
  const say = speaker(language);
  const [first] = rows;
  if (dimension === 'victims') return victimsSentence(language, rows, figures);
  if (first === undefined) return say('state.none');
  const name = fullName(language, dimension, first);
  const values = { name, rate: rate(language, first.rate), share: share(language, first.share) };
  if (dimension === 'scanners') return scannersSentence(language, name, figures);
  const sentence = say(`${dimension}.sentence`, values);
  return dimension === 'marks' ? join(language, sentence, say('marks.note')) : sentence;
}

/** A row's name with what it means: `445/tcp (SMB)`. */
export function fullName(language: Language, dimension: Dimension, row: RankRow): string {
  const { name, detail } = rankName(language, dimension, row);
  if (detail === '') return name;
  return language === 'ja' ? `${name}（${detail}）` : `${name} (${detail})`;
}

function scannersSentence(language: Language, name: string, figures: readonly Figure[]): string {
  const say = speaker(language);
  const value = valueOf(figures, 'scanner_share');
  const first = say('scanners.first', { name });
  return value === null ? first : join(language, say('scanners.sentence', { share: share(language, value) }), first);
}

function victimsSentence(language: Language, rows: readonly RankRow[], figures: readonly Figure[]): string {
  const say = speaker(language);
  if (rows.length === 0) return say('victims.none');
  return say('victims.sentence', { victims: decimal(language, valueOf(figures, 'victims'), 1) });
}

function valueOf(figures: readonly Figure[], id: string): number | null {
  return figures.find((figure) => figure.id === id)?.all.value ?? null;
}

function seconds(language: Language, per_day: number): string {
  const value = DAY_SECONDS / per_day;
  return value >= 100 ? decimal(language, value, 0) : rate(language, value);
}

/** Sentences one after the other: Japanese has no space between them. */
export function join(language: Language, ...sentences: readonly string[]): string {
  return sentences.join(language === 'ja' ? '' : ' ');
}

/** What the live chart shows, for those who do not see it. */
export function columnsSentence(
  language: Language,
  points: readonly { readonly from_ms: number; readonly value: number | null }[],
  width_minutes: number,
  offset_minutes: number,
): string {
  const known = points.filter((point): point is { from_ms: number; value: number } => point.value !== null);
  const highest = known.toSorted((a, b) => b.value - a.value)[0];
  if (highest === undefined) return speaker(language)('live.quiet');
  return speaker(language)('live.chart', {
    n: width_minutes,
    high: three(language, highest.value),
    when: clock(highest.from_ms, offset_minutes),
    newest: three(language, known.at(-1)?.value ?? null),
  });
}

/** Detectors so far behind what came are catching up; as a rule they are one or two minutes behind. */
const BEHIND_MS = 20 * 60_000;

/**
 * Who is under attack now: how many, and who is hit hardest.
 * @param newest_ms end of what the feed holds
 */
export function attacksSentence(
  language: Language,
  { victims, total, watermark }: VictimsShape,
  offset_minutes: number,
  newest_ms: number,
): string {
  const say = speaker(language);
  if (watermark === null) return say('attacks.waiting');
  const when = moment(language, Date.parse(watermark), offset_minutes);
  if (newest_ms - Date.parse(watermark) > BEHIND_MS) return say('attacks.behind', { when });
  if (total === 0) return say('attacks.none', { when });
  const first = say('attacks.sentence', { n: total, when });
  const hardest = victims.find(({ attack_pps }) => attack_pps !== null);
  if (hardest === undefined) return first;
  const { address } = hardest;
  return join(language, first, say('attacks.hardest', { address, rate: rateText(language, hardest) }));
}

export function attackedSentence(
  language: Language,
  { from, to, total, is_complete }: VictimsShape,
  offset_minutes: number,
): string {
  const say = speaker(language);
  const when = days(language, Date.parse(from), Date.parse(to), offset_minutes);
  const first = say(total === 0 ? 'attacked.none' : 'attacked.sentence', { n: total, days: when });
  return is_complete ? first : join(language, first, say('attacked.partial'));
}

export function victimSentence(language: Language, victim: VictimDetailShape, offset_minutes: number): string {
  const say = speaker(language);
  const written = (time: string): string => moment(language, Date.parse(time), offset_minutes);
  const [when, last] = [written(victim.first), written(victim.last)];
  const now = written(victim.watermark ?? victim.last);
  const first = victim.is_open ? say('victim.open', { when, now, last }) : say('victim.over', { when, last });
  return join(language, first, say('victim.count', { n: victim.attacks }));
}

/** What the charts of a victim show, for those who do not see them. */
export function timelineSentence(language: Language, { timeline }: VictimDetailShape, offset_minutes: number): string {
  const say = speaker(language);
  const [hardest] = timeline.toSorted((a, b) => (b.attack_pps ?? 0) - (a.attack_pps ?? 0) || b.packets - a.packets);
  if (hardest === undefined) return say('state.none');
  const when = moment(language, Date.parse(hardest.at), offset_minutes);
  if (hardest.attack_pps === null) return say('timeline.most', { n: hardest.packets, when });
  return say('timeline.highest', { rate: rateText(language, hardest), when });
}

export function findingsSentence(
  language: Language,
  { findings, watermark }: FindingsShape,
  offset_minutes: number,
): string {
  const say = speaker(language);
  if (watermark === null) return say('attacks.waiting');
  const when = moment(language, Date.parse(watermark), offset_minutes);
  return findings.length === 0 ? say('found.none') : say('found.sentence', { n: findings.length, when });
}

/** Which class sends most, and how much is unknown. */
export function classesSentence(view: ClassesView): string {
  const { language } = view;
  const say = speaker(language);
  const classes = shownClasses(view);
  const [most] = classes;
  if (most === undefined) return say('classes.none');
  const hourly = classes.reduce((sum, { sources_per_hour }) => sum + sources_per_hour, 0);
  const unknown = classes.find(({ name }) => name === 'unknown')?.share_of_sources ?? 0;
  return say('classes.sentence', {
    sources: rounded(language, hourly),
    name: className(language, most.name),
    share: share(language, most.share_of_packets),
    unknown: share(language, unknown),
  });
}

/** A number of a detector, whose size nobody knows beforehand. */
export function figureText(language: Language, value: number | null): string {
  if (value === null) return UNKNOWN;
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? whole(language, value) : three(language, value);
}

/** Names and values as they are: they come from the center, and may be anything. */
export function valuesText(language: Language, values: Readonly<Record<string, number | string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? figureText(language, value) : value}`)
    .join(', ');
}

/** Parameters of a query, a line each, to be copied: numbers as a database reads them. */
export function paramsText(params: Readonly<Record<string, number | string>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n');
}
