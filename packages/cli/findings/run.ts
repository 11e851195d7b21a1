/** The work of `noroshi findings`: asks a center, page after page where need be, and lays out what it says. */
import type { FindingDetailShape } from '@noroshi/wire/api/finding.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { checkOutputs, writeOut } from '../io/out-file.ts';
import { ask, type Center, centerOf, type HeldFeed, heldFeed, languageOf } from '../report/center.ts';
import type { FindingsValues } from '../verbs/findings.ts';
import { askFindings, exportCsv, exportJson, exportStix, jsonOf, type Question } from './export.ts';
import { listText } from './list.ts';
import { showText } from './show.ts';
import type { Language } from './words.ts';

type Format = 'text' | 'json' | 'csv' | 'stix';

/** Newest findings among which `show` looks for the beginning of an id. */
const LOOKED_AT_MAX = 1000;
const ID = /^[0-9a-f-]{4,36}$/;
const ID_CHARS = 36;
const SPANS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export async function runFindings(io: Io, args: readonly string[], values: FindingsValues): Promise<number> {
  const [what = 'list', id, ...rest] = args;
  if (!['list', 'show', 'export'].includes(what) || rest.length > 0 || (what !== 'show' && id !== undefined)) {
    throw new Refusal('usage', 'Cannot look at findings: list, show ID and export are what can be done');
  }
  const { out } = values;
  if (out !== undefined) await checkOutputs(io, [out], { force: values.force, isText: true });
  const center = centerOf(values.center);
  const working = what === 'show' ? show(io, center, id, values) : many(io, center, what === 'export', values);
  const text = await io.interrupt.orStop(working);
  return writeOut(io, out, text);
}

async function many(io: Io, center: Center, isExport: boolean, values: FindingsValues): Promise<string> {
  const format = formatOf(values, isExport ? 'json' : 'text');
  const held = await heldFeed(center, values.feed, 'look at findings');
  const question = questionOf(held, values);
  const most = isExport ? Number.POSITIVE_INFINITY : values.limit;
  if (format === 'csv') return exportCsv(center, question, most);
  if (format === 'json') return exportJson(center, question, most);
  if (format === 'stix') return exportStix(center, question, most, held.operator);
  if (isExport) throw new Refusal('usage', 'Cannot export as text: json, csv and stix are for programs');
  const list = await askFindings(center, { ...question, limit: String(values.limit) });
  return linesOf(listText(list, languageFor(io, values), io));
}

async function show(io: Io, center: Center, id: string | undefined, values: FindingsValues): Promise<string> {
  const format = formatOf(values, 'text');
  if (format !== 'text' && format !== 'json') {
    throw new Refusal('usage', `Cannot show a finding as ${format}: text and json are its forms`);
  }
  if (id === undefined || !ID.test(id)) {
    throw new Refusal('usage', 'Cannot show a finding: its id, or the first letters of it, are missing');
  }
  const whole = id.length === ID_CHARS ? id : await wholeId(center, id, values);
  const text = await ask(center, `/v1/findings/${whole}`, {});
  const finding = jsonOf(text, center) as FindingDetailShape;
  if (format === 'json') return `${JSON.stringify(finding, undefined, 2)}\n`;
  return linesOf(showText(finding, languageFor(io, values), io));
}

/** The one finding whose id begins so. Throws Refusal. */
async function wholeId(center: Center, start: string, values: FindingsValues): Promise<string> {
  const question = questionOf(await heldFeed(center, values.feed, 'look at findings'), values);
  const { findings } = await askFindings(center, { ...question, limit: String(LOOKED_AT_MAX) });
  const [first, second] = findings.filter(({ id }) => id.startsWith(start));
  if (first === undefined) {
    throw new Refusal(
      'io',
      `Cannot show ${start}: none of the newest ${findings.length} findings has an id that begins so`,
    );
  }
  if (second !== undefined) throw new Refusal('usage', `Cannot show ${start}: several findings have ids that begin so`);
  return first.id;
}

function questionOf(held: HeldFeed, values: FindingsValues): Question {
  const { detector, state, subject, since, until } = values;
  const asked = {
    feed: held.feed,
    detector,
    state,
    subject,
    open: values.open ? 'true' : undefined,
    from: since === undefined ? undefined : timeOf('since', since, held),
    to: until === undefined ? undefined : timeOf('until', until, held),
  };
  return Object.fromEntries(Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** `24h` before the feed's newest minute: an old capture has last days as well. Anything else the center reads. */
function timeOf(option: string, text: string, { to_ms }: HeldFeed): string {
  const span = /^(?<count>\d{1,5})(?<unit>[mhd])$/.exec(text)?.groups;
  if (span === undefined) {
    if (!Number.isNaN(Date.parse(text))) return text;
    throw new Refusal(
      'usage',
      `Cannot read --${option}: it is neither 24h, 7d nor a time such as 2021-02-03T04:05:00Z`,
    );
  }
  const back_ms = Number(span.count) * (SPANS_MS[span.unit ?? ''] ?? 0);
  return new Date(Math.max(0, to_ms - back_ms)).toISOString();
}

function formatOf({ format }: FindingsValues, usual: Format): Format {
  return format === 'auto' ? usual : format;
}

function languageFor(io: Io, { lang }: FindingsValues): Language {
  return lang === 'auto' ? languageOf(io.env) : lang;
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
