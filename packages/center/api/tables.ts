/** Figures as tables, for `format=csv`. Each row says of which feed it is: a table that was saved must not lose that. */
import type { Conservation, Ranking, Series, Summary } from '@noroshi/wire/api/figures.ts';
import type { LiveWindow } from '@noroshi/wire/api/live.ts';
import type { Cell, Table } from '../publish/csv.ts';

export function summaryTable({ feed, period, figures }: Summary): Table {
  const rows = figures.flatMap(({ id, all, without_scanners }) => {
    return (
      [
        ['include', all],
        ['exclude', without_scanners],
      ] as const
    ).map(([scanners, measured]): Cell[] => [
      feed,
      period.name,
      id,
      scanners,
      measured.value,
      measured.interval?.low ?? null,
      measured.interval?.high ?? null,
      measured.previous,
      measured.change,
      measured.change_percent,
    ]);
  });
  const head = 'feed,period,figure,scanners,value,low,high,previous,change,change_percent';
  return { head: head.split(','), rows };
}

export function seriesTable({ feed, figure, step, points }: Series): Table {
  const rows = points.map(({ from_ms, value, without_scanners }): Cell[] => {
    return [feed, figure, step, new Date(from_ms).toISOString(), value, without_scanners];
  });
  return { head: 'feed,figure,step,from,value,without_scanners'.split(','), rows };
}

export function rankingTable({ feed, period, dimension, without_scanners, rows }: Ranking): Table {
  const scanners = without_scanners ? 'exclude' : 'include';
  const head =
    'feed,period,dimension,scanners,rank,key,label_ja,label_en,packets,rate,sources,share,' +
    'previous_rank,previous_rate,change,change_percent';
  const cells = rows.map((row): Cell[] => [
    feed,
    period.name,
    dimension,
    scanners,
    row.rank,
    row.key,
    row.label.ja,
    row.label.en,
    row.packets,
    row.rate,
    row.sources,
    row.share,
    row.previous_rank,
    row.previous_rate,
    row.change,
    row.change_percent,
  ]);
  return { head: head.split(','), rows: cells };
}

/** One row a count: what became of the packets, and why; refused segments are counted as segments. */
export function conservationTable(account: Conservation): Table {
  const { feed, segments, received, kept, filtered, dropped, stored, under_way, expired, rolled_up, refused } = account;
  const because = (what: string, counts: Readonly<Record<string, number>>, unit: string): Cell[][] => {
    return Object.entries(counts).map(([reason, count]) => [feed, what, reason, count, unit]);
  };
  const rows: Cell[][] = [
    [feed, 'segments', '', segments, 'segments'],
    [feed, 'received', '', received, 'packets'],
    [feed, 'kept', '', kept, 'packets'],
    ...because('filtered', filtered, 'packets'),
    ...because('dropped', dropped, 'packets'),
    [feed, 'stored', '', stored, 'packets'],
    [feed, 'under_way', '', under_way, 'packets'],
    [feed, 'expired', '', expired, 'packets'],
    [feed, 'rolled_up', '', rolled_up, 'packets'],
    ...because('refused', refused, 'segments'),
  ];
  return { head: 'feed,what,reason,count,unit'.split(','), rows };
}

export function liveTable({ feed, minutes }: LiveWindow): Table {
  const rows = minutes.map((minute): Cell[] => [
    feed,
    new Date(minute.minute_ms).toISOString(),
    minute.packets,
    minute.accesses,
    minute.scanner_accesses,
    minute.mirai,
    minute.backscatter,
    minute.address_seconds,
    minute.dropped,
  ]);
  const head = 'feed,minute,packets,accesses,scanner_accesses,mirai,backscatter,address_seconds,dropped';
  return { head: head.split(','), rows };
}
