/**
 * Time along the bottom, one stacked column for each step, a thin line for the period before. Where columns would be thinner
 * than two pixels they are drawn as a filled line: the same picture, a tenth of the elements.
 */
import type { BarSeriesOption, ChartOption, LineSeriesOption } from './echarts.ts';
import type { Palette } from './palette.ts';

type SeriesOption = BarSeriesOption | LineSeriesOption;

/** Columns up to this number, filled lines beyond. */
export const COLUMNS_MAX = 320;
const HEADROOM = 22;

export interface Column {
  readonly from_ms: number;
  /** One value for each part, from the bottom up; null where nothing listened. */
  readonly parts: readonly (number | null)[];
  /** Of the period before, at the same place. */
  readonly previous: number | null;
}

export interface Columns {
  readonly columns: readonly Column[];
  /** Colours of the parts, from the bottom up. */
  readonly colours: readonly (keyof Palette)[];
  /** Draws the last column that has a value in the colour of the newest. */
  readonly marksNewest: boolean;
  /** Text below a column; '' for none. */
  readonly tick: (column: Column) => string;
  /** Text on the highest column. */
  readonly peak: (total: number) => string;
  /** Text when a reader points at a column. */
  readonly pointed: (column: Column) => string;
  readonly axis: (value: number) => string;
  /** Upper end of the axis; undefined: what the data needs. */
  readonly most?: number;
}

/** What charts along a time axis have in common. */
export interface Frame {
  readonly times: readonly number[];
  /** Text below a step; '' for none. */
  readonly tick: (index: number) => string;
  /** Text when a reader points at a step. */
  readonly pointed: (index: number) => string;
  readonly axis: (value: number) => string;
  /** Upper end of the axis; undefined: what the data needs. */
  readonly most?: number | undefined;
}

/** @param width_px how wide it will be drawn, about */
export function columnsOption(chart: Columns, palette: Palette, width_px: number): ChartOption {
  const { columns } = chart;
  const frame: Frame = {
    times: columns.map(({ from_ms }) => from_ms),
    tick: (index) => (columns[index] === undefined ? '' : chart.tick(columns[index])),
    pointed: (index) => (columns[index] === undefined ? '' : chart.pointed(columns[index])),
    axis: chart.axis,
    most: chart.most,
  };
  const series = [...parts(chart, palette, width_px / columns.length), ...previous(chart, palette)];
  return { ...frameOption(frame, palette), series };
}

export function frameOption({ times, tick, pointed, axis, most }: Frame, palette: Palette): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: palette.font, color: palette.muted },
    grid: { left: 0, right: 1, top: HEADROOM, bottom: 0, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: tooltip(pointed, palette),
    xAxis: {
      type: 'category',
      data: [...times],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.muted,
        fontSize: 12,
        hideOverlap: true,
        interval: (index) => tick(index) !== '',
        formatter: (_, index) => tick(index),
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      ...(most === undefined ? {} : { max: most }),
      axisLabel: { color: palette.muted, fontSize: 12, formatter: (value: number) => axis(value) },
      splitLine: { lineStyle: { color: palette.line, width: 1 } },
    },
  };
}

/** Drawn by the chart itself, not as HTML: nothing that came from outside can become markup. */
function tooltip(pointed: Frame['pointed'], palette: Palette): NonNullable<ChartOption['tooltip']> {
  return {
    trigger: 'axis',
    renderMode: 'richText',
    confine: true,
    transitionDuration: 0,
    axisPointer: { type: 'line', lineStyle: { color: palette.muted, width: 1, type: 'solid' } },
    backgroundColor: palette.paper,
    borderColor: palette.ink,
    borderWidth: 1,
    padding: [6, 9],
    textStyle: { color: palette.ink, fontSize: 13, fontFamily: palette.font },
    formatter: (hits) => {
      const index = Array.isArray(hits) ? hits[0]?.dataIndex : hits.dataIndex;
      return index === undefined ? '' : pointed(index);
    },
  };
}

function parts(chart: Columns, palette: Palette, column_px: number): SeriesOption[] {
  const { columns, colours } = chart;
  const peak = highest(columns);
  // A gap that is no whole pixel makes stripes.
  const gap = column_px < 3.5 ? 0 : column_px < 16 ? '12%' : '24%';
  const newest = chart.marksNewest ? columns.findLastIndex((column) => total(column) !== null) : -1;
  return colours.map((colour, part) => {
    const isTop = part === colours.length - 1;
    const data = columns.map((column, index) => ({
      value: column.parts[part] ?? '-',
      ...(index === newest ? { itemStyle: { color: palette.newest } } : {}),
      ...(isTop && index === peak ? { label: peakLabel(chart, palette, index) } : {}),
    }));
    const common = { stack: 'all', data, silent: true, color: palette[colour] };
    if (columns.length <= COLUMNS_MAX) {
      return { type: 'bar', barCategoryGap: gap, ...common } as const;
    }
    const line = { symbol: 'none', step: 'middle', lineStyle: { width: 0 }, areaStyle: { opacity: 1 } } as const;
    return { type: 'line', ...line, ...common } as const;
  });
}

function peakLabel(chart: Columns, palette: Palette, index: number): object {
  const place = index / Math.max(1, chart.columns.length - 1);
  const align = place < 0.1 ? 'left' : place > 0.9 ? 'right' : 'center';
  return {
    show: true,
    position: 'top',
    distance: 4,
    align,
    color: palette.ink,
    fontSize: 12,
    formatter: () => chart.peak(total(chart.columns[index]) ?? 0),
  };
}

function previous({ columns }: Columns, palette: Palette): SeriesOption[] {
  if (columns.every((column) => column.previous === null)) return [];
  const lineStyle = { color: palette.ink, width: 1, type: [3, 3] };
  const data = columns.map((column) => column.previous ?? '-');
  return [{ type: 'line', symbol: 'none', silent: true, lineStyle, data, z: 3 } as const];
}

/** Sum of a column's parts; null where nothing listened. */
export function total({ parts: values }: Column): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function highest(columns: readonly Column[]): number {
  const totals = columns.map((column) => total(column) ?? -1);
  const most = Math.max(...totals);
  return most <= 0 ? -1 : totals.indexOf(most);
}
