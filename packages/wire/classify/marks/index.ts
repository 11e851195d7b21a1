/**
 * All marks, in one list: its order gives the bits in memory, its names go into files. To add a family: a file beside this one,
 * its marks in {@link MARKS}, its tests in {@link marksOf}. The calls are written out because a loop over functions would be
 * megamorphic: about 5 ns a call instead of an inlined compare.
 */
import type { Packet } from '../../net/packet.ts';
import { CLASS_PROBE } from '../class.ts';
import type { Mark } from './mark.ts';
import * as masscan from './masscan.ts';
import * as mirai from './mirai.ts';
import * as nmap from './nmap.ts';
import { isSyn } from './syn.ts';
import * as zmap from './zmap.ts';

export const MARKS: readonly Mark[] = [
  mirai.MIRAI,
  mirai.HAJIME,
  masscan.MASSCAN,
  masscan.MASSCAN_1_3,
  masscan.MASSCAN_HEAD,
  masscan.MASSCAN_BANNER,
  zmap.ZMAP,
  zmap.ZMAP_2,
  zmap.ZMAP_3,
  zmap.ZMAP_WINDOWS,
  zmap.ZMAP_LINUX,
  zmap.ZMAP_BSD,
  zmap.ZMAP_SMALLEST,
  nmap.NMAP,
  nmap.UNICORNSCAN,
];

/** Bit of a mark in memory. */
const bit = (mark: Mark): number => 1 << MARKS.indexOf(mark);
const MIRAI = bit(mirai.MIRAI);
const HAJIME = bit(mirai.HAJIME);
const MASSCAN = bit(masscan.MASSCAN);
const MASSCAN_1_3 = bit(masscan.MASSCAN_1_3);
const MASSCAN_HEAD = bit(masscan.MASSCAN_HEAD);
const MASSCAN_BANNER = bit(masscan.MASSCAN_BANNER);
const ZMAP = bit(zmap.ZMAP);
const ZMAP_2 = bit(zmap.ZMAP_2);
const ZMAP_3 = bit(zmap.ZMAP_3);
const ZMAP_WINDOWS = bit(zmap.ZMAP_WINDOWS);
const ZMAP_LINUX = bit(zmap.ZMAP_LINUX);
const ZMAP_BSD = bit(zmap.ZMAP_BSD);
const ZMAP_SMALLEST = bit(zmap.ZMAP_SMALLEST);
const NMAP = bit(nmap.NMAP);
const UNICORNSCAN = bit(nmap.UNICORNSCAN);

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const PROBE = CLASS_PROBE;

/** The marks of a walked packet of the given class, as bits in the order of {@link MARKS}. */
export function marksOf(packet: Packet, data: DataView, classCode: number): number {
  if (classCode !== PROBE) return 0;
  if (!isSyn(packet)) return packet.tcpFlags < 0 && zmap.isZmap(packet) ? ZMAP : 0;
  let marks = 0;
  if (mirai.isMirai(packet)) marks |= MIRAI;
  if (masscan.isMasscan(packet)) marks |= MASSCAN;
  // Every other mark stands on a window: one switch instead of a dozen compares.
  switch (packet.window) {
    case 1024:
      if (masscan.isMasscan13(packet)) marks |= MASSCAN_1_3;
      else if ((marks & MASSCAN) === 0 && nmap.isNmap(packet, data)) marks |= NMAP;
      break;
    case 1025:
      if (masscan.isMasscanHead(packet, data)) marks |= MASSCAN_HEAD;
      break;
    case 1200:
      if (masscan.isMasscanBanner(packet)) marks |= MASSCAN_BANNER;
      break;
    case 4096:
      if (nmap.isUnicornscan(packet)) marks |= UNICORNSCAN;
      break;
    case 14_600:
      if (mirai.isHajime(packet)) marks |= HAJIME;
      break;
    case 65_535:
      marks |= zmapMarks(packet, data);
      break;
  }
  return marks;
}

function zmapMarks(packet: Packet, data: DataView): number {
  let marks = 0;
  if (zmap.isZmap(packet)) {
    marks |= ZMAP;
    if (zmap.isZmap2(packet)) marks |= ZMAP_2;
    else if (zmap.isZmap3(packet, data)) marks |= ZMAP_3;
  }
  if (zmap.isZmapWindows(packet, data)) marks |= ZMAP_WINDOWS;
  else if (zmap.isZmapLinux(packet, data)) marks |= ZMAP_LINUX;
  else if (zmap.isZmapBsd(packet, data)) marks |= ZMAP_BSD;
  else if (zmap.isZmapSmallest(packet, data)) marks |= ZMAP_SMALLEST;
  return marks;
}

/** Names of a set of marks, in the list's order. Allocates. */
export function markNames(marks: number): string[] {
  return MARKS.filter((_, index) => (marks & (1 << index)) !== 0).map((mark) => mark.name);
}
