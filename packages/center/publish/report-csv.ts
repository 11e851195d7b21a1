/** A report as one table: figures first, then the rows of each ranking; every row says of which feed and period it is. */
import type { Figure, FigureDefinition, Measured } from '@noroshi/wire/api/figures.ts';
import { REPORT_DIMENSIONS, type Report, type ReportLanguage } from '@noroshi/wire/api/report.ts';
import { type Cell, csvOf } from './csv.ts';

const HEAD = [
  'feed',
  'period',
  'block',
  'scanners',
  'rank',
  'previous_rank',
  'key',
  'name',
  'unit',
  'value',
  'low',
  'high',
  'previous',
  'change',
  'change_percent',
  'share',
  'sources',
  'packets',
];

/** Numbers are not rounded. */
export function renderCsv(report: Report, language: ReportLanguage): string {
  const { feed, period, figures } = report.summary;
  const rows = [
    ...figures.flatMap((figure) => figureRows(figure, report.definitions, language)),
    ...REPORT_DIMENSIONS.flatMap((dimension) =>
      report.rankings[dimension].rows.map((row): Cell[] => [
        dimension,
        'include',
        row.rank,
        row.previous_rank,
        row.key,
        row.label[language],
        UNIT[language],
        row.rate,
        null,
        null,
        row.previous_rate,
        row.change,
        row.change_percent,
        row.share,
        row.sources,
        row.packets,
      ]),
    ),
  ];
  return csvOf({ head: HEAD, rows: rows.map((row) => [feed, period.name, ...row]) }, false);
}

const UNIT = { ja: '件/日・IPアドレス', en: 'per day and address' };

function figureRows(figure: Figure, definitions: readonly FigureDefinition[], language: ReportLanguage): Cell[][] {
  const definition = definitions.find(({ id }) => id === figure.id);
  const row = (scanners: string, measured: Measured): Cell[] => [
    'figures',
    scanners,
    null,
    null,
    figure.id,
    definition?.name[language] ?? '',
    definition?.unit[language] ?? '',
    measured.value,
    measured.interval?.low ?? null,
    measured.interval?.high ?? null,
    measured.previous,
    measured.change,
    measured.change_percent,
    null,
    null,
    null,
  ];
  return [row('include', figure.all), row('exclude', figure.without_scanners)];
}
