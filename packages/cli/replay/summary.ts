/** What became of a replay, for people and for programs. */
import type { ReplayOutcome } from '@noroshi/sensor/main.ts';
import { counted, nounOf } from '../look/counted.ts';
import { count, countOrMore } from '../look/numbers.ts';
import type { Style } from '../look/style.ts';
import { duration } from '../look/time.ts';

export interface ReplayFacts {
  readonly sensor: string;
  readonly center: string;
  readonly outcome: ReplayOutcome;
  readonly seconds: number;
}

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;

/** Where the figures appear: the page of the days that the captures cover, UTC; undefined without a packet. */
function pageOf({ center, outcome: { counters } }: ReplayFacts): string | undefined {
  const { minuteFirst, minuteLast } = counters;
  if (minuteFirst === null || minuteLast === null) return undefined;
  const dayOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString().slice(0, 10);
  const period = `${dayOf(minuteFirst)}/${dayOf((Math.floor(minuteLast / DAY_MINUTES) + 1) * DAY_MINUTES)}`;
  return `${center.replace(/\/+$/, '')}/?feed=replay&period=${period}`;
}

export function summaryOf(facts: ReplayFacts) {
  const { sensor, center, outcome, seconds } = facts;
  const { counters, dropped, segments, status, damage, addresses, networks64, isExact } = outcome;
  const { received, kept, filtered, rows } = counters;
  return {
    sensor,
    center,
    page: pageOf(facts) ?? null,
    packets: received,
    rows,
    counters: { received: received + dropped, kept, filtered, dropped },
    segments,
    stored: status.stored,
    duplicates: status.duplicate,
    addresses,
    networks64,
    addresses_at_least: !isExact,
    first: counters.first_ms === null ? null : counters.first_ms / 1000,
    last: counters.last_ms === null ? null : counters.last_ms / 1000,
    seconds,
    damage: { captures: damage.map(({ input, kind, offset, detail }) => ({ file: input, kind, offset, detail })) },
  };
}

export function reportOf(facts: ReplayFacts, style: Style): string {
  const { sensor, center, outcome, seconds } = facts;
  const { counters, dropped, segments, status, addresses, networks64, isExact } = outcome;
  const { received, kept, filtered, rows } = counters;
  const sum = filtered.not_ip + filtered.malformed + filtered.elsewhere;
  const known = status.duplicate === 0 ? '' : ` · ${count(status.duplicate)} of them the center had already`;
  const networks =
    networks64 === 0 ? '' : ` · ${countOrMore(networks64, !isExact)} ${nounOf(networks64, 'IPv6 network')}`;
  const page = pageOf(facts);
  const lines = [
    style.bold(`Replayed ${counted(received, 'packet')} as ${sensor} to ${center}`),
    `  ${duration(seconds)} · ${count(received / seconds)} packets/s`,
    `  ${counted(segments, 'segment')}, ${counted(rows, 'row')}${known}`,
    `  exposure: ${countOrMore(addresses, !isExact)} ${nounOf(addresses, 'address', 'addresses')}${networks}`,
    style.dim(
      `  received ${count(received + dropped)} = kept ${count(kept)} + filtered ${count(sum)} + dropped ${count(dropped)}`,
    ),
    page === undefined ? '  no packets: nothing to show' : `  ${page}`,
  ];
  return `${lines.join('\n')}\n`;
}
