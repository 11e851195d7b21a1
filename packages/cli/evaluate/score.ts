/** What a detector's findings are worth against what happened: counts and measurements that add up over runs. Plain data. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import type { Finding } from '@noroshi/center/ledger/ledger.ts';
import type { Sighting } from '@noroshi/center/ledger/sighting.ts';
import { type Matching, match, questionOf, type Verdict } from './match.ts';
import type { LabelledEvent } from './truth.ts';

/** Events of one band, and how many of them were found. */
export interface Band {
  wanted: number;
  found: number;
}

export interface Score {
  readonly detector: string;
  /** IPv4 addresses of the telescope. */
  readonly addresses: number;
  readonly bands: Record<string, Band>;
  readonly verdicts: Record<Verdict, number>;
  /** Days of traffic without anything to be found, and findings on them. */
  quiet_days: number;
  quiet_alerts: number;
  /** A sighting is there so long after its bin's end: at most DELAYS_MAX of them. */
  readonly delays_s: number[];
  /** From the first packet to the end of the bin of the first sighting. */
  readonly onsets_s: number[];
  /** Estimated rate over true rate, one a finding. */
  readonly ratios: number[];
  /** Sightings whose interval holds the true rate, of those that give one. */
  covered: number;
  coverable: number;
  failures: number;
  /** What was missed though strong enough, and what was found though not there: a sentence each, at most WRONG_MAX of them. */
  readonly wrong: string[];
}

/** Packets a second that an attack must have to be seen, when it lasts (or each of its pulses lasts) so long. */
export type Limit = (lasting_s: number) => number;

/** A sighting, and when its detector gave it. */
export interface Told {
  readonly sighting: Sighting;
  readonly told_ms: number;
}

/** Band of events above the detection limit. */
export const ABOVE = 'above the limit';
/** Measurements kept of each kind; more add nothing to a median. */
const MEASURED_MAX = 20_000;
const WRONG_MAX = 200;

export function emptyScore(detector: string, addresses: number): Score {
  return {
    detector,
    addresses,
    bands: {},
    verdicts: { true: 0, double: 0, tolerated: 0, false: 0 },
    quiet_days: 0,
    quiet_alerts: 0,
    delays_s: [],
    onsets_s: [],
    ratios: [],
    covered: 0,
    coverable: 0,
    failures: 0,
    wrong: [],
  };
}

export interface Outcome {
  readonly detector: Pick<Detector, 'id' | 'bin_minutes'>;
  readonly findings: readonly Finding[];
  readonly told: readonly Told[];
  readonly events: readonly LabelledEvent[];
  readonly limit?: Limit | undefined;
}

/** Adds what one run gave. Findings of a detector that is asked for nothing count nowhere. */
export function judge(score: Score, { detector, findings, told, events, limit }: Outcome): Matching | undefined {
  const bin_ms = detector.bin_minutes * 60_000;
  const question = questionOf(detector.id);
  if (question === undefined) return undefined;
  const matching = match(question, findings, events, bin_ms);
  for (const { verdict, finding } of matching.judged) {
    score.verdicts[verdict]++;
    if (verdict === 'false' || verdict === 'double') say(score, `${verdict}: ${findingText(finding)}`);
  }
  for (const { event, findings: own } of matching.events) {
    const name = bandOf(event, limit);
    const band = (score.bands[name] ??= { wanted: 0, found: 0 });
    band.wanted++;
    const [first] = own;
    if (first === undefined) {
      if (name === ABOVE || limit === undefined) say(score, `missed: ${eventText(event)}`);
      continue;
    }
    band.found++;
    add(score.onsets_s, Math.max(0, (first.from_ms + bin_ms) / 1000 - event.start));
    const { attack_pps } = first.figures;
    const isSame = first.subject.value === event.subject && event.pulse_s === undefined;
    if (isSame && event.attack_pps !== undefined && attack_pps !== undefined) {
      add(score.ratios, attack_pps / event.attack_pps);
    }
  }
  const steady = new Map(matching.events.filter(isSteadyFound).map(({ event }) => [event.subject, event]));
  for (const { sighting, told_ms } of told) {
    add(score.delays_s, Math.max(0, (told_ms - sighting.bin_ms - bin_ms) / 1000));
    const event = steady.get(sighting.subject.value);
    if (event !== undefined) cover(score, sighting, event, bin_ms);
  }
  return matching;
}

/** Counts whether the interval of a sighting in the midst of a steady attack holds the true rate. */
function cover(score: Score, { bin_ms: from_ms, figures }: Sighting, event: LabelledEvent, bin_ms: number): void {
  const { attack_pps_low, attack_pps_high } = figures;
  const { attack_pps, start, end } = event;
  if (attack_pps === undefined || attack_pps_low === undefined || attack_pps_high === undefined) return;
  if (from_ms < start * 1000 || from_ms + bin_ms > end * 1000) return;
  score.coverable++;
  if (attack_pps_low <= attack_pps && attack_pps <= attack_pps_high) score.covered++;
}

function isSteadyFound({ event, findings }: Matching['events'][number]): boolean {
  return findings.length > 0 && event.kind === 'dos' && event.pulse_s === undefined;
}

/** Strength of an attack beside the limit; without one, how many packets there were. */
function bandOf(event: LabelledEvent, limit: Limit | undefined): string {
  const { attack_pps, packets } = event;
  if (attack_pps !== undefined && limit !== undefined) {
    const strength = attack_pps / limit(lastingOf(event));
    if (strength >= 1) return ABOVE;
    return strength >= 0.5 ? '½ … 1 of the limit' : strength >= 0.1 ? '⅒ … ½ of the limit' : 'below ⅒ of the limit';
  }
  if (packets === undefined) return 'all';
  const tens = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(1, packets)))));
  return ['1 … 9 packets', '10 … 99 packets', '100 … 999 packets', '≥ 1000 packets'][tens] ?? 'all';
}

/** What was seen of an attack, or of one of its pulses; never nothing. */
function lastingOf({ start, end, pulse_s }: LabelledEvent): number {
  return Math.max(1, Math.min(end - start, pulse_s?.[0] ?? Number.POSITIVE_INFINITY));
}

function add(list: number[], value: number): void {
  if (list.length < MEASURED_MAX) list.push(value);
}

function say({ wrong, detector, addresses }: Score, sentence: string): void {
  if (wrong.length < WRONG_MAX) wrong.push(`${detector}, ${addresses} addresses: ${sentence}`);
}

function findingText({ subject, aspect, from_ms, to_ms, figures }: Finding): string {
  const { packets = 0 } = figures;
  return `${subject.kind} ${subject.value} ${aspect}, ${timesText(from_ms, to_ms)}, ${packets} packets`;
}

function eventText({ kind, subject, start, end, packets = 0, ports = [] }: LabelledEvent): string {
  return `${kind} ${subject} ${ports.join('/')}, ${timesText(start * 1000, end * 1000)}, ${packets} packets`;
}

function timesText(from_ms: number, to_ms: number): string {
  return `${new Date(from_ms).toISOString().slice(0, 19)} for ${Math.round((to_ms - from_ms) / 1000)} s`;
}

/** Adds the second score to the first. */
export function addScore(sum: Score, part: Score): void {
  for (const [name, { wanted, found }] of Object.entries(part.bands)) {
    const band = (sum.bands[name] ??= { wanted: 0, found: 0 });
    band.wanted += wanted;
    band.found += found;
  }
  for (const verdict of ['true', 'double', 'tolerated', 'false'] as const) {
    sum.verdicts[verdict] += part.verdicts[verdict];
  }
  for (const name of ['delays_s', 'onsets_s', 'ratios'] as const) for (const value of part[name]) add(sum[name], value);
  for (const name of ['quiet_days', 'quiet_alerts', 'covered', 'coverable', 'failures'] as const) {
    sum[name] += part[name];
  }
  for (const sentence of part.wrong) if (sum.wrong.length < WRONG_MAX) sum.wrong.push(sentence);
}
