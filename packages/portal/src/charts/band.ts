/** A line over time within its 95 % band; gaps where nothing is known. */
import type { ChartOption, LineSeriesOption } from './echarts.ts';
import { type Frame, frameOption } from './columns.ts';
import type { Palette } from './palette.ts';

export interface BandPoint {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Band extends Frame {
  /** One for each time; null where nothing is known. */
  readonly points: readonly (BandPoint | null)[];
}

const BAND_OPACITY = 0.25;

/** The band is two stacked lines: up to its lower bound nothing is filled, from there to the upper one it is. */
export function bandOption(band: Band, palette: Palette): ChartOption {
  const { points } = band;
  const data = (valueOf: (point: BandPoint) => number): (number | '-')[] => {
    return points.map((point) => (point === null ? '-' : valueOf(point)));
  };
  const common = { type: 'line', silent: true, showSymbol: false, symbol: 'circle', symbolSize: 4 } as const;
  const hidden = { ...common, stack: 'band', lineStyle: { width: 0 } } as const;
  const series: LineSeriesOption[] = [
    { ...hidden, data: data(({ low }) => low), areaStyle: { opacity: 0 } },
    {
      ...hidden,
      data: data(({ low, high }) => high - low),
      areaStyle: { opacity: BAND_OPACITY },
      color: palette.data,
    },
    {
      ...common,
      data: data(({ value }) => value),
      color: palette.data,
      lineStyle: { width: 1.5 },
      // A single minute between two gaps is no line: it is drawn as a point.
      showSymbol: true,
      showAllSymbol: false,
    },
  ];
  return { ...frameOption(band, palette), series };
}
