/** Mirai and its heirs write the destination address into the sequence number of their SYNs. */
import type { Packet } from '../../net/packet.ts';
import type { Mark } from './mark.ts';

export const MIRAI: Mark = {
  name: 'mirai',
  sentence: 'SYN whose TCP sequence number equals the IPv4 destination address.',
  citation: 'jgamblin/Mirai-Source-Code mirai/bot/scanner.c',
  chanceExponent: 32,
};

export const HAJIME: Mark = {
  name: 'hajime',
  sentence: 'SYN to 5358/TCP with window 14600 and without the Mirai mark; a candidate.',
  citation: 'scan.netsecurity.ne.jp 39578 (port, no Mirai mark); the window is unconfirmed',
  chanceExponent: 16,
};

export function isMirai(packet: Packet): boolean {
  return packet.net === 4 && packet.seq === packet.dst3;
}

export function isHajime(packet: Packet): boolean {
  return packet.dport === 5358 && packet.window === 14_600 && !isMirai(packet);
}
