/** A report in the form asked for. */
import type { Report, ReportFormat, ReportLanguage } from '@noroshi/wire/api/report.ts';
import { renderHtml, REPORT_POLICY } from './html.ts';
import { layoutOf } from './layout.ts';
import { renderCsv } from './report-csv.ts';
import { renderText } from './text.ts';

export interface Rendered {
  readonly body: string;
  readonly contentType: string;
  /** Content-Security-Policy to send along; undefined where nothing is shown by a browser. */
  readonly policy: string | undefined;
}

export function renderReport(report: Report, format: ReportFormat, language: ReportLanguage): Rendered {
  switch (format) {
    case 'text':
      return {
        body: renderText(layoutOf(report, language)),
        contentType: 'text/plain; charset=utf-8',
        policy: undefined,
      };
    case 'json':
      return { body: `${JSON.stringify(report, null, 2)}\n`, contentType: 'application/json', policy: undefined };
    case 'csv':
      return { body: renderCsv(report, language), contentType: 'text/csv; charset=utf-8', policy: undefined };
    case 'html':
      return {
        body: renderHtml(layoutOf(report, language)),
        contentType: 'text/html; charset=utf-8',
        policy: REPORT_POLICY,
      };
    default:
      return format satisfies never;
  }
}
