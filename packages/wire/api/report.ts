/**
 * The periodical report, in the three blocks in which NPA prints it (access, signature detections, DoS victims), and what stands
 * under the figures. `GET /v1/report?feed=&month=&format=&lang=`, `period=` instead of `month=` for any other stretch of days.
 */
import type { Dimension, FigureDefinition, Ranking, Summary, Text } from './figures.ts';

export const REPORT_FORMATS = ['text', 'json', 'csv', 'html'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const REPORT_LANGUAGES = ['ja', 'en'] as const;
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number];

/** Rankings that a report prints. Addresses of victims are not among them: their number is. */
export const REPORT_DIMENSIONS = [
  'ports',
  'countries',
  'networks',
  'marks',
  'scanners',
] as const satisfies readonly Dimension[];
export type ReportDimension = (typeof REPORT_DIMENSIONS)[number];

export interface Report {
  /** Whose center it is; null when it has no name. */
  readonly title: Text | null;
  readonly summary: Summary;
  readonly definitions: readonly FigureDefinition[];
  readonly rankings: Readonly<Record<ReportDimension, Ranking>>;
  /** Names and days of the tables that the period's rows were looked up in, separated by commas; '' for none. */
  readonly tables: { readonly country: string; readonly asn: string; readonly scanners: string };
}
