/** What the SYN marks look at: a TCP SYN without ACK or RST over IPv4 or IPv6, and its options. */
import type { Packet } from '../../net/packet.ts';
import * as tcpHeader from '../../net/tcp.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { TCP_ACK, TCP_RST, TCP_SYN } = tcpHeader;

/** True for a bare SYN, whatever ECE and CWR say. */
export function isSyn(packet: Packet): boolean {
  return packet.tcpFlags >= 0 && (packet.tcpFlags & (TCP_SYN | TCP_ACK | TCP_RST)) === TCP_SYN;
}

/** Option bytes `02 04 05 b4`: MSS 1460. */
const MSS_1460 = 0x020405b4;

/** True when the only TCP option is MSS 1460 (a 24-byte header). */
export function hasOnlyMss1460(packet: Packet, data: DataView): boolean {
  return packet.optionBytes === 4 && data.getUint32(packet.optionsAt) === MSS_1460;
}

/** True when the options are exactly the given 32-bit words, most significant byte first. */
export function optionsAre(packet: Packet, data: DataView, words: readonly number[]): boolean {
  if (packet.optionBytes !== words.length * 4) return false;
  for (let index = 0; index < words.length; index++) {
    if (data.getUint32(packet.optionsAt + index * 4) !== words[index]) return false;
  }
  return true;
}
