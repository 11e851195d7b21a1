/**
 * The DoS plugin's records of Corsaro 2 as text. An interval with a dump: its start line, how many records, a record a line, its
 * end line. A record: victim, addresses of ours, new ones of them, attack ports, target ports, packets, new ones, bytes, new
 * ones, most packets a minute, first and latest time.
 */
import { formatIpv4 } from '../../net/address.ts';
import { asciiIntervalEnd, asciiIntervalStart } from '../flowtuple/ascii.ts';
import type { Corsaro2Interval } from '../corsaro2.ts';
import type { Corsaro2Attack } from './corsaro2.ts';

/** The text of an interval; '' without a dump. */
export function asciiDump({ number, start_s, end_s, dump }: Corsaro2Interval): string {
  if (dump === undefined) return '';
  const lines = [`${dump.attacks.length}`, ...dump.attacks.map(lineOf)];
  return `${asciiIntervalStart(number, start_s)}${lines.join('\n')}\n${asciiIntervalEnd(number, end_s)}`;
}

function lineOf(attack: Corsaro2Attack): string {
  return [
    formatIpv4(attack.victim),
    attack.telescopes,
    attack.telescopes_since,
    attack.attack_ports,
    attack.target_ports,
    attack.packets,
    attack.packets_since,
    attack.bytes,
    attack.bytes_since,
    attack.max_ppm,
    timeOf(attack.start_s, attack.start_us),
    timeOf(attack.latest_s, attack.latest_us),
  ].join(',');
}

function timeOf(seconds: number, microseconds: number): string {
  return `${seconds}.${String(microseconds).padStart(6, '0')}`;
}
