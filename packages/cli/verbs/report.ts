/** `noroshi report --month 2021-02`: the published figures of a month, as a running center has them. */
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { REPORT_FORMATS } from '@noroshi/wire/api/report.ts';
import { choice, defineVerb, flag, text, type Values, withJson } from '../verb.ts';

const reportOptions = {
  month: text('<yyyy-mm>', 'the month'),
  period: text('<days>', 'other days: 2021-02-03, or 2021-02-01/2021-02-08 with an exclusive end'),
  format: choice('form of the report; html is one page that needs nothing else', REPORT_FORMATS, 'text'),
  json: flag('the same as --format json'),
  lang: choice('language; auto: Japanese where LANG begins with ja', ['auto', 'ja', 'en'], 'auto'),
  feed: choice('whose traffic; auto: live sensors, else the feed that holds these days', ['auto', ...FEEDS], 'auto'),
  center: text('<url>', 'the running center; without it http://127.0.0.1:8642'),
  out: text('<file>', 'write there instead of to standard output', 'files'),
  force: flag('overwrite the file'),
};
export type ReportValues = Values<typeof reportOptions>;

export const report = defineVerb({
  name: 'report',
  sentence: 'Print the report of a month or other days, asking a running center: accesses, detections, DoS victims.',
  options: reportOptions,
  examples: [
    ['noroshi report --month 2021-02', 'the monthly report as text'],
    ['noroshi report --month 2021-02 --lang ja --format html --out 2021-02.html', 'a page to print, in Japanese'],
    ['noroshi report --period 2021-02-01/2021-02-08 --format csv', 'a week, for a spreadsheet'],
  ],
  note: 'Every figure says how many addresses listened, for how long, and what was lost: docs/reference/figures.md.',
  run: async (io, _args, values) => (await import('../report/run.ts')).runReport(io, withJson(values, 'text')),
});
