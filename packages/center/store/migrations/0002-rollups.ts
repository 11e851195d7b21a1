/**
 * The roll-ups, kept for ever but for `minutes`: each a table and the view that feeds it. Always read them with sum(), uniq…Merge() and GROUP BY:
 * rows of one key are added up only when parts merge.
 *
 * Accesses are packets of every class but `backscatter` and `response`. `is_scanner`: the source is on a list of acknowledged
 * scanners. `day` is the day by the store's own offset from UTC.
 *
 * `tokens` says which files are in: what one insert brings is one part, which is there whole or not at all, and one of its rows
 * carries the file's token. An insert that was cut short between two tables is completed table by table (repair.ts).
 *
 * Texts are grouped by their hashes, which costs a fifth of grouping by the texts: hashes of a LowCardinality column are made
 * once per different text, and a key of fixed size up to 32 bytes needs no memory of its own. `any` gives the text back.
 */
import type { Migration, Place } from './migration.ts';

export interface RollUp {
  readonly name: string;
  /** The table whose inserts feed it. */
  readonly source: 'flows' | 'minutes' | 'day_sources';
  /** Its column of time, as the table and the source's rows have it. */
  readonly time: 'minute' | 'hour' | 'day';
  /** Columns, in the order of the table's key. */
  readonly key: readonly string[];
  readonly values: readonly string[];
  /** What the view makes of the source's new rows. */
  readonly select: string;
}

const DURABLE = `fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
  default_compression_codec = 'ZSTD(1)'`;
export const SUM = 'SimpleAggregateFunction(sum, UInt64)';
const NAME = 'LowCardinality(String)';
const TOKENS = 'tokens SimpleAggregateFunction(groupArrayArray, Array(UInt64))';
export const ACCESSES = `flows.class NOT IN ('backscatter', 'response')`;
const IS_SCANNER = `flows.scanner != ''`;
export const IS_MIRAI = `position(concat(' ', flows.marks, ' '), ' mirai ') > 0`;
/** The service port is one: fragments and damaged packets have none. */
export const HAS_PORT = `flows.proto IN (6, 17) AND flows.class NOT IN ('fragment', 'malformed')`;

const COUNTS = ['packets', 'bytes', 'mirai_packets', 'marked_packets', 'low_port_packets', 'high_port_packets'];

/** The view's rows, the first of them with the token. */
export function marked(columns: readonly string[], inner: string): string {
  return `
SELECT ${columns.join(', ')}, if(rowNumberInAllBlocks() = 0, [token], emptyArrayUInt64()) AS tokens
FROM (${inner.replaceAll('\n', '\n  ')}
)`;
}

function minuteRollUps(): readonly RollUp[] {
  const counted = COUNTS.map((name) => `${name} ${SUM}`);
  return [
    {
      name: 'minutes',
      source: 'flows',
      time: 'minute',
      key: [
        `feed ${NAME}`,
        `minute DateTime('UTC')`,
        `sensor ${NAME}`,
        'is_scanner UInt8',
        'net UInt8',
        `class ${NAME}`,
      ],
      values: counted,
      select: marked(
        ['feed', 'minute', 'sensor', 'is_scanner', 'net', 'class', ...COUNTS],
        `
SELECT any(flows.feed) AS feed, toDateTime(flows.minute, 'UTC') AS minute, any(flows.sensor) AS sensor,
  ${IS_SCANNER} AS is_scanner, net, any(flows.class) AS class,
  sum(flows.packets) AS packets,
  sum(flows.bytes) AS bytes,
  sumIf(flows.packets, ${IS_MIRAI}) AS mirai_packets,
  sumIf(flows.packets, flows.marks != '') AS marked_packets,
  sumIf(flows.packets, ${HAS_PORT} AND flows.service_port <= 1023) AS low_port_packets,
  sumIf(flows.packets, ${HAS_PORT} AND flows.service_port >= 1024) AS high_port_packets,
  any(flows.token) AS token
FROM flows
GROUP BY cityHash64(flows.feed) + 3 * cityHash64(flows.sensor) + 5 * cityHash64(flows.class), minute, is_scanner, net`,
      ),
    },
    {
      name: 'hours',
      source: 'minutes',
      time: 'hour',
      key: [`feed ${NAME}`, `hour DateTime('UTC')`, `sensor ${NAME}`, 'is_scanner UInt8', 'net UInt8', `class ${NAME}`],
      values: counted,
      select: `
SELECT feed, toStartOfHour(minute) AS hour, sensor, is_scanner, net, class,
  ${COUNTS.map((name) => `sum(minutes.${name}) AS ${name}`).join(', ')},
  groupArrayArray(minutes.tokens) AS tokens
FROM minutes
GROUP BY feed, hour, sensor, is_scanner, net, class`,
    },
  ];
}

function sourceRollUps(keys: string): readonly RollUp[] {
  const key = [`feed ${NAME}`, 'day Date', 'is_scanner UInt8'];
  const again = (column: string): string => `any(day_sources.${column}) AS ${column}`;
  return [
    {
      name: 'day_sources',
      source: 'flows',
      time: 'day',
      key: [`feed ${NAME}`, 'day Date', 'src IPv6', 'is_scanner UInt8', `class ${NAME}`],
      values: [
        `country SimpleAggregateFunction(min, ${NAME})`,
        'asn SimpleAggregateFunction(max, UInt32)',
        `packets ${SUM}`,
        `mirai_packets ${SUM}`,
        'ports AggregateFunction(uniqExact, UInt32)',
        'net SimpleAggregateFunction(max, UInt8)',
      ],
      select: marked(
        ['feed', 'day', 'is_scanner', 'src', 'class', 'country', 'asn', 'packets', 'mirai_packets', 'ports', 'net'],
        `
SELECT ${keys}, src, any(flows.class) AS class, any(flows.country) AS country, any(flows.asn) AS asn,
  sum(flows.packets) AS packets, sumIf(flows.packets, ${IS_MIRAI}) AS mirai_packets,
  uniqExactStateIf(toUInt32(proto * 65536 + service_port), ${HAS_PORT}) AS ports, any(flows.net) AS net, any(flows.token) AS token
FROM flows
WHERE ${ACCESSES}
GROUP BY cityHash64(flows.feed) + 5 * cityHash64(flows.class), day, src, is_scanner`,
      ),
    },
    {
      name: 'day_countries',
      source: 'day_sources',
      time: 'day',
      key: [...key, 'net UInt8', `class ${NAME}`, `country ${NAME}`],
      values: [`packets ${SUM}`],
      select: `
SELECT ${again('feed')}, day, is_scanner, net, ${again('class')}, ${again('country')}, sum(day_sources.packets) AS packets,
  groupArrayArray(day_sources.tokens) AS tokens
FROM day_sources
GROUP BY cityHash64(day_sources.feed), day, is_scanner, net, cityHash64(day_sources.class), cityHash64(day_sources.country)`,
    },
    {
      name: 'day_networks',
      source: 'day_sources',
      time: 'day',
      key: [...key, 'net UInt8', `class ${NAME}`, 'asn UInt32'],
      values: [`packets ${SUM}`],
      select: `
SELECT ${again('feed')}, day, is_scanner, net, ${again('class')}, day_sources.asn AS asn, sum(day_sources.packets) AS packets,
  groupArrayArray(day_sources.tokens) AS tokens
FROM day_sources
GROUP BY cityHash64(day_sources.feed), day, is_scanner, net, cityHash64(day_sources.class), asn`,
    },
  ];
}

function portAndMarkRollUps(keys: string): readonly RollUp[] {
  const key = [`feed ${NAME}`, 'day Date', 'is_scanner UInt8'];
  return [
    {
      name: 'day_ports',
      source: 'flows',
      time: 'day',
      key: [...key, 'net UInt8', `class ${NAME}`, 'proto UInt8', 'service_port UInt16'],
      values: [`packets ${SUM}`, 'sources AggregateFunction(uniqCombined64(13), IPv6)'],
      select: marked(
        ['feed', 'day', 'is_scanner', 'net', 'class', 'proto', 'service_port', 'packets', 'sources'],
        `
SELECT ${keys}, net, any(flows.class) AS class, proto, service_port,
  sum(flows.packets) AS packets, uniqCombined64State(13)(src) AS sources, any(flows.token) AS token
FROM flows
GROUP BY cityHash64(flows.feed) + 5 * cityHash64(flows.class), day, is_scanner, net, proto, service_port`,
      ),
    },
    {
      name: 'day_marks',
      source: 'flows',
      time: 'day',
      key: [...key, 'net UInt8', `mark ${NAME}`],
      values: [`packets ${SUM}`, 'sources AggregateFunction(uniqExact, IPv6)'],
      select: marked(
        ['feed', 'day', 'is_scanner', 'net', 'mark', 'packets', 'sources'],
        `
SELECT feed, day, is_scanner, net, arrayJoin(splitByChar(' ', marks)) AS mark, sum(packed) AS packets,
  uniqExactMergeState(seen) AS sources, any(label) AS token
FROM (
  SELECT ${keys}, net, any(flows.marks) AS marks, sum(flows.packets) AS packed, uniqExactState(src) AS seen, any(flows.token) AS label
  FROM flows
  WHERE flows.marks != '' AND ${ACCESSES}
  GROUP BY cityHash64(flows.feed) + 5 * cityHash64(flows.marks), day, is_scanner, net
)
GROUP BY feed, day, is_scanner, net, mark`,
      ),
    },
  ];
}

function partnerRollUps(day: string): readonly RollUp[] {
  return [
    {
      name: 'day_scanners',
      source: 'flows',
      time: 'day',
      key: [`feed ${NAME}`, 'day Date', 'net UInt8', `scanner ${NAME}`],
      values: [`packets ${SUM}`, 'sources AggregateFunction(uniqExact, IPv6)'],
      select: marked(
        ['feed', 'day', 'net', 'scanner', 'packets', 'sources'],
        `
SELECT flows.feed AS feed, ${day} AS day, net, flows.scanner AS scanner, sum(flows.packets) AS packets,
  uniqExactState(src) AS sources, any(flows.token) AS token
FROM flows
WHERE ${IS_SCANNER} AND ${ACCESSES}
GROUP BY feed, day, net, scanner`,
      ),
    },
    {
      name: 'day_victims',
      source: 'flows',
      time: 'day',
      key: [`feed ${NAME}`, 'day Date', 'victim IPv6', 'is_scanner UInt8', 'proto UInt8', 'service_port UInt16'],
      values: [
        `packets ${SUM}`,
        `country SimpleAggregateFunction(min, ${NAME})`,
        'asn SimpleAggregateFunction(max, UInt32)',
        'first_ms SimpleAggregateFunction(min, Int64)',
        'last_ms SimpleAggregateFunction(max, Int64)',
      ],
      select: marked(
        [
          'feed',
          'day',
          'victim',
          'is_scanner',
          'proto',
          'service_port',
          'packets',
          'country',
          'asn',
          'first_ms',
          'last_ms',
        ],
        `
SELECT any(flows.feed) AS feed, ${day} AS day, victim, ${IS_SCANNER} AS is_scanner,
  if(isNull(quoted_dst), flows.proto, quoted_proto) AS proto,
  if(isNull(quoted_dst), flows.service_port, quoted_port) AS service_port,
  sum(flows.packets) AS packets, any(victim_country) AS country, any(victim_asn) AS asn,
  min(toUnixTimestamp64Milli(flows.minute) + intDiv(first_us, 1000)) AS first_ms,
  max(toUnixTimestamp64Milli(flows.minute) + intDiv(toUInt64(first_us) + duration_us, 1000)) AS last_ms,
  any(flows.token) AS token
FROM flows
WHERE flows.class = 'backscatter' AND flows.victim != flows.dst
GROUP BY cityHash64(flows.feed), day, victim, is_scanner, proto, service_port`,
      ),
    },
  ];
}

/** The day of a flow row, by the store's own offset. */
function dayOf({ offset_minutes }: Place): string {
  const local = offset_minutes === 0 ? 'flows.minute' : `flows.minute + toIntervalMinute(${offset_minutes})`;
  return `toDate(${local})`;
}

/** The columns that every day's key begins with, of a group of flow rows. */
export function dayKeys(place: Place): string {
  return `any(flows.feed) AS feed, ${dayOf(place)} AS day, ${IS_SCANNER} AS is_scanner`;
}

/** All of them as this step made them; a table stands behind the one that feeds it. */
export function rollUpsOf(place: Place): readonly RollUp[] {
  const [day, keys] = [dayOf(place), dayKeys(place)];
  return [...minuteRollUps(), ...sourceRollUps(keys), ...portAndMarkRollUps(keys), ...partnerRollUps(day)];
}

function tableOf({ name, key, values, time }: RollUp): string {
  const names = key.map((column) => column.split(' ', 1)[0]);
  // A segment stays within one day of UTC, and what it brings must be one part. Days of another offset are not cut at all.
  const partition = { minute: 'PARTITION BY toYYYYMMDD(minute)\n', hour: 'PARTITION BY toYYYYMM(hour)\n', day: '' }[
    time
  ];
  return `
CREATE TABLE IF NOT EXISTS ${name} (
  ${[...key, ...values, TOKENS].join(',\n  ')}
) ENGINE = AggregatingMergeTree
${partition}ORDER BY (${names.join(', ')})
SETTINGS ${DURABLE}`;
}

function statements(place: Place): string[] {
  const all = rollUpsOf(place);
  const views = all.map(
    ({ name, select }) => `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}_view TO ${name} AS${select}`,
  );
  return [...all.map(tableOf), ...views];
}

export const rollups: Migration = { name: '0002-rollups', statements };
