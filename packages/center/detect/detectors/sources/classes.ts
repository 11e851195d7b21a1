/**
 * What each source of an hour is: exactly one class of SOURCE_CLASSES, with the reasons that hold and the tools that are proven. The
 * order, and the rules of single classes: decide.ts. Names of hosts (rDNS) would tell more research scanners; there is no name service
 * where a capture is replayed, so no reason stands for them.
 *
 * Gives no sightings: a class is no finding.
 */
import { type Detector, NOTHING_SEEN, type Run, type Seen } from '../../detector.ts';
import type { Bin } from '../../flow-batch.ts';
import { HOUR_LIMITS, type HourLimits, HourState } from './hour.ts';
import { SOURCE_CLASSES, SOURCE_REASONS } from './names.ts';
import { sourceEvidence } from './source-evidence.ts';
import { TOOLS } from './tools.ts';

export { SOURCE_CLASSES, SOURCE_REASONS, TOOLS };

const HOUR_MS = 3_600_000;
const LAST_MINUTE_MS = HOUR_MS - 60_000;

export class ClassesRun implements Run {
  private hour: HourState | undefined;
  private readonly limits: HourLimits;

  constructor(limits: HourLimits = HOUR_LIMITS) {
    this.limits = limits;
  }

  /** The hour's sources come with its last minute, or with the first minute behind it. */
  step(bin: Bin): Seen {
    const hour_ms = Math.floor(bin.minute_ms / HOUR_MS) * HOUR_MS;
    const before = this.hour?.hour_ms === hour_ms ? undefined : this.take();
    this.hour ??= new HourState(hour_ms, this.limits, bin.flows.rows);
    this.hour.add(bin);
    const isLast = bin.minute_ms - hour_ms >= LAST_MINUTE_MS;
    // Of two hours that end in one step the earlier would be lost; a minute that is both last and first of its kind waits for the next.
    const sources = before ?? (isLast ? this.take() : undefined);
    return sources === undefined ? NOTHING_SEEN : { sightings: [], sources };
  }

  private take(): Seen['sources'] {
    const hour = this.hour;
    this.hour = undefined;
    return hour === undefined || hour.isEmpty ? undefined : hour.result();
  }
}

export const classes: Detector = {
  id: 'sources/classes',
  version: 1,
  theme: 'sources',
  sentence: {
    ja: '送信元ごと、1時間ごとに、その正体を一つの分類と理由で示す。',
    en: 'What each source is in each hour: one class, with reasons and proven tools.',
  },
  references: [
    { name: 'NICTER', where: 'Annual observation reports: share of research scanners' },
    { name: 'CAIDA iatmon (libsmee 2.2.2)', where: 'Source types of one-way traffic' },
    { name: 'RFC 9511', where: 'Attribution of Internet probes' },
    { name: 'ncsa/bro-simple-scan', where: 'At most five victims: port scan' },
  ],
  confidence: {
    ja: '分類は規則によるもので、確率を伴わない。',
    en: 'Classes follow from rules and have no probability.',
  },
  confirmed_at: Number.POSITIVE_INFINITY,
  bin_minutes: 60,
  block_minutes: 60,
  warmup_minutes: 0,
  gap_minutes: 0,
  valid_days: 1,
  reasons: Object.fromEntries(SOURCE_REASONS.map(({ name, sentence }) => [name, sentence])),
  figures: {},
  appliesTo: () => true,
  start: () => new ClassesRun(),
  evidence: sourceEvidence,
};
