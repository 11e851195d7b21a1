/**
 * Every published number computed the obvious way, from rows in memory: what the roll-ups and their SQL are held against. For tests
 * only. Nothing here is shared with the code that it checks but the names of figures.
 */
import type { Dimension } from '@noroshi/wire/api/figures.ts';
import { formatAddress, formatIpv6, type Words } from '@noroshi/wire/net/address.ts';
import type { FlowRow, SegmentPlan } from './testing.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the tables say of an address. */
export interface Place {
  readonly country: string;
  readonly asn: number;
  /** Organisation, '' for none. */
  readonly scanner: string;
}

export interface World {
  readonly segments: readonly { readonly plan: SegmentPlan; readonly rows: readonly FlowRow[] }[];
  readonly placeOf: (address: Words) => Place;
}

type Test = (row: FlowRow) => boolean;

const isAccess: Test = (row) => row.class !== 'backscatter' && row.class !== 'response';
const isIpv6 = ([w0, w1, w2]: Words): boolean => w0 !== 0 || w1 !== 0 || w2 !== 0xffff;
const hasPort: Test = (row) =>
  (row.proto === 6 || row.proto === 17) && row.class !== 'fragment' && row.class !== 'malformed';
const marksOf = (row: FlowRow): string[] => (row.marks === '' ? [] : row.marks.split(' '));
const textOf = (address: Words): string => formatAddress(...address);
const victimOf = (row: FlowRow): Words => row.quoted_dst ?? row.src;
const isVictim: Test = (row) => row.class === 'backscatter' && formatIpv6(...victimOf(row)) !== formatIpv6(...row.dst);

/** The plain answers over some rows of a world. */
export class Oracle {
  private readonly world: World;
  private readonly rows: readonly FlowRow[];

  /** @param plain without rows whose source is an acknowledged scanner */
  constructor(world: World, plain: boolean) {
    this.world = world;
    this.rows = world.segments
      .flatMap(({ rows }) => rows)
      .filter((row) => !plain || world.placeOf(row.src).scanner === '');
  }

  /** A figure of the days that begin at these times; null where nothing can be divided by. */
  figure(id: string, days_ms: readonly number[], length_ms = DAY_MS): number | null {
    const ipv4: Test = (row) => isAccess(row) && !isIpv6(row.src);
    const ipv6: Test = (row) => isAccess(row) && isIpv6(row.src);
    const time = { days_ms, length_ms };
    switch (id) {
      case 'accesses':
        return this.rate(time, 'addresses', ipv4);
      case 'access_spacing': {
        const rate = this.rate(time, 'addresses', ipv4);
        return rate === null || rate === 0 ? null : 86_400 / rate;
      }
      case 'low_port_accesses':
        return this.rate(time, 'addresses', (row) => ipv4(row) && hasPort(row) && row.service_port < 1024);
      case 'high_port_accesses':
        return this.rate(time, 'addresses', (row) => ipv4(row) && hasPort(row) && row.service_port >= 1024);
      case 'mirai_accesses':
        return this.rate(time, 'addresses', (row) => ipv4(row) && marksOf(row).includes('mirai'));
      case 'marked_accesses':
        return this.rate(time, 'addresses', (row) => ipv4(row) && row.marks !== '');
      case 'ipv6_accesses':
        return this.rate(time, 'networks64', ipv6);
      case 'backscatter':
        return this.rate(time, 'covered', (row) => row.class === 'backscatter');
      case 'ipv6_share':
        return this.share(time, ipv6);
      case 'scanner_share':
        return this.share(time, (row) => isAccess(row) && this.world.placeOf(row.src).scanner !== '');
      case 'sources':
        return this.distinct(time, (rows) => sourcesOf(rows.filter(isAccess)).size);
      case 'mirai_sources':
        return this.distinct(time, (rows) => {
          return sourcesOf(rows.filter((row) => isAccess(row) && marksOf(row).includes('mirai'))).size;
        });
      case 'marked_sources':
        return this.distinct(time, (rows) => sourcesOf(rows.filter((row) => isAccess(row) && row.marks !== '')).size);
      case 'many_port_sources':
        return this.distinct(time, (rows) => portsBySource(rows).filter((ports) => ports >= 100).length);
      case 'several_port_sources':
        return this.distinct(time, (rows) => portsBySource(rows).filter((ports) => ports > 10).length);
      case 'victims':
        return this.distinct(time, (rows) => new Set(rows.filter(isVictim).map((row) => textOf(victimOf(row)))).size);
      default:
        throw new Error(`Cannot check figure ${id}: the oracle does not know it`);
    }
  }

  /** Packets by key of the rows in [from_ms, to_ms). */
  packetsBy(dimension: Dimension, from_ms: number, to_ms: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const row of this.rowsIn(from_ms, to_ms)) {
      for (const key of this.keysOf(dimension, row)) counts.set(key, (counts.get(key) ?? 0) + row.packets);
    }
    return counts;
  }

  /** Packets of all accesses in [from_ms, to_ms). */
  accesses(from_ms: number, to_ms: number): number {
    return sum(this.rowsIn(from_ms, to_ms).filter(isAccess), (row) => row.packets);
  }

  /** Packets of a key that count in its rate, ÷ exposure. */
  rateOf(dimension: Dimension, key: string, days_ms: readonly number[]): number | null {
    const time = { days_ms, length_ms: DAY_MS };
    const isKey: Test = (row) => this.keysOf(dimension, row).includes(key);
    if (dimension === 'victims') return this.rate(time, 'covered', isKey);
    return this.rate(time, 'addresses', (row) => isKey(row) && !isIpv6(row.src));
  }

  /** Mean distinct sources a day of a key. */
  sourcesOf(dimension: Dimension, key: string, days_ms: readonly number[]): number | null {
    if (dimension === 'victims') return null;
    const count = (rows: readonly FlowRow[]): number =>
      sourcesOf(rows.filter((row) => this.keysOf(dimension, row).includes(key))).size;
    return this.distinct({ days_ms, length_ms: DAY_MS }, count);
  }

  keysOf(dimension: Dimension, row: FlowRow): string[] {
    if (dimension === 'victims') return isVictim(row) ? [textOf(victimOf(row))] : [];
    if (!isAccess(row)) return [];
    const { country, asn, scanner } = this.world.placeOf(row.src);
    switch (dimension) {
      case 'ports':
        return hasPort(row) ? [`${row.service_port}/${row.proto === 6 ? 'tcp' : 'udp'}`] : [];
      case 'countries':
        return [country];
      case 'networks':
        return [asn === 0 ? 'unknown' : `AS${asn}`];
      case 'marks':
        return marksOf(row);
      case 'scanners':
        return scanner === '' ? [] : [scanner];
      default:
        return dimension satisfies never;
    }
  }

  rowsIn(from_ms: number, to_ms: number): FlowRow[] {
    return this.rows.filter((row) => row.minute_ms >= from_ms && row.minute_ms < to_ms);
  }

  private rate({ days_ms, length_ms }: Time, what: Unit, test: Test): number | null {
    let [packets, exposure] = [0, 0];
    for (const from_ms of days_ms) {
      const listened = this.exposure(what, from_ms, from_ms + length_ms);
      exposure += listened;
      if (listened > 0) packets += sum(this.rowsIn(from_ms, from_ms + length_ms).filter(test), (row) => row.packets);
    }
    return exposure > 0 ? packets / exposure : null;
  }

  private share({ days_ms, length_ms }: Time, test: Test): number | null {
    const rows = days_ms.flatMap((from_ms) => this.rowsIn(from_ms, from_ms + length_ms)).filter(isAccess);
    const all = sum(rows, (row) => row.packets);
    return all > 0 ? sum(rows.filter(test), (row) => row.packets) / all : null;
  }

  private distinct({ days_ms, length_ms }: Time, count: (rows: readonly FlowRow[]) => number): number | null {
    let [weighted, weight] = [0, 0];
    for (const from_ms of days_ms) {
      const covered = this.exposure('covered', from_ms, from_ms + length_ms);
      weighted += covered * count(this.rowsIn(from_ms, from_ms + length_ms));
      weight += covered;
    }
    return weight > 0 ? weighted / weight : null;
  }

  /** Days, days × addresses or days × networks in [from_ms, to_ms), hour by hour. */
  exposure(what: Unit, from_ms: number, to_ms: number): number {
    let total_ms = 0;
    for (let hour_ms = from_ms; hour_ms < to_ms; hour_ms += HOUR_MS) {
      const bySensor = new Map<string, number>();
      for (const { plan } of this.world.segments) {
        for (const span of plan.exposure) {
          const overlap_ms = Math.max(0, Math.min(span.to_ms, hour_ms + HOUR_MS) - Math.max(span.from_ms, hour_ms));
          const isListening = span.addresses + span.networks64 > 0;
          const units = what === 'covered' ? Number(isListening) : span[what];
          bySensor.set(plan.sensor, (bySensor.get(plan.sensor) ?? 0) + overlap_ms * units);
        }
      }
      const values = [...bySensor.values()];
      total_ms += what === 'covered' ? Math.min(HOUR_MS, Math.max(0, ...values)) : sum(values, (value) => value);
    }
    return total_ms / DAY_MS;
  }
}

type Unit = 'addresses' | 'networks64' | 'covered';

interface Time {
  readonly days_ms: readonly number[];
  readonly length_ms: number;
}

function sourcesOf(rows: readonly FlowRow[]): Set<string> {
  return new Set(rows.map((row) => textOf(row.src)));
}

/** How many ports each source of accesses touched. */
function portsBySource(rows: readonly FlowRow[]): number[] {
  const ports = new Map<string, Set<string>>();
  for (const row of rows.filter((one) => isAccess(one) && hasPort(one))) {
    const key = textOf(row.src);
    const own = ports.get(key) ?? new Set();
    ports.set(key, own.add(`${row.proto}/${row.service_port}`));
  }
  return [...ports.values()].map((own) => own.size);
}

function sum<T>(values: readonly T[], value: (one: T) => number): number {
  return values.reduce((total, one) => total + value(one), 0);
}
