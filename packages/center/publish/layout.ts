/** A report in one language as titles, sentences and tables of text: what the text and the page have in common. */
import type { Exposure, FigureDefinition, Measured, Period, Ranking, RankRow } from '@noroshi/wire/api/figures.ts';
import type { Report, ReportDimension, ReportLanguage } from '@noroshi/wire/api/report.ts';
import { fixed, NONE, percent, signed, signedPercent } from './numbers.ts';
import { NOTES, WORDS } from './words.ts';

export interface Column {
  readonly head: string;
  readonly isNumber: boolean;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Of each row, 0 … 1, for a bar; none in tables of figures. */
  readonly shares: readonly number[];
}

export interface Section {
  readonly title: string;
  readonly sentence: string;
  readonly tables: readonly Table[];
}

export interface Layout {
  readonly language: ReportLanguage;
  readonly title: string;
  /** That the figures are not what sensors saw; '' when they are. */
  readonly notice: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Digits of a ranking's rates. */
const RATE_DIGITS = 2;

/** Figures of each block, by id; a figure that stands in none is not printed. */
const BLOCKS = {
  access: [
    'accesses',
    'access_spacing',
    'sources',
    'low_port_accesses',
    'high_port_accesses',
    'many_port_sources',
    'several_port_sources',
    'ipv6_share',
    'ipv6_accesses',
  ],
  signature: ['marked_accesses', 'marked_sources', 'mirai_accesses', 'mirai_sources'],
  victims: ['backscatter', 'victims'],
  scanners: ['scanner_share'],
} as const;
type Block = keyof typeof BLOCKS;

const TABLES: Readonly<Record<Block, readonly ReportDimension[]>> = {
  access: ['ports', 'countries', 'networks'],
  signature: ['marks'],
  victims: [],
  scanners: ['scanners'],
};

/** What a ranking's key column is called. */
const KEYS = {
  ports: WORDS.ports,
  countries: WORDS.countries,
  networks: WORDS.networks,
  marks: WORDS.marks,
  scanners: WORDS.organisations,
} as const satisfies Record<ReportDimension, unknown>;

export function layoutOf(report: Report, language: ReportLanguage): Layout {
  const { summary } = report;
  const name = report.title?.[language] ?? 'Noroshi';
  return {
    language,
    title: `${name} ${WORDS.report[language]} ${periodTitle(summary.period, language)}`,
    notice: noticeOf(report, language),
    facts: factsOf(report, language),
    sections: (Object.keys(BLOCKS) as Block[]).map((block) => ({
      title: WORDS[block][language],
      sentence: WORDS[`${block}Sentence`][language],
      tables: [
        figureTable(report, BLOCKS[block], language),
        ...TABLES[block].map((dimension) => rankTable(report.rankings[dimension], dimension, language)),
      ],
    })),
    notes: NOTES.map((note) => note[language]),
  };
}

function noticeOf({ summary }: Report, language: ReportLanguage): string {
  if (summary.is_simulated) return WORDS.simulated[language];
  return summary.feed === 'replay' ? WORDS.replayed[language] : '';
}

/** `2021年2月`, `February 2021`, or the first and last day. */
function periodTitle(period: Period, language: ReportLanguage): string {
  const month = /^(\d{4})-(\d{2})$/.exec(period.name);
  if (month === null) return rangeText(period);
  if (language === 'ja') return `${Number(month[1])}年${Number(month[2])}月`;
  const date = new Date(Date.UTC(Number(month[1]), Number(month[2]) - 1));
  return new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(date);
}

function factsOf({ summary, tables }: Report, language: ReportLanguage): [string, string][] {
  const { period, previous, exposure, previous_exposure } = summary;
  const used = [
    [WORDS.country, tables.country],
    [WORDS.asn, tables.asn],
    [WORDS.scannerList, tables.scanners],
  ] as const;
  const tableText = used.map(([name, version]) => `${name[language]} ${version === '' ? NONE : version}`).join(' · ');
  return [
    [WORDS.period[language], periodText(period, language)],
    [WORDS.previous[language], periodText(previous, language)],
    [WORDS.listening[language], listeningText(exposure, language)],
    [WORDS.listeningBefore[language], listeningText(previous_exposure, language)],
    [WORDS.packets[language], packetsText(exposure, language)],
    [WORDS.tables[language], tableText],
  ];
}

function periodText(period: Period, language: ReportLanguage): string {
  const hours = offsetHours(period);
  const zone = hours === 0 ? 'UTC' : `UTC${signed(hours, 0)}`;
  const { days } = period;
  return language === 'ja'
    ? `${rangeText(period)}(${days}日、${zone})`
    : `${rangeText(period)} (${counted(days, 'day')}, ${zone})`;
}

/** First and last day. */
function rangeText(period: Period): string {
  const shift_ms = offsetHours(period) * HOUR_MS;
  const dayText = (ms: number): string => new Date(ms + shift_ms).toISOString().slice(0, 10);
  const [first, last] = [dayText(period.from_ms), dayText(period.to_ms - DAY_MS)];
  return first === last ? first : `${first} – ${last}`;
}

/** How far ahead of UTC the days begin, −9 … 14: a period begins with a day. */
function offsetHours({ from_ms }: Period): number {
  const behind = Math.round((((from_ms % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS);
  return behind === 0 ? 0 : behind < 10 ? -behind : 24 - behind;
}

function listeningText(exposure: Exposure, language: ReportLanguage): string {
  const { sensors, addresses, networks64, uptime } = exposure;
  if (sensors === 0) return WORDS.nothing[language];
  const [v4, v6] = [fixed(addresses, addresses % 1 === 0 ? 0 : 1), fixed(networks64, networks64 % 1 === 0 ? 0 : 1)];
  const [addressNoun, networkNoun] = [
    addresses === 1 ? 'address' : 'addresses',
    networks64 === 1 ? 'network' : 'networks',
  ];
  return language === 'ja'
    ? `センサー${sensors}台、IPv4アドレス${v4}個、IPv6ネットワーク(/64)${v6}個、稼働率${percent(uptime, 1)}`
    : `${counted(sensors, 'sensor')}, ${v4} IPv4 ${addressNoun}, ${v6} IPv6 ${networkNoun} (/64), up ${percent(uptime, 1)} of the time`;
}

function counted(count: number, noun: string): string {
  return `${fixed(count, 0)} ${noun}${count === 1 ? '' : 's'}`;
}

function packetsText({ received, kept, filtered, dropped, loss }: Exposure, language: ReportLanguage): string {
  const [all, in_rows, out, lost] = [received, kept, filtered, dropped].map((count) => fixed(count, 0));
  return language === 'ja'
    ? `受信${all}=採用${in_rows}+除外${out}+欠落${lost}(損失率${percent(loss, 2)})`
    : `received ${all} = kept ${in_rows} + filtered ${out} + lost ${lost} (${percent(loss, 2)})`;
}

function figureTable({ summary, definitions }: Report, ids: readonly string[], language: ReportLanguage): Table {
  const rows = ids.flatMap((id) => {
    const figure = summary.figures.find((one) => one.id === id);
    const definition = definitions.find((one) => one.id === id);
    if (figure === undefined || definition === undefined) return [];
    return [figureRow(definition, figure.all, figure.without_scanners, language)];
  });
  const text = ['figure', 'unit'] as const;
  const heads = ['figure', 'value', 'unit', 'change', 'changePercent', 'interval', 'without'] as const;
  const columns = heads.map((head) => ({ head: WORDS[head][language], isNumber: !text.some((one) => one === head) }));
  return { columns, rows, shares: [] };
}

function figureRow(
  { name, unit, digits, is_share }: FigureDefinition,
  all: Measured,
  without: Measured,
  language: ReportLanguage,
): string[] {
  // Of a share its percentage is printed, and its change in points of it.
  const shown = (value: number | null): number | null => (value === null ? null : is_share ? 100 * value : value);
  const { interval } = all;
  return [
    name[language],
    fixed(shown(all.value), digits),
    unit[language],
    signed(shown(all.change), digits),
    signedPercent(all.change_percent),
    interval === null ? NONE : `${fixed(shown(interval.low), digits)} – ${fixed(shown(interval.high), digits)}`,
    fixed(shown(without.value), digits),
  ];
}

function rankTable(ranking: Ranking, dimension: ReportDimension, language: ReportLanguage): Table {
  const number = (head: keyof typeof WORDS): Column => ({ head: WORDS[head][language], isNumber: true });
  return {
    columns: [
      number('rank'),
      number('previousRank'),
      { head: KEYS[dimension][language], isNumber: false },
      ...(['rate', 'change', 'changePercent', 'share', 'sources'] as const).map(number),
    ],
    rows: ranking.rows.map((row) => rankCells(row, dimension, language)),
    shares: ranking.rows.map((row) => row.share),
  };
}

function rankCells(row: RankRow, dimension: ReportDimension, language: ReportLanguage): string[] {
  // A mark's sentence is too long for a table; its name is what the reference explains.
  const label = dimension === 'marks' ? '' : row.label[language];
  return [
    String(row.rank),
    row.previous_rank === null ? NONE : String(row.previous_rank),
    label === '' || label === row.key ? row.key : `${row.key} ${label}`,
    fixed(row.rate, RATE_DIGITS),
    signed(row.change, RATE_DIGITS),
    signedPercent(row.change_percent),
    percent(row.share, 1),
    fixed(row.sources, 1),
  ];
}
