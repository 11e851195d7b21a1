/** The API's questions about what was found, answered from the ledger, the store and the detectors' own words. */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type {
  DetectorCountsShape,
  DetectorShape,
  FindingDetailShape,
  FindingsShape,
  VictimDetailShape,
  VictimsShape,
} from '@noroshi/wire/api/finding.ts';
import type { Detector } from '../../detect/detector.ts';
import { DETECTORS } from '../../detect/detectors/index.ts';
import { SOURCE_CLASSES } from '../../detect/detectors/sources/names.ts';
import { TOOLS } from '../../detect/detectors/sources/tools.ts';
import type { Finding, FindingQuery, Ledger } from '../../ledger/ledger.ts';
import { Memo } from '../../query/memo.ts';
import type { Query } from '../../query/query.ts';
import { readSources } from '../../query/sources.ts';
import type { Store } from '../../store/store.ts';
import type { Findings, FindingsQuestion, Stretch, VictimsQuestion } from '../deps.ts';
import { Refused } from '../problem.ts';
import { placesOfFindings } from './places.ts';
import { type Catalogue, detailShape, findingShape, isoOf } from './shapes.ts';
import { type Named, sourceClasses } from './sources.ts';
import { bundleOf } from './stix.ts';
import { stepMinutes, timelineOf, VICTIM_STATES, victimOf, victimsOf } from './victims.ts';

/** Findings that the ledger gives at once. */
const PAGE_MAX = 1000;
/** Findings looked at for a list of victims; the newest ones count. */
export const VICTIM_FINDINGS_MAX = 20_000;
/** Findings of one victim whose sightings make its timeline; the newest ones. */
const TIMELINE_FINDINGS_MAX = 100;
/** Answers kept. */
const ANSWERS_KEPT_MAX = 256;
/** Whose victims are listed when nobody asks for another detector's. */
const OWN = 'dos/victim';

export interface FindingSources {
  readonly ledger: Ledger;
  readonly store: Pick<Store, 'query' | 'offset_minutes'>;
  readonly query: Pick<Query, 'period'>;
  /** Those that run here. */
  readonly detectors: readonly Detector[];
  /** Those that this program has, classes of sources and tools; absent: all that there are. */
  readonly all?: readonly Detector[] | undefined;
  readonly classes?: readonly Named[] | undefined;
  readonly tools?: readonly Named[] | undefined;
  /** Minute up to which detectors have seen everything that live sensors sent. */
  readonly watermark_ms: (feed: FeedName) => number | undefined;
  /** Bins since the start. */
  readonly counts?: ((feed: FeedName, detector: string) => DetectorCountsShape | undefined) | undefined;
  /** Grows whenever findings, classes or the watermark of the feed changed: an answer is kept for one version. */
  readonly version: (feed: FeedName) => number;
  /** Who publishes what was found. */
  readonly operator: string;
}

export function findingsFrom(sources: FindingSources): Findings {
  return new AnsweredFindings(sources);
}

class AnsweredFindings implements Findings {
  private readonly given: FindingSources;
  private readonly catalogue: Catalogue;
  private readonly answers = new Memo<unknown>(ANSWERS_KEPT_MAX);

  constructor(sources: FindingSources) {
    this.given = sources;
    this.catalogue = new Map((sources.all ?? DETECTORS).map((detector) => [detector.id, detector]));
  }

  watermark(feed: FeedName): string | null {
    const watermark_ms = this.given.watermark_ms(feed);
    return watermark_ms === undefined ? null : isoOf(watermark_ms);
  }

  list(question: FindingsQuestion): Promise<FindingsShape> {
    return this.kept('list', question.feed, question, async () => {
      const { feed, from_ms, to_ms } = question;
      const { findings, cursor } = await this.given.ledger.findings(ledgerQuery(question));
      const places = await placesOfFindings(this.given.store, findings);
      return {
        feed,
        from: from_ms === undefined ? null : isoOf(from_ms),
        to: to_ms === undefined ? null : isoOf(to_ms),
        findings: findings.map((finding) => findingShape(finding, this.catalogue.get(finding.detector), places)),
        cursor: cursor ?? null,
        watermark: this.watermark(feed),
      };
    });
  }

  async stix(question: FindingsQuestion): Promise<string> {
    return JSON.stringify(bundleOf(await this.list(question), this.given.operator));
  }

  /** Not kept: whoever decides about a finding wants to see it decided. */
  async one(id: string): Promise<FindingDetailShape> {
    const { ledger, store } = this.given;
    const finding = await ledger.finding(id);
    if (finding === undefined) throw new Refused('not_found', 'Cannot show the finding: there is none with this id');
    const [history, sightings, places] = await Promise.all([
      ledger.history(id),
      ledger.sightings(id),
      placesOfFindings(store, [finding]),
    ]);
    return detailShape(finding, this.catalogue.get(finding.detector), { places, history, sightings });
  }

  victims(question: VictimsQuestion): Promise<VictimsShape> {
    return this.kept('victims', question.feed, question, async () => {
      const { feed, limit } = question;
      const stretch = await this.stretchOf(question);
      const { findings, is_complete } = await this.allFindings({
        ...ledgerQuery({ ...stretch, is_open: question.is_open, limit: PAGE_MAX }),
        detectors: [this.detectorOf(question.detector)],
        states: VICTIM_STATES,
      });
      const about = findings.filter(({ subject }) => subject.kind === 'address');
      const unplaced = victimsOf(about, new Map());
      const shown = new Set(unplaced.slice(0, limit).map(({ address }) => address));
      const listed = about.filter(({ subject }) => shown.has(subject.value));
      const places = await placesOfFindings(this.given.store, listed);
      const [from_ms, to_ms] = this.extentOf(stretch, about);
      return {
        feed,
        from: isoOf(from_ms),
        to: isoOf(to_ms),
        total: unplaced.length,
        is_complete,
        victims: victimsOf(listed, places),
        watermark: this.watermark(feed),
      };
    });
  }

  victim(address: string, stretch: Stretch): Promise<VictimDetailShape> {
    return this.kept(`victim ${address}`, stretch.feed, stretch, async () => {
      const { ledger, store } = this.given;
      const subject = { kind: 'address', value: address } as const;
      const query = ledgerQuery({ ...stretch, subject, detectors: ['dos'], limit: PAGE_MAX });
      const { findings } = await ledger.findings(query);
      const valid = findings.filter(({ state }) => VICTIM_STATES.some((one) => one === state));
      // Several detectors may have seen the same attack: it is told once, by one of them.
      const teller = [OWN, ...valid.map(({ detector }) => detector)].find((id) =>
        valid.some(({ detector }) => detector === id),
      );
      const told = valid.filter(({ detector }) => detector === teller);
      if (teller === undefined) {
        throw new Refused('no_data', 'Cannot show the victim: no detector saw this address above its limit');
      }
      const places = await placesOfFindings(store, told);
      const sightings = await Promise.all(told.slice(0, TIMELINE_FINDINGS_MAX).map(({ id }) => ledger.sightings(id)));
      const inside = sightings
        .flat()
        .filter(({ bin_ms }) => bin_ms >= (stretch.from_ms ?? -Infinity) && bin_ms < (stretch.to_ms ?? Infinity));
      const [from_ms, to_ms] = this.extentOf(stretch, told);
      const detector = this.catalogue.get(teller);
      const step_minutes = stepMinutes(to_ms - from_ms, detector?.bin_minutes ?? 1);
      return {
        ...victimOf(address, told, places),
        feed: stretch.feed,
        from: isoOf(from_ms),
        to: isoOf(to_ms),
        findings: findings.map((finding) => findingShape(finding, this.catalogue.get(finding.detector), places)),
        confidence_means: detector?.confidence ?? { ja: '', en: '' },
        step_minutes,
        timeline: timelineOf(inside, step_minutes),
        watermark: this.watermark(stretch.feed),
      };
    });
  }

  sources: Findings['sources'] = async (scope) => {
    const { query, store, classes = SOURCE_CLASSES, tools = TOOLS } = this.given;
    const period = await query.period(scope);
    return this.kept('sources', scope.feed, period, async () => ({
      feed: scope.feed,
      from: isoOf(period.from_ms),
      to: isoOf(period.to_ms),
      ...sourceClasses(await readSources(store, scope.feed, period), classes, tools),
      watermark: this.watermark(scope.feed),
    }));
  };

  detectors: Findings['detectors'] = (feed) => {
    const { detectors, counts } = this.given;
    const shapes = detectors.map((detector) => detectorShape(detector, counts?.(feed, detector.id)));
    return { feed, detectors: shapes, watermark: this.watermark(feed) };
  };

  /** Keys are made of questions that were checked: their length is bounded. */
  private kept<T>(kind: string, feed: FeedName, question: object, make: () => Promise<T>): Promise<T> {
    const key = `${kind} ${feed} ${JSON.stringify(question)}`;
    return this.answers.get(key, this.given.version(feed), make) as Promise<T>;
  }

  /** Page after page, up to VICTIM_FINDINGS_MAX. */
  private async allFindings(
    query: FindingQuery,
  ): Promise<{ readonly findings: readonly Finding[]; readonly is_complete: boolean }> {
    const all: Finding[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.given.ledger.findings(cursor === undefined ? query : { ...query, cursor });
      all.push(...page.findings);
      cursor = page.cursor;
    } while (cursor !== undefined && all.length < VICTIM_FINDINGS_MAX);
    return { findings: all, is_complete: cursor === undefined };
  }

  private detectorOf(asked: string | undefined): string {
    const running = this.given.detectors.filter(({ theme }) => theme === 'dos').map(({ id }) => id);
    if (asked === undefined) return running.find((id) => id === OWN) ?? running[0] ?? OWN;
    if (this.catalogue.get(asked)?.theme === 'dos') return asked;
    throw new Refused('bad_parameter', 'Cannot answer: parameter detector is none that looks for victims');
  }

  /** A period in days, two ends, or for what is going on now neither. */
  private async stretchOf(question: VictimsQuestion): Promise<Stretch> {
    const { feed, period, from_ms, to_ms, is_open } = question;
    const hasEnds = from_ms !== undefined || to_ms !== undefined;
    if (period !== undefined && hasEnds) {
      throw new Refused('bad_parameter', 'Cannot answer: parameter period stands beside from and to');
    }
    if (hasEnds || (period === undefined && is_open === true)) return { feed, from_ms, to_ms };
    const days = await this.given.query.period({ feed, period });
    return { feed, from_ms: days.from_ms, to_ms: days.to_ms };
  }

  /** An open end is where the findings end, or the watermark. */
  private extentOf(
    { feed, from_ms, to_ms }: Stretch,
    findings: readonly Finding[],
  ): readonly [from_ms: number, to_ms: number] {
    const now_ms = this.given.watermark_ms(feed) ?? 0;
    const first_ms = findings.reduce((first, one) => Math.min(first, one.from_ms), now_ms);
    const last_ms = findings.reduce((last, one) => Math.max(last, one.to_ms), findings.length === 0 ? now_ms : 0);
    return [from_ms ?? first_ms, to_ms ?? last_ms];
  }
}

/** Without the keys that nobody asked about. */
function ledgerQuery(question: FindingsQuestion): FindingQuery {
  const entries = Object.entries(question).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as FindingQuery;
}

function detectorShape(detector: Detector, counts: DetectorCountsShape | undefined): DetectorShape {
  const { id, version, theme, sentence, references, bin_minutes, gap_minutes, valid_days } = detector;
  return {
    id,
    version,
    theme,
    sentence,
    references,
    confidence_means: detector.confidence,
    confirmed_at: Number.isFinite(detector.confirmed_at) ? detector.confirmed_at : null,
    bin_minutes,
    gap_minutes,
    valid_days,
    reasons: Object.entries(detector.reasons).map(([code, words]) => ({ code, sentence: words })),
    figures: Object.entries(detector.figures).map(([name, { unit, sentence: words }]) => ({
      name,
      unit,
      sentence: words,
    })),
    counts: counts ?? null,
  };
}
