/**
 * Marked sources are counted from `day_sources`, where each source is a row, and sources by mark with HyperLogLog (2¹⁸ registers;
 * exact up to 8,000, then 0.2 %). The exact sets of addresses that `day_marks` kept took 0.8 GiB to add up on a day with four
 * million marked sources, and more time to merge than all other roll-ups together.
 *
 * What is new is filled from the flow rows that are there; of days whose rows retention had dropped before, sources are known as
 * before, but not which of them were marked. Filling twice changes nothing: a kill may come at any time.
 */
import {
  ACCESSES,
  dayKeys,
  HAS_PORT,
  IS_MIRAI,
  marked,
  type RollUp,
  rollUpsOf as before,
  SUM,
} from './0002-rollups.ts';
import type { Migration, Place } from './migration.ts';

const IS_MARKED = 'is_marked SimpleAggregateFunction(max, UInt8)';
const SEEN = 'seen AggregateFunction(uniqCombined64(18), IPv6)';

function daySources(rollUp: RollUp, place: Place): RollUp {
  return {
    ...rollUp,
    values: [...rollUp.values, IS_MARKED],
    select: marked(
      [
        'feed',
        'day',
        'is_scanner',
        'src',
        'class',
        'country',
        'asn',
        'packets',
        'mirai_packets',
        'ports',
        'net',
        'is_marked',
      ],
      `
SELECT ${dayKeys(place)}, src, any(flows.class) AS class, any(flows.country) AS country, any(flows.asn) AS asn,
  sum(flows.packets) AS packets, sumIf(flows.packets, ${IS_MIRAI}) AS mirai_packets,
  uniqExactStateIf(toUInt32(proto * 65536 + service_port), ${HAS_PORT}) AS ports, any(flows.net) AS net,
  max(flows.marks != '') AS is_marked, any(flows.token) AS token
FROM flows
WHERE ${ACCESSES}
GROUP BY cityHash64(flows.feed) + 5 * cityHash64(flows.class), day, src, is_scanner`,
    ),
  };
}

function dayMarks(rollUp: RollUp, place: Place): RollUp {
  return {
    ...rollUp,
    values: [`packets ${SUM}`, SEEN],
    select: marked(
      ['feed', 'day', 'is_scanner', 'net', 'mark', 'packets', 'seen'],
      `
SELECT feed, day, is_scanner, net, arrayJoin(splitByChar(' ', marks)) AS mark, sum(packed) AS packets,
  uniqCombined64MergeState(18)(sources) AS seen, any(label) AS token
FROM (${seenByMarks(place)}
)
GROUP BY feed, day, is_scanner, net, mark`,
    ),
  };
}

/** Grouped by the whole text of marks first: there are few of them. */
const seenByMarks = (place: Place): string => `
  SELECT ${dayKeys(place)}, net, any(flows.marks) AS marks, sum(flows.packets) AS packed,
    uniqCombined64State(18)(src) AS sources, any(flows.token) AS label
  FROM flows
  WHERE flows.marks != '' AND ${ACCESSES}
  GROUP BY cityHash64(flows.feed) + 5 * cityHash64(flows.marks), day, is_scanner, net`;

const CHANGED: Readonly<Record<string, (rollUp: RollUp, place: Place) => RollUp>> = {
  day_sources: daySources,
  day_marks: dayMarks,
};

/** All roll-ups as this step leaves them; a table stands behind the one that feeds it. */
export function rollUpsOf(place: Place): readonly RollUp[] {
  return before(place).map((rollUp) => CHANGED[rollUp.name]?.(rollUp, place) ?? rollUp);
}

/** Not more than this at a time in memory. */
const FILL = `SETTINGS max_threads = 1, max_bytes_before_external_group_by = 268435456`;

const fillSources = (place: Place): string => `
INSERT INTO day_sources (feed, day, is_scanner, src, class, country, asn, net, is_marked)
SELECT ${dayKeys(place)}, src, any(flows.class) AS class, any(flows.country), any(flows.asn), any(flows.net), 1
FROM flows
WHERE flows.marks != '' AND ${ACCESSES}
GROUP BY cityHash64(flows.feed) + 5 * cityHash64(flows.class), day, src, is_scanner
${FILL}`;

const fillMarks = (place: Place): string => `
INSERT INTO day_marks (feed, day, is_scanner, net, mark, seen)
SELECT feed, day, is_scanner, net, arrayJoin(splitByChar(' ', marks)) AS mark, uniqCombined64MergeState(18)(sources)
FROM (${seenByMarks(place)}
)
GROUP BY feed, day, is_scanner, net, mark
${FILL}`;

function statements(place: Place): string[] {
  const changed = rollUpsOf(place).filter(({ name }) => name in CHANGED);
  return [
    `ALTER TABLE day_sources ADD COLUMN IF NOT EXISTS ${IS_MARKED}`,
    `ALTER TABLE day_marks ADD COLUMN IF NOT EXISTS ${SEEN}`,
    ...changed.flatMap(({ name, select }) => [
      `DROP VIEW IF EXISTS ${name}_view SYNC`,
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}_view TO ${name} AS${select}`,
    ]),
    fillSources(place),
    fillMarks(place),
    'ALTER TABLE day_marks DROP COLUMN IF EXISTS sources',
  ];
}

export const markedSources: Migration = { name: '0005-marked-sources', statements };
