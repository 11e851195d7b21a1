/** Port scanners whose full signature needs pairs of packets; one packet gives the candidate, a source's pairs confirm it. */
import type { Packet } from '../../net/packet.ts';
import type { Mark } from './mark.ts';
import { hasOnlyMss1460 } from './syn.ts';

export const NMAP: Mark = {
  name: 'nmap',
  sentence:
    'Window 1024 and MSS 1460 only, without the masscan cookie: a SYN scan of nmap; a candidate, its sequence pairs confirm.',
  citation: 'nmap/nmap scan_engine_raw.cc',
  chanceExponent: 0,
};
export const UNICORNSCAN: Mark = {
  name: 'unicornscan',
  sentence: 'SYN with window 4096: unicornscan; a candidate, its sequence key confirms.',
  citation: 'IFGHou/Unicornscan',
  chanceExponent: 0,
};

/** nmap picks TTLs 37 … 59 at the source, so nothing above 59 arrives. */
const TTL_MAX = 59;

export function isNmap(packet: Packet, data: DataView): boolean {
  return packet.window === 1024 && packet.ttl <= TTL_MAX && hasOnlyMss1460(packet, data);
}

export function isUnicornscan(packet: Packet): boolean {
  return packet.window === 4096;
}
