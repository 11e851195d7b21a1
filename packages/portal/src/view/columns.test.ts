import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { FakeCenter, OFFSET_MINUTES } from '../../testing/fixtures.ts';
import { columnsOption, COLUMNS_MAX, total } from '../charts/columns.ts';
import { type Course, courseColumns, isSplit, stepOf } from './course.ts';
import { accessColumns, backscatterColumns, liveBins, type LiveView } from './live-columns.ts';

const NOW_MS = Date.UTC(2025, 10, 21, 5, 47);
mock.timers.enable({ apis: ['Date'], now: NOW_MS });
const center = new FakeCenter(NOW_MS);
const [definition] = center.definitions().figures;
const PALETTE = {
  ink: '#000',
  muted: '#555',
  line: '#ddd',
  paper: '#fff',
  data: '#115',
  'data-soft': '#88b',
  other: '#777',
  newest: '#000',
  ember: '#c40',
  'shade-2': '#bbd',
  font: 'sans-serif',
};

function live(change: Partial<LiveView> = {}): LiveView {
  const window = center.live('network');
  return { window, span: '24h', scanners: 'include', language: 'en', offset_minutes: OFFSET_MINUTES, ...change };
}

function course(change: Partial<Course> = {}): Course {
  const series = center.series('network', 'accesses', 'hour', null);
  const about = { definition, scanners: 'include', language: 'en', offset_minutes: OFFSET_MINUTES } as const;
  return { series, previous: undefined, ...about, ...change };
}

test('accessColumns: a day of five minutes, an hour of single ones; scanners on top', () => {
  const day = accessColumns(live(), liveBins(live()));
  assert.equal(day.columns.length, 288);
  assert.deepEqual(day.colours, ['data', 'data-soft']);
  const hour = live({ span: '1h', scanners: 'exclude' });
  const columns = accessColumns(hour, liveBins(hour));
  assert.equal(columns.columns.length, 60);
  assert.deepEqual(columns.colours, ['data']);
});

test('accessColumns: names hours on the center’s clock, and the day at midnight', () => {
  const { columns, tick } = accessColumns(live(), liveBins(live()));
  assert.deepEqual(
    columns.map(tick).filter((text) => text !== ''),
    ['15:00', '18:00', '21:00', '21 Nov', '03:00', '06:00', '09:00', '12:00'],
  );
});

test('backscatterColumns: nothing where nothing listened', () => {
  const { columns } = backscatterColumns(live(), liveBins(live()));
  assert.equal(columns.filter((column) => total(column) === null).length, 4);
});

test('stepOf: the step wished for when the figure has it', () => {
  const daily = { ...definition, steps: ['day'] as const };
  assert.equal(stepOf(definition, undefined, 7), 'hour');
  assert.equal(stepOf(definition, undefined, 30), 'day');
  assert.equal(stepOf(definition, 'hour', 30), 'hour');
  assert.equal(stepOf(daily, 'hour', 7), 'day');
});

test('courseColumns: two parts add up to the value; without scanners there is one', () => {
  const { columns } = courseColumns(course());
  const { points } = course().series;
  assert.ok(columns.every((column, index) => Math.abs((total(column) ?? 0) - (points[index].value ?? 0)) < 1e-6));
  const without = courseColumns(course({ scanners: 'exclude' }));
  assert.deepEqual(
    without.columns.map(({ parts }) => parts),
    points.map((point) => [point.without_scanners]),
  );
  assert.equal(isSplit(course({ definition: { ...definition, is_share: true } })), false);
});

test('courseColumns: what a reader points at is said in full', () => {
  const previous = center.series('network', 'accesses', 'hour', '2025-11-07/2025-11-14');
  const { columns, pointed } = courseColumns(course({ previous }));
  assert.match(
    pointed(columns[5]),
    /^14 Nov 05:00 {2}[\d,.]+\nacknowledged scanners {2}[\d,.]+\nperiod before {2}[\d,.]+$/,
  );
});

test('columnsOption: columns while they are wide enough, then filled lines; the newest and the highest are marked', () => {
  const chart = accessColumns(live(), liveBins(live()));
  const series = [columnsOption(chart, PALETTE, 1000).series].flat();
  assert.deepEqual(
    series.map((one) => one?.type),
    ['bar', 'bar'],
  );
  const text = JSON.stringify(series);
  assert.equal(text.split('"itemStyle"').length - 1, 2);
  assert.equal(text.split('"label"').length - 1, 1);
  const month = courseColumns(course({ series: center.series('network', 'accesses', 'hour', '2025-10') }));
  assert.ok(month.columns.length > COLUMNS_MAX);
  assert.deepEqual(
    [columnsOption(month, PALETTE, 1000).series].flat().map((one) => one?.type),
    ['line', 'line'],
  );
});

test('columnsOption: nothing at all is a chart without a highest column', () => {
  const silent = { ...center.live('network'), minutes: [] };
  const chart = accessColumns(live({ window: silent }), liveBins(live({ window: silent })));
  assert.equal(JSON.stringify(columnsOption(chart, PALETTE, 1000)).includes('"label"'), false);
});
