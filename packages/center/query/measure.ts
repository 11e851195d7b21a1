/**
 * From counts of days to the figure of a period.
 *
 * Days are rarely whole: a sensor is installed at noon, or is away for an hour. What a figure is divided by takes that into account:
 *
 *   rate       Σ packets ÷ Σ exposure. Exposure is what really listened: address-seconds ÷ 86,400 (IPv4 addresses), the same of
 *              networks of 64 bits (IPv6), or, for what is counted per day over all sensors, covered seconds ÷ 86,400.
 *   distinct   Σ w·n ÷ Σ w with n the distinct addresses of a day and w the share of it that was covered. Distinct addresses
 *              cannot be scaled up: half a day shows more than half of a day's sources, nobody knows how many.
 *   share      Σ packets ÷ Σ accesses.
 *   spacing    Σ address-seconds ÷ Σ accesses.
 *
 * Where nothing listened there is no figure: null, never nought. Packets of a day for which no exposure was recorded (a capture
 * of unknown addresses) have nothing to be divided by, and count in no rate.
 *
 * Worked example. Ten addresses listen on Monday all day and on Tuesday until noon. Monday brings 1,000 accesses from 300
 * sources, Tuesday 800 from 200. Exposure: (10 × 86,400 + 10 × 43,200) ÷ 86,400 = 15 address-days; accesses: 1,800 ÷ 15 = 120.0 per
 * day and address, that is one every 720 s. Sources: (1 × 300 + 0.5 × 200) ÷ 1.5 = 266.7 a day; Tuesday pulls the mean down by as
 * much as it was there. 30 backscatter packets on both days together: 30 ÷ 1.5 = 20.0 a day. A third day on which nothing listened
 * changes none of this.
 *
 * NPA divides a month's sum by its days and sensors; for whole days that is the same.
 */
import type { Exposure, Figure, Interval, Measured, Period, SeriesPoint, Step } from '@noroshi/wire/api/figures.ts';
import { type DayFacts, HOURS, type HourExposure } from './facts.ts';
import type { FigureSource, Who } from './figures/definition.ts';
import { ALL_ACCESSES, FIGURES } from './figures/definitions.ts';
import { rateInterval, type Sample, shareInterval } from './figures/interval.ts';
import { DAY_MS, HOUR_MS } from './period.ts';

const DAY_S = DAY_MS / 1000;

/** Every figure of a period beside the one before it. */
export function figuresOf(days: readonly DayFacts[], previous: readonly DayFacts[]): Figure[] {
  return FIGURES.map((source) => ({
    id: source.id,
    all: measured(source, 'all', days, previous),
    without_scanners: measured(source, 'plain', days, previous),
  }));
}

function measured(source: FigureSource, who: Who, days: readonly DayFacts[], previous: readonly DayFacts[]): Measured {
  if (who === 'plain' && !source.hasPlain) return compared(null, null, null);
  const samples = days.map((day) => daySample(source, who, day));
  const before = previous.map((day) => daySample(source, who, day));
  return compared(valueOf(source, samples), valueOf(source, before), intervalOf(source, who, days, samples));
}

/** A value beside the one before it. The difference is that of the unrounded values, as NPA prints it. */
export function compared(value: number | null, previous: number | null, interval: Interval | null): Measured {
  const change = value === null || previous === null ? null : value - previous;
  const change_percent = change === null || previous === null || previous === 0 ? null : (100 * change) / previous;
  return { value, interval, previous, change, change_percent };
}

/** A series' points: one an hour or one a day. */
export function pointsOf(
  source: FigureSource,
  step: Step,
  days: readonly DayFacts[],
  startOf: (day: number) => number,
): SeriesPoint[] {
  const value = (who: Who, sample: Sample): number | null => {
    return who === 'plain' && !source.hasPlain ? null : valueOf(source, [sample]);
  };
  return days.flatMap((facts) => {
    const from_ms = startOf(facts.day);
    if (step === 'day') {
      const [all, plain] = [daySample(source, 'all', facts), daySample(source, 'plain', facts)];
      return [{ from_ms, value: value('all', all), without_scanners: value('plain', plain) }];
    }
    const [all, plain] = [hourSamples(source, 'all', facts), hourSamples(source, 'plain', facts)];
    return all.map((sample, hour) => ({
      from_ms: from_ms + hour * HOUR_MS,
      value: value('all', sample),
      without_scanners: value('plain', plain[hour]),
    }));
  });
}

/** What listened through a period, and what was lost. */
export function exposureOf(period: Period, days: readonly DayFacts[]): Exposure {
  const hours = days.flatMap((day) => day.hours);
  const sensors = new Set(days.flatMap((day) => day.sensors)).size;
  const address_seconds = sum(hours.map((hour) => hour.address_s));
  const covered_s = sum(hours.map((hour) => hour.covered_s));
  const while_covered = (seconds: number): number => (covered_s > 0 ? seconds / covered_s : 0);
  const reasons = (counts: Readonly<Record<string, number>>): number => sum(Object.values(counts));
  const received = sum(days.map(({ account }) => account.received));
  const dropped = sum(days.map(({ account }) => reasons(account.dropped)));
  return {
    sensors,
    addresses: while_covered(address_seconds),
    networks64: while_covered(sum(hours.map((hour) => hour.network64_s))),
    address_seconds,
    uptime:
      sensors > 0
        ? sum(hours.map((hour) => hour.listening_s)) / (sensors * ((period.to_ms - period.from_ms) / 1000))
        : 0,
    received,
    kept: sum(days.map(({ account }) => account.kept)),
    filtered: sum(days.map(({ account }) => reasons(account.filtered))),
    dropped,
    loss: received > 0 ? dropped / received : 0,
  };
}

/** Packets of all accesses, of either IP version, listened to or not. */
export function accessesOf(days: readonly DayFacts[], without_scanners: boolean): number {
  const who: Who = without_scanners ? 'plain' : 'all';
  return sum(days.flatMap(({ counts }) => counts.get(ALL_ACCESSES.id)?.[who] ?? []));
}

/** Share of each day that was covered. */
export function coveredDays(days: readonly DayFacts[]): number[] {
  return days.map(({ hours }) => sum(hours.map((hour) => hour.covered_s)) / DAY_S);
}

/** Days × IPv4 addresses that listened on each day. */
export function addressDays(days: readonly DayFacts[]): number[] {
  return days.map(({ hours }) => sum(hours.map((hour) => hour.address_s)) / DAY_S);
}

/**
 * Σ counts ÷ Σ exposures in the figure's unit; null without exposure. Exposure is summed up in seconds and divided once: hours of
 * a day in days would not quite add up to one.
 */
function valueOf(source: FigureSource, samples: readonly Sample[]): number | null {
  const count = sum(samples.map((sample) => sample.count));
  const exposure = sum(samples.map((sample) => sample.exposure));
  if (exposure <= 0) return null;
  if (source.measure !== 'spacing') return (count * scaleOf(source)) / exposure;
  return count > 0 ? exposure / count : null;
}

/** Between days; within a single one between its hours, where hours are counted. */
function intervalOf(
  source: FigureSource,
  who: Who,
  days: readonly DayFacts[],
  samples: readonly Sample[],
): Interval | null {
  const listening = days.filter((_, index) => samples[index].exposure > 0);
  const [only] = listening;
  if (only === undefined) return null;
  if (listening.length > 1) return intervalOfSamples(source, samples);
  return source.from === 'hours' ? intervalOfSamples(source, hourSamples(source, who, only)) : null;
}

function intervalOfSamples(source: FigureSource, samples: readonly Sample[]): Interval | null {
  if (source.measure === 'share') return shareInterval(samples);
  const interval = rateInterval(samples);
  if (interval === null) return null;
  const { low, high } = interval;
  if (source.measure === 'spacing') return low > 0 ? { low: 1 / high, high: 1 / low } : null;
  return { low: low * scaleOf(source), high: high * scaleOf(source) };
}

/** What turns counts ÷ exposure into the figure's unit: exposure of rates is in seconds, of everything else in the unit itself. */
function scaleOf({ measure }: FigureSource): number {
  return measure === 'rate' ? DAY_S : 1;
}

function daySample(source: FigureSource, who: Who, facts: DayFacts): Sample {
  if (source.from === 'hours') {
    const samples = hourSamples(source, who, facts);
    const exposure = sum(samples.map((sample) => sample.exposure));
    return { count: exposure > 0 ? sum(samples.map(({ count }) => count)) : 0, exposure };
  }
  const [covered] = coveredDays([facts]);
  return { count: covered * (facts.counts.get(source.id)?.[who][0] ?? 0), exposure: covered };
}

function hourSamples(source: FigureSource, who: Who, { counts, hours }: DayFacts): Sample[] {
  const counted = counts.get(source.id)?.[who];
  const accesses = counts.get(ALL_ACCESSES.id)?.[who];
  return Array.from({ length: HOURS }, (_, hour) => {
    const exposure = source.measure === 'share' ? (accesses?.[hour] ?? 0) : secondsIn(source, hours[hour]);
    return { count: counted?.[hour] ?? 0, exposure };
  });
}

/** Seconds, address-seconds or network-seconds. */
function secondsIn({ denominator }: FigureSource, hour: HourExposure): number {
  switch (denominator) {
    case 'day':
      return hour.covered_s;
    case 'network64_day':
      return hour.network64_s;
    case 'access':
    case 'address_day':
      return hour.address_s;
    default:
      return denominator satisfies never;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
