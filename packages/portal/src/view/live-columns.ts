/** The last 24 hours as columns: accesses by whom, and backscatter. */
import type { LiveWindow } from '@noroshi/wire/api/live.ts';
import { type LiveBin, MINUTE_MS, toBins, WINDOW_MS } from '../api/live.ts';
import type { Scanners } from '../api/links.ts';
import { type Column, type Columns, total } from '../charts/columns.ts';
import { axisNumber, type Language, three } from '../format/number.ts';
import { clock, HOUR_MS, moment, tickDay } from '../format/time.ts';
import { speaker } from '../text/translate.ts';
import type { LiveSpan } from './view.ts';

const SPANS = {
  '24h': { span_ms: WINDOW_MS, width_ms: 5 * MINUTE_MS, tick_ms: 3 * HOUR_MS },
  '1h': { span_ms: HOUR_MS, width_ms: MINUTE_MS, tick_ms: 10 * MINUTE_MS },
} as const;

export interface LiveView {
  readonly window: LiveWindow;
  readonly span: LiveSpan;
  readonly scanners: Scanners;
  readonly language: Language;
  readonly offset_minutes: number;
}

export function liveBins({ window, span }: LiveView): LiveBin[] {
  return toBins(window, SPANS[span].span_ms, SPANS[span].width_ms);
}

export function widthMinutes(span: LiveSpan): number {
  return SPANS[span].width_ms / MINUTE_MS;
}

export function accessColumns(view: LiveView, bins: readonly LiveBin[]): Columns {
  const isSplit = view.scanners === 'include';
  const columns = bins.map(({ from_ms, others, scanners }) => {
    return { from_ms, parts: isSplit ? [others, scanners] : [others], previous: null };
  });
  const keys = isSplit ? (['live.others', 'live.scanners'] as const) : (['live.others'] as const);
  return { ...common(view, columns, keys), colours: isSplit ? ['data', 'data-soft'] : ['data'] };
}

export function backscatterColumns(view: LiveView, bins: readonly LiveBin[]): Columns {
  const columns = bins.map(({ from_ms, backscatter }) => ({ from_ms, parts: [backscatter], previous: null }));
  return { ...common(view, columns, []), colours: ['other'] };
}

function common(
  { span, language, offset_minutes }: LiveView,
  columns: readonly Column[],
  keys: readonly ('live.others' | 'live.scanners')[],
): Omit<Columns, 'colours'> {
  const say = speaker(language);
  const { tick_ms } = SPANS[span];
  return {
    columns,
    marksNewest: true,
    tick: ({ from_ms }) => {
      const local_ms = from_ms + offset_minutes * MINUTE_MS;
      if (local_ms % tick_ms !== 0) return '';
      return clock(from_ms, offset_minutes) === '00:00'
        ? tickDay(language, from_ms, offset_minutes)
        : clock(from_ms, offset_minutes);
    },
    peak: (value) => three(language, value),
    pointed: (column) => {
      const lines = keys.map((key, part) => `${say(key)}  ${three(language, column.parts[part])}`);
      const sum = three(language, total(column));
      return [`${moment(language, column.from_ms, offset_minutes)}  ${sum}`, ...lines.toReversed()].join('\n');
    },
    axis: (value) => axisNumber(language, value),
  };
}
