/**
 * January and February 2021 as flow rows whose sums are what NPA printed for February (令和3年2月期観測資料). What it printed is
 * marked; the rest is invented so that the sums hold. One row is one source on one day.
 */
import type { FlowRow } from '@noroshi/center/query/testing.ts';
import type { Words } from '@noroshi/wire/net/address.ts';

/** Addresses of the one sensor: figures per address have two decimals then. */
export const ADDRESSES = 100;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TCP = 6;
const UDP = 17;

/** Rows and packets of one day. */
interface Group {
  readonly ports: readonly number[];
  readonly proto: number;
  readonly mark: string;
  readonly rows: number;
  readonly packets: number;
}

interface Month {
  readonly from_ms: number;
  readonly days: number;
  /** Sources and packets a day. */
  readonly ports: readonly (readonly [port: number, proto: number, rows: number, packets: number])[];
  /** Sources and packets a day. */
  readonly accesses: { readonly rows: number; readonly packets: number };
  readonly marked: { readonly rows: number; readonly packets: number };
  /** Victims and packets of the whole month. */
  readonly backscatter: { readonly victims: number; readonly packets: number };
  /** Days that have one source more, and one marked source more. */
  readonly extra: { readonly sources: number; readonly marked: number };
}

export const JANUARY: Month = {
  from_ms: Date.UTC(2021, 0, 1),
  days: 31,
  ports: [
    [445, TCP, 9800, 56_120],
    [23, TCP, 8300, 34_188],
    [1433, TCP, 1100, 11_002],
    [22, TCP, 1600, 13_177],
    [123, UDP, 55, 6011],
    [8080, TCP, 900, 7201],
    [80, TCP, 1300, 5844],
    [3389, TCP, 700, 6555],
    [5555, TCP, 650, 3120],
    [81, TCP, 400, 3466],
  ],
  // February’s changes as printed: −1,093.5 accesses and −3,714.1 sources.
  accesses: { rows: 49_522, packets: 653_180 },
  marked: { rows: 12_500, packets: 110_000 },
  backscatter: { victims: 31 * 650, packets: 31 * 12_000 },
  extra: { sources: 3, marked: 0 },
};

export const FEBRUARY: Month = {
  from_ms: Date.UTC(2021, 1, 1),
  days: 28,
  // The first five as printed: 507.14, 293.09, 127.95, 113.88 and 81.95 a day and address.
  ports: [
    [445, TCP, 9000, 50_714],
    [23, TCP, 8000, 29_309],
    [1433, TCP, 1200, 12_795],
    [22, TCP, 1500, 11_388],
    [123, UDP, 60, 8195],
    [80, TCP, 1250, 7012],
    [3389, TCP, 720, 6431],
    [8080, TCP, 830, 5978],
    [5555, TCP, 610, 4105],
    [1900, UDP, 35, 3390],
  ],
  // As printed: 5,438.3 from 45,808.0 sources; signatures 1,071.4 from 12,048.1; 13,283.3 backscatter packets from 684.9 victims.
  accesses: { rows: 45_808, packets: 543_830 },
  marked: { rows: 12_048, packets: 107_140 },
  backscatter: { victims: 19_177, packets: 371_932 },
  extra: { sources: 0, marked: 3 },
};

/** Weekdays and weekends differ; a week's differences add up to nothing. 2021-01-01 was a Friday. */
const WEEK = [2, -1, -3, 0, 1, 1, 0].map((weight) => weight * 20_000);
/** One source sweeps so many ports every day. */
const SWEEP_PORTS = 120;

/** All rows of one day of a month, 0 … days − 1. */
export function rowsOf(month: Month, day: number): FlowRow[] {
  const { ports, accesses, marked, extra } = month;
  const rows = accesses.rows + Number(day < extra.sources);
  const markedRows = marked.rows + Number(day < extra.marked);
  const named = ports.map(([port, proto, count, packets]): Group => {
    return { ports: [port], proto, mark: port === 23 ? 'mirai' : '', rows: count, packets };
  });
  const mirai = named.filter(({ mark }) => mark !== '');
  const masscan: Group = {
    ports: OTHER_PORTS,
    proto: TCP,
    mark: 'masscan',
    rows: markedRows - total(mirai, 'rows'),
    packets: marked.packets - total(mirai, 'packets'),
  };
  // Only whole weeks swing, so that the month's sum stays what it is.
  const swing = day < 28 ? WEEK[day % 7] : 0;
  const rest: Group = {
    ports: OTHER_PORTS,
    proto: TCP,
    mark: '',
    rows: rows - total([...named, masscan], 'rows'),
    packets: accesses.packets - total([...named, masscan], 'packets') - SWEEP_PORTS + swing,
  };
  const groups = spread([...named, masscan, rest], month.from_ms + day * DAY_MS);
  return [...groups, ...sweepOf(groups[groups.length - 1]), ...backscatterOf(month, day)];
}

/** Ports of which none comes near the named ones: 3,000 of them, low and high. */
const OTHER_PORTS = Array.from({ length: 3000 }, (_, index) => 500 + 3 * index).filter(
  (port) => ![1433, 3389, 5555].includes(port),
);

function spread(groups: readonly Group[], from_ms: number): FlowRow[] {
  const rows: FlowRow[] = [];
  for (const { ports, proto, mark, rows: count, packets } of groups) {
    for (let index = 0; index < count; index++) {
      rows.push({
        minute_ms: from_ms + (index % 24) * HOUR_MS,
        src: sourceOf(rows.length),
        dst: OURS,
        proto,
        service_port: ports[index % ports.length],
        class: 'probe',
        marks: mark,
        packets: shareOf(packets, count, index),
      });
    }
  }
  return rows;
}

function sweepOf(row: FlowRow): FlowRow[] {
  return Array.from({ length: SWEEP_PORTS }, (_, index) => ({ ...row, service_port: 20_000 + index, packets: 1 }));
}

function backscatterOf({ from_ms, days, backscatter }: Month, day: number): FlowRow[] {
  const victims = shareOf(backscatter.victims, days, day);
  const packets = shareOf(backscatter.packets, days, day);
  return Array.from({ length: victims }, (_, index) => ({
    minute_ms: from_ms + day * DAY_MS + (index % 24) * HOUR_MS,
    src: [0, 0, 0xffff, (0x2d00_0000 + index) | 0],
    dst: OURS,
    proto: TCP,
    service_port: 80,
    class: 'backscatter',
    marks: '',
    packets: shareOf(packets, victims, index),
  }));
}

/** The part with this index of `whole` in `parts` whole numbers that differ by at most one. */
function shareOf(whole: number, parts: number, index: number): number {
  return Math.floor(whole / parts) + Number(index < whole % parts);
}

const OURS: Words = [0, 0, 0xffff, 0x1925_0001];

/** Blocks of sources: prefix, country, AS, holder, and how many of a hundred sources. */
const BLOCKS = [
  { first: 0x0500_0000, prefix: '5.0.0.0/16', country: 'RU', asn: 64_496, holder: 'Birch Hosting', parts: 31 },
  { first: 0x0600_0000, prefix: '6.0.0.0/16', country: 'US', asn: 64_497, holder: 'Prairie Cloud, Inc.', parts: 22 },
  { first: 0x0700_0000, prefix: '7.0.0.0/16', country: 'NL', asn: 64_498, holder: 'Polder Networks B.V.', parts: 17 },
  { first: 0x0800_0000, prefix: '8.0.0.0/16', country: 'CN', asn: 64_499, holder: '=Lotus Telecom', parts: 15 },
  { first: 0x0b00_0000, prefix: '11.0.0.0/16', country: 'BG', asn: 64_500, holder: 'Rose <Valley>', parts: 9 },
  { first: 0x0e00_0000, prefix: '14.0.0.0/16', country: 'JP', asn: 64_501, holder: '富士ネットワーク', parts: 4 },
  { first: 0x0f00_0000, prefix: '', country: 'unknown', asn: 0, holder: '', parts: 2 },
];
const BLOCK_OF = BLOCKS.flatMap((block) => Array.from({ length: block.parts }, () => block));

function sourceOf(index: number): Words {
  // 37 and 100 have no common divisor: neighbours come from different countries.
  const block = BLOCK_OF[(index * 37) % 100];
  return [0, 0, 0xffff, (block.first + index) | 0];
}

const KNOWN = BLOCKS.filter(({ prefix }) => prefix !== '');

/** What the store is told of these addresses. */
export const TABLES = {
  versions: { country: 'countries 2021-03-01', asn: 'networks 2021-03-01', scanners: 'scanners 2021-03-01' },
  networks: () => KNOWN,
  holders: () => KNOWN.map(({ asn, holder }) => ({ asn, name: holder })),
  scanners: [
    { prefix: '7.0.0.0/18', organisation: 'Lighthouse Survey' },
    { prefix: '6.0.8.0/21', organisation: 'University of Somewhere' },
  ],
};

function total(groups: readonly Group[], what: 'rows' | 'packets'): number {
  return groups.reduce((sum, group) => sum + group[what], 0);
}
