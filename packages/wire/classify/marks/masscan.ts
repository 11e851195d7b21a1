/**
 * Masscan: IP id = (destination address ^ destination port ^ sequence number), low 16 bits. Version 1.3.2 (2021-01-31) sends no
 * options and window 1024; since 4f89257 (2023-11-07) MSS 1460 and window bytes 04 01, that is 1025 (its comment says 1024).
 */
import type { Packet } from '../../net/packet.ts';
import type { Mark } from './mark.ts';
import { hasOnlyMss1460 } from './syn.ts';

const CITATION = 'robertdavidgraham/masscan src/templ-pkt.c';

export const MASSCAN: Mark = {
  name: 'masscan',
  sentence: 'SYN whose IP id is the low half of destination address ^ destination port ^ sequence number.',
  citation: CITATION,
  chanceExponent: 16,
};
export const MASSCAN_1_3: Mark = {
  name: 'masscan_1_3',
  sentence: 'Masscan cookie, no TCP options, window 1024: versions up to 1.3.2.',
  citation: CITATION,
  chanceExponent: 32,
};
export const MASSCAN_HEAD: Mark = {
  name: 'masscan_head',
  sentence: 'Masscan cookie, MSS 1460 only, window 1025: since commit 4f89257 (2023-11-07).',
  citation: CITATION,
  chanceExponent: 32,
};
export const MASSCAN_BANNER: Mark = {
  name: 'masscan_banner',
  sentence: 'Masscan cookie and window 1200: the user-space stack that grabs banners.',
  citation: CITATION,
  chanceExponent: 32,
};

export function isMasscan(packet: Packet): boolean {
  return packet.net === 4 && packet.ipId === ((packet.dst3 ^ packet.dport ^ packet.seq) & 0xffff);
}

export function isMasscan13(packet: Packet): boolean {
  return packet.window === 1024 && packet.tcpHeaderBytes === 20 && isMasscan(packet);
}

export function isMasscanHead(packet: Packet, data: DataView): boolean {
  return packet.window === 1025 && hasOnlyMss1460(packet, data) && isMasscan(packet);
}

export function isMasscanBanner(packet: Packet): boolean {
  return packet.window === 1200 && isMasscan(packet);
}
