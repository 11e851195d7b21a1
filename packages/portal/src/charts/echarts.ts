/** The part of ECharts that the page uses. In a chunk of its own: figures stand before the charts are there. */
import { BarChart, type BarSeriesOption, LineChart, type LineSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from 'echarts/components';
import { type ComposeOption, type ECharts, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption
>;
export type { BarSeriesOption, ECharts, LineSeriesOption };

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

export function makeChart(element: HTMLElement): ECharts {
  return init(element, undefined, { renderer: 'svg' });
}
