/**
 * ZMap: window 65535 always. IP id 54321 up to 4.0; random-looking since 4.1.0 (2024-03-21). TTL at the source 255 up to 4.1.0,
 * 64 from 4.1.1. Options: none (2.x), MSS (3.x, and `smallest-probes`), since 4.1 one of four profiles, `windows` by default.
 */
import type { Packet } from '../../net/packet.ts';
import * as proto from '../../net/protocol.ts';
import type { Mark } from './mark.ts';
import { hasOnlyMss1460, optionsAre } from './syn.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { PROTO_TCP } = proto;

const CITATION = 'zmap/zmap src/probe_modules/packet.c, module_tcp_synscan.c, CHANGELOG.md';
const WINDOW = 65_535;

export const ZMAP: Mark = {
  name: 'zmap',
  sentence: 'IP id 54321; for a SYN also window 65535: ZMap up to 4.0.',
  citation: CITATION,
  chanceExponent: 16,
};
export const ZMAP_2: Mark = {
  name: 'zmap_2',
  sentence: 'IP id 54321, window 65535, no TCP options: ZMap 1.x and 2.x.',
  citation: CITATION,
  chanceExponent: 32,
};
export const ZMAP_3: Mark = {
  name: 'zmap_3',
  sentence: 'IP id 54321, window 65535, MSS 1460 only: ZMap 3.x and 4.0.',
  citation: CITATION,
  chanceExponent: 32,
};
export const ZMAP_WINDOWS: Mark = {
  name: 'zmap_4_windows',
  sentence:
    'Window 65535 and options MSS 1460, NOP, WS 8, NOP, NOP, SACK permitted: the default of ZMap 4.1; a candidate.',
  citation: CITATION,
  chanceExponent: 0,
};
export const ZMAP_LINUX: Mark = {
  name: 'zmap_4_linux',
  sentence:
    'Window 65535 and options MSS 1460, SACK permitted, timestamps, NOP, WS in 40 bytes: ZMap 4.1 `linux`; a candidate.',
  citation: CITATION,
  chanceExponent: 0,
};
export const ZMAP_BSD: Mark = {
  name: 'zmap_4_bsd',
  sentence:
    'Window 65535 and a 44-byte header beginning MSS 1460, NOP, WS: ZMap 4.1 `bsd`; a candidate (macOS looks alike).',
  citation: CITATION,
  chanceExponent: 0,
};
export const ZMAP_SMALLEST: Mark = {
  name: 'zmap_4_smallest',
  sentence: 'Window 65535, MSS 1460 only, IP id other than 54321: ZMap 4.1 `smallest-probes`; a candidate.',
  citation: CITATION,
  chanceExponent: 0,
};

const ID = 54_321;
/** MSS 1460 · NOP, WS 8 · NOP, NOP, SACK permitted. */
const WINDOWS_OPTIONS = [0x020405b4, 0x01030308, 0x01010402];

/** The old mark on any protocol that asks; UDP and ICMP probes carried it too. */
export function isZmap(packet: Packet): boolean {
  if (packet.ipId !== ID) return false;
  return packet.proto !== PROTO_TCP || packet.window === WINDOW;
}

export function isZmap2(packet: Packet): boolean {
  return packet.ipId === ID && packet.window === WINDOW && packet.optionBytes === 0;
}

export function isZmap3(packet: Packet, data: DataView): boolean {
  return packet.ipId === ID && packet.window === WINDOW && hasOnlyMss1460(packet, data);
}

export function isZmapWindows(packet: Packet, data: DataView): boolean {
  return packet.window === WINDOW && optionsAre(packet, data, WINDOWS_OPTIONS);
}

/** MSS 1460 · SACK permitted, timestamps (10 bytes) · NOP, WS. */
export function isZmapLinux(packet: Packet, data: DataView): boolean {
  if (packet.window !== WINDOW || packet.optionBytes !== 20) return false;
  const at = packet.optionsAt;
  return (
    data.getUint32(at) === 0x020405b4 && data.getUint32(at + 4) === 0x0402080a && data.getUint16(at + 16) === 0x0103
  );
}

export function isZmapBsd(packet: Packet, data: DataView): boolean {
  if (packet.window !== WINDOW || packet.optionBytes !== 24) return false;
  const at = packet.optionsAt;
  return data.getUint32(at) === 0x020405b4 && data.getUint32(at + 4) >>> 8 === 0x010303;
}

export function isZmapSmallest(packet: Packet, data: DataView): boolean {
  return packet.window === WINDOW && packet.ipId !== ID && hasOnlyMss1460(packet, data);
}
