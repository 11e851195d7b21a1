/** The work of `noroshi report`: asks a center, and says clearly what is wrong when none answers. */
import { isStandardOutput } from '@noroshi/kit/part-file.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { checkOutputs, writeOut } from '../io/out-file.ts';
import type { ReportValues } from '../verbs/report.ts';
import { ask, centerOf, feedOfDays, languageOf } from './center.ts';

export async function runReport(io: Io, values: ReportValues): Promise<number> {
  const days = daysOf(values);
  const { out } = values;
  if (out !== undefined) await checkOutputs(io, [out], { force: values.force, isText: true });
  const center = centerOf(values.center);
  const feed =
    values.feed === 'auto'
      ? await io.interrupt.orStop(feedOfDays(center, days.month ?? days.period, 'report'))
      : values.feed;
  const lang = values.lang === 'auto' ? languageOf(io.env) : values.lang;
  const text = await io.interrupt.orStop(ask(center, '/v1/report', { feed, ...days, format: values.format, lang }));
  const isShown = values.format === 'text' && (out === undefined || isStandardOutput(out));
  // A center may be anybody's.
  return writeOut(io, out, isShown ? text.split('\n').map(safe).join('\n') : text);
}

function daysOf({
  month,
  period,
}: ReportValues):
  | { readonly month: string; readonly period?: never }
  | { readonly month?: never; readonly period: string } {
  if (month !== undefined && period !== undefined) {
    throw new Refusal('usage', 'Cannot report: --month and --period are both given');
  }
  if (month !== undefined) return { month };
  if (period !== undefined) return { period };
  throw new Refusal('usage', 'Cannot report: --month 2021-02, or --period, says of which days');
}
