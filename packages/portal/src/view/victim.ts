/** Victims and their timelines, as a person reads them. */
import type { VictimDetailShape, VictimShape } from '@noroshi/wire/api/finding.ts';
import type { Band } from '../charts/band.ts';
import type { Column, Columns } from '../charts/columns.ts';
import { axisNumber, type Language, three, UNKNOWN, whole } from '../format/number.ts';
import { countryName } from '../format/place.ts';
import { moment } from '../format/time.ts';
import { speaker } from '../text/translate.ts';
import { ticksOf } from './time-frame.ts';

const MINUTE_MS = 60_000;
/** Steps drawn; a timeline has fewer unless a center says otherwise. */
const STEPS_MAX = 5000;

/** Victims shown on the overview, and on a page of their own. */
export const ATTACKS_FEW = 10;
export const VICTIMS_MANY = 200;
export const FINDINGS_FEW = 50;
export const FINDINGS_MANY = 1000;

type Rate = Pick<VictimShape, 'attack_pps' | 'attack_pps_low' | 'attack_pps_high'>;

/** `1,230`, with three figures that count; a dash where no estimate is made. */
export function rateText(language: Language, { attack_pps }: Rate): string {
  return attack_pps === null ? UNKNOWN : rounded(language, attack_pps);
}

/** `980 – 1,540`; '' without an estimate. */
export function bandText(language: Language, { attack_pps_low, attack_pps_high }: Rate): string {
  if (attack_pps_low === null || attack_pps_high === null) return '';
  return `${rounded(language, attack_pps_low)} – ${rounded(language, attack_pps_high)}`;
}

/** An estimate is not known to its last digit: 1,234,567 is 1,230,000. */
export function rounded(language: Language, value: number): string {
  if (value < 1000) return three(language, value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return whole(language, Math.round(value / unit) * unit);
}

/** `AS64500 Ember Networks · Japan`; '' when nothing is known. */
export function whereText(
  language: Language,
  { asn, as_name, country }: Pick<VictimShape, 'asn' | 'as_name' | 'country'>,
): string {
  const network = asn === null ? '' : `AS${asn}${as_name === null ? '' : ` ${as_name}`}`;
  return [network, countryName(language, country) ?? ''].filter((part) => part !== '').join(' · ');
}

/** `3 h 20 min`: what a person says, two units at most. */
export function durationText(language: Language, from_ms: number, to_ms: number): string {
  const say = speaker(language);
  const minutes = Math.max(1, Math.round((to_ms - from_ms) / MINUTE_MS));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [
    ...(days > 0 ? [say('duration.days', { n: days })] : []),
    ...(hours > 0 ? [say('duration.hours', { n: hours })] : []),
    ...(days === 0 && minutes % 60 > 0 ? [say('duration.minutes', { n: minutes % 60 })] : []),
  ];
  return parts.slice(0, 2).join(language === 'ja' ? '' : ' ');
}

interface Step {
  readonly at_ms: number;
  readonly point: VictimDetailShape['timeline'][number] | undefined;
}

/** Every step from the first sighting to the last one, those without a sighting too. */
export function stepsOf({ timeline, step_minutes }: VictimDetailShape): Step[] {
  const step_ms = step_minutes * MINUTE_MS;
  const points = new Map(timeline.map((point) => [Date.parse(point.at), point]));
  const times = [...points.keys()];
  const [from_ms, to_ms] = [Math.min(...times), Math.max(...times)];
  const count = times.length === 0 ? 0 : Math.min(STEPS_MAX, Math.round((to_ms - from_ms) / step_ms) + 1);
  return Array.from({ length: count }, (_, index) => {
    const at_ms = from_ms + index * step_ms;
    return { at_ms, point: points.get(at_ms) };
  });
}

export interface TimelineView {
  readonly victim: VictimDetailShape;
  readonly language: Language;
  readonly offset_minutes: number;
}

/** Packets that came back, per minute, whatever the step. */
export function packetColumns({ victim, language, offset_minutes }: TimelineView): Columns {
  const steps = stepsOf(victim);
  const columns = steps.map(({ at_ms, point }): Column => {
    return {
      from_ms: at_ms,
      parts: [point === undefined ? null : point.packets / victim.step_minutes],
      previous: null,
    };
  });
  const tick = ticksOf(
    steps.map(({ at_ms }) => at_ms),
    language,
    offset_minutes,
  );
  return {
    columns,
    colours: ['other'],
    marksNewest: false,
    tick: (column) => tick(columns.indexOf(column)),
    peak: (value) => three(language, value),
    pointed: ({ from_ms, parts }) =>
      `${moment(language, from_ms, offset_minutes)}  ${three(language, parts[0] ?? null)}`,
    axis: (value) => axisNumber(language, value),
  };
}

/** Undefined where no estimate is made. */
export function rateBand({ victim, language, offset_minutes }: TimelineView): Band | undefined {
  const steps = stepsOf(victim);
  const points = steps.map(({ point }) => {
    const { attack_pps: value = null, attack_pps_low: low = null, attack_pps_high: high = null } = point ?? {};
    return value === null || low === null || high === null ? null : { value, low, high };
  });
  if (points.every((point) => point === null)) return undefined;
  const times = steps.map(({ at_ms }) => at_ms);
  return {
    times,
    points,
    tick: ticksOf(times, language, offset_minutes),
    pointed: (index) => {
      const { at_ms, point } = steps[index] ?? {};
      const when = moment(language, at_ms ?? 0, offset_minutes);
      return point === undefined ? when : `${when}  ${rateText(language, point)}\n${bandText(language, point)}`;
    },
    axis: (value) => axisNumber(language, value),
  };
}
