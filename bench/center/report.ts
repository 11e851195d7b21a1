/** What was measured of the center, in Markdown: goals first. */
import { describeMachine } from '../machine.ts';
import { count, decimals, megabytes } from '../numbers.ts';
import { markdown } from '../report.ts';
import type { CurveRow } from './curve.ts';
import type { LiveRow } from './live.ts';
import type { PathRow } from './path.ts';

export interface CenterResults {
  readonly paths: readonly PathRow[];
  readonly curve: readonly CurveRow[];
  readonly live: LiveRow;
  readonly load: number;
  readonly command: string;
  readonly date: Date;
}

const GOALS = { path_pps: 1e6, api_ms: 100, live_s: 90, idle_mib: 1024, peak_mib: 2048 };

export function centerReport({ paths, curve, live, load, command, date }: CenterResults): string {
  return `# The observation centre

Written by \`${command}\` on ${date.toISOString().slice(0, 10)}; not to be edited by hand.

## Goals of the centre

${goals({ paths, curve, live })}

## Capture to durable figures

\`noroshi replay\` and the center on the same two cores: read, walk, classify, gather, write Parquet, spool, send, verify, look up, store
with all roll-ups, until the summary and the account of all packets can be read. "Ingest alone": the same segments from a spool. "Sensor
alone": \`noroshi flows\` on the same capture, one worker. State on disk, every segment fsynced before it is acknowledged.
Flow rows lie in LZ4 for an hour and in ZSTD afterwards: the sizes are those of the first hour.

${markdown(
  [
    'capture',
    'packets',
    'rows',
    'path s',
    'path Mpps',
    'ingest alone s',
    'Mpps',
    'Mrows/s',
    'sensor alone Mpps',
    'center idle MiB',
    'peak MiB',
    'disk MB',
    'rows/GB',
  ],
  paths.map(pathCells),
)}

## Answers as the store fills

Thirty days, ${count(curve.at(-1)?.rows ?? 0)} flow rows at the most; milliseconds, whole HTTP requests on loopback. "First": the first question
after a start, when nothing is known yet. The center keeps what it computed of a day until that day changes.

${markdown(
  [
    'rows',
    'disk MB',
    'rows/GB',
    'peak MiB',
    ...(curve[0]?.questions.flatMap(({ path }) => [`${nameOf(path)} first`, 'median']) ?? []),
  ],
  curve.map(curveCells),
)}

## Live

From the beginning of a minute, when its first packet may have come, until the page's event with its figures was here:
${live.lags_s.map((lag) => `${decimals(lag, 1)} s`).join(', ')}.

## Machine of the centre

${describeMachine(load).join('\n')}
`;
}

function goals({ paths, curve, live }: Pick<CenterResults, 'paths' | 'curve' | 'live'>): string {
  const medians = curve.flatMap(({ questions }) => questions.map(({ median_ms }) => median_ms));
  const slowest = Math.max(...medians);
  const rows: [string, string, boolean][] = paths.map(({ scenario, packets, path_s }) => [
    `${scenario}: capture to durable figures at ≥ 1 M packets/s`,
    `${decimals(packets / path_s / 1e6, 2)} M packets/s`,
    packets / path_s >= GOALS.path_pps,
  ]);
  const idle = Math.max(...paths.map(({ idle_mib }) => idle_mib));
  const peak = Math.max(...paths.map(({ peak_mib }) => peak_mib));
  const lag = Math.max(...live.lags_s);
  const filled = count(curve.at(-1)?.rows ?? 0);
  rows.push([
    `an answer in < ${GOALS.api_ms} ms (median), ${filled} rows`,
    `${decimals(slowest, 1)} ms`,
    slowest < GOALS.api_ms,
  ]);
  rows.push([`packet to visible figure < ${GOALS.live_s} s`, `${decimals(lag, 1)} s`, lag < GOALS.live_s]);
  rows.push([`idle center ≤ ${GOALS.idle_mib} MiB`, `${count(idle)} MiB`, idle <= GOALS.idle_mib]);
  rows.push([`ingesting ≤ ${GOALS.peak_mib} MiB`, `${count(peak)} MiB`, peak <= GOALS.peak_mib]);
  return markdown(
    ['goal', ' figure', ' '],
    rows.map(([sentence, figure, isReached]) => [sentence, figure, isReached ? 'reached' : '**missed**']),
  );
}

function pathCells(row: PathRow): string[] {
  const { packets, path_s, ingest_s, sensor_s, rows, disk_bytes } = row;
  const rate = (seconds: number): string => decimals(packets / seconds / 1e6, 2);
  return [
    row.scenario,
    count(packets),
    count(rows),
    decimals(path_s, 1),
    rate(path_s),
    decimals(ingest_s, 1),
    rate(ingest_s),
    decimals(rows / ingest_s / 1e6, 2),
    rate(sensor_s),
    count(row.idle_mib),
    count(row.peak_mib),
    megabytes(disk_bytes),
    count((rows / disk_bytes) * 1e9),
  ];
}

function curveCells({ rows, disk_bytes, questions, rss_mib }: CurveRow): string[] {
  const times = questions.flatMap(({ first_ms, median_ms }) => [decimals(first_ms, 0), decimals(median_ms, 1)]);
  return [count(rows), megabytes(disk_bytes), count((rows / disk_bytes) * 1e9), count(rss_mib), ...times];
}

/** `/v1/rankings/ports?…` → `rankings/ports`. */
function nameOf(path: string): string {
  return path.replace(/^\/v1\/|\?.*$/g, '');
}
