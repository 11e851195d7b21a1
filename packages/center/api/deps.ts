/** What the API is made of. Everything with a database, a clock or a file behind it is an argument. */
import type { SecureContextOptions } from 'node:tls';
import type { Log } from '@noroshi/kit/log.ts';
import type { Metrics } from '@noroshi/kit/metrics.ts';
import type { FeedList } from '@noroshi/wire/api/center.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type {
  Conservation,
  Dimension,
  FigureDefinition,
  Ranking,
  Series,
  Step,
  Summary,
} from '@noroshi/wire/api/figures.ts';
import type {
  DetectorsShape,
  FindingDetailShape,
  FindingState,
  FindingsShape,
  SourceClassesShape,
  SubjectShape,
  VictimDetailShape,
  VictimsShape,
} from '@noroshi/wire/api/finding.ts';
import type { LiveWindow } from '@noroshi/wire/api/live.ts';
import type { ReportFormat, ReportLanguage } from '@noroshi/wire/api/report.ts';
import type { FastifyPluginAsync } from 'fastify';
import type { Rendered } from '../publish/render.ts';

/** Of which feed and days; without a period the last seven whole days. */
export interface Scope {
  readonly feed: FeedName;
  readonly period?: string | undefined;
}

/** The questions that can be asked. Each throws Refused where the question has no answer, StoreError where nobody answers. */
export interface Figures {
  readonly definitions: readonly FigureDefinition[];
  feeds(): Promise<FeedList>;
  summary(scope: Scope): Promise<Summary>;
  series(scope: Scope, figure: string, step: Step): Promise<Series>;
  ranking(scope: Scope, dimension: Dimension, limit: number, withoutScanners: boolean): Promise<Ranking>;
  conservation(feed: FeedName): Promise<Conservation>;
  live(feed: FeedName): Promise<LiveWindow>;
  /** The rendered report of a period. */
  report(feed: FeedName, period: string, format: ReportFormat, language: ReportLanguage): Promise<Rendered>;
}

/** Of which feed, and which stretch of event time; absent ends are open. */
export interface Stretch {
  readonly feed: FeedName;
  readonly from_ms?: number | undefined;
  readonly to_ms?: number | undefined;
}

export interface FindingsQuestion extends Stretch {
  /** Ids, or themes. */
  readonly detectors?: readonly string[] | undefined;
  readonly states?: readonly FindingState[] | undefined;
  readonly subject?: SubjectShape | undefined;
  readonly is_open?: boolean | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface VictimsQuestion extends Stretch {
  readonly period?: string | undefined;
  /** One that runs; absent: the center's own. */
  readonly detector?: string | undefined;
  readonly is_open?: boolean | undefined;
  readonly limit: number;
}

/** What detectors found. Each throws Refused where the question has no answer; LedgerError or StoreError where nobody answers. */
export interface Findings {
  list(question: FindingsQuestion): Promise<FindingsShape>;
  one(id: string): Promise<FindingDetailShape>;
  victims(question: VictimsQuestion): Promise<VictimsShape>;
  victim(address: string, stretch: Stretch): Promise<VictimDetailShape>;
  sources(scope: Scope): Promise<SourceClassesShape>;
  detectors(feed: FeedName): DetectorsShape;
  /** The same findings as a STIX 2.1 bundle, in text. */
  stix(question: FindingsQuestion): Promise<string>;
  watermark(feed: FeedName): string | null;
}

export interface ApiDeps {
  readonly figures: Figures;
  /** Undefined: this center runs no detectors. */
  readonly findings?: Findings | undefined;
  /** Calls the listener whenever findings, classes or the watermark of a feed changed; returns how to stop that. */
  readonly onFindings?: ((listener: (feed: FeedName) => void) => () => void) | undefined;
  /** Routes under which sensors upload. */
  readonly uploads: FastifyPluginAsync;
  /** Calls the listener whenever something of a feed was stored; returns how to stop that. */
  readonly onStored: (listener: (feed: FeedName) => void) => () => void;
  /** Why the center cannot answer now, one sentence; '' when it can. */
  readonly ailment: () => Promise<string>;
  readonly version: string;
  /** Folder of the built page; undefined: none is served. */
  readonly portal: string | undefined;
  readonly tls?:
    | (SecureContextOptions & { readonly requestCert?: boolean; readonly rejectUnauthorized?: boolean })
    | undefined;
  /** Reverse proxies whose X-Forwarded-For counts. */
  readonly proxies: readonly string[];
  readonly requests_per_minute: number;
  readonly event_clients: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now_ms: () => number;
}
