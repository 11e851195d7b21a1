import type { Packet } from './packet.ts';
import { STOP_CUT, STOP_SHORT } from './stop.ts';

/**
 * True when fewer than `needed` bytes lie between `at` and `end`; then the packet's stop says so: `cut` where the capture
 * ends, `short` where an enclosing length field does.
 */
export function lacks(packet: Packet, layer: number, at: number, end: number, needed: number): boolean {
  if (end - at >= needed) return false;
  packet.stop(end >= packet.end ? STOP_CUT : STOP_SHORT, layer, at, needed, Math.max(0, end - at));
  return true;
}
