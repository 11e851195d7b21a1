/** A figure over the period, as columns and as a table. */
import type { FigureDefinition, Series, SeriesPoint, Step } from '@noroshi/wire/api/figures.ts';
import type { Scanners } from '../api/links.ts';
import { type Column, type Columns, total } from '../charts/columns.ts';
import { axisNumber, type Language, share } from '../format/number.ts';
import { clock, DAY_MS, HOUR_MS, tickDay } from '../format/time.ts';
import { pointName } from '../text/sentences.ts';
import { speaker } from '../text/translate.ts';
import { figureValue } from './figure.ts';

/** Longest period that begins by the hour. */
const HOURLY_DAYS_MAX = 7;

export interface Course {
  readonly series: Series;
  /** Of the period before; undefined until it has come. */
  readonly previous: Series | undefined;
  readonly definition: FigureDefinition;
  readonly scanners: Scanners;
  readonly language: Language;
  readonly offset_minutes: number;
}

/** The step wished for if the figure has it, else hours for a week and less. */
export function stepOf({ steps }: FigureDefinition, wish: Step | undefined, days: number): Step {
  const usual: Step = days <= HOURLY_DAYS_MAX ? 'hour' : 'day';
  return [wish, usual].find((step) => step !== undefined && steps.includes(step)) ?? 'day';
}

/** Whether the figure tells scanners apart: then a column is made of two parts. */
export function isSplit({ series, scanners, definition }: Course): boolean {
  return (
    scanners === 'include' && !definition.is_share && series.points.some((point) => point.without_scanners !== null)
  );
}

export function courseColumns(course: Course): Columns {
  const { language, definition, offset_minutes, series } = course;
  const say = speaker(language);
  const split = isSplit(course);
  const written = (value: number | null): string => figureValue(language, definition, value);
  return {
    columns: toColumns(course, split),
    colours: split ? ['data', 'data-soft'] : ['data'],
    marksNewest: false,
    tick: ({ from_ms }) => tick(course, from_ms),
    peak: (value) => written(value),
    pointed: (column) => {
      const name = pointName(language, series.step, column.from_ms, offset_minutes);
      const scanners = split ? [`${say('series.scanners')}  ${written(column.parts[1])}`] : [];
      const before = column.previous === null ? [] : [`${say('series.previous')}  ${written(column.previous)}`];
      return [`${name}  ${written(total(column))}`, ...scanners, ...before].join('\n');
    },
    axis: (value) => (definition.is_share ? share(language, value, 0) : axisNumber(language, value)),
  };
}

function toColumns({ series, previous, scanners }: Course, split: boolean): Column[] {
  const shown = (point: SeriesPoint | undefined): number | null => {
    return (scanners === 'exclude' ? point?.without_scanners : point?.value) ?? null;
  };
  return series.points.map((point, index) => ({
    from_ms: point.from_ms,
    parts: split ? parts(point) : [shown(point)],
    previous: shown(previous?.points[index]),
  }));
}

function parts({ value, without_scanners }: SeriesPoint): readonly (number | null)[] {
  if (value === null || without_scanners === null) return [value, null];
  return [without_scanners, Math.max(0, value - without_scanners)];
}

/** Days are named at their first hour; a single day by its hours. */
function tick({ series, language, offset_minutes }: Course, from_ms: number): string {
  const local_ms = from_ms + offset_minutes * 60_000;
  if (series.step === 'hour' && series.period.days === 1) {
    return local_ms % (3 * HOUR_MS) === 0 ? clock(from_ms, offset_minutes) : '';
  }
  return local_ms % DAY_MS === 0 ? tickDay(language, from_ms, offset_minutes) : '';
}
