/** From a packet that the flowtuple plugin calls backscatter to who is attacked. */
import type { TuplePacket } from '../flowtuple/tuple-packet.ts';
import type { Backscatter } from './backscatter.ts';

const PROTO_ICMP = 1;
const ICMP_BYTES = 8;
const IPV4_BYTES = 20;
/** ICMP types that quote a packet: 3 4 5 11 12, as bits. */
const QUOTING = [3, 4, 5, 11, 12].reduce((bits, type) => bits | (1 << type), 0);

/**
 * Fills all of the event but its times and bytes; false when the packet, which is backscatter, does not say who is attacked: ICMP
 * that is cut in its header. Both plugins take ICMP's code and type for numbers of two bytes in the wire's
 * order, so that type 3 becomes port 768.
 * @param data the packet's bytes
 * @param end offset behind the last captured one
 */
export function backscatterOf(event: Backscatter, packet: TuplePacket, data: DataView, end: number): boolean {
  const { ipAt, transportAt } = packet;
  event.telescope = data.getUint32(ipAt + 16);
  event.ipBytes = data.getUint16(ipAt + 2);
  event.isMismatch = false;
  if (packet.protocol !== PROTO_ICMP) {
    event.victim = data.getUint32(ipAt + 12);
    event.protocol = packet.protocol;
    event.attackPort = data.getUint16(transportAt + 2);
    event.targetPort = data.getUint16(transportAt);
    return true;
  }
  if (packet.transportBytes < ICMP_BYTES) return false;
  const type = data.getUint8(transportAt);
  const quote = transportAt + ICMP_BYTES;
  if ((QUOTING & (1 << type)) !== 0 && end - quote >= IPV4_BYTES && data.getUint8(quote) >>> 4 === 4) {
    takeQuote(event, data, quote, end);
    return true;
  }
  event.victim = data.getUint32(ipAt + 12);
  event.protocol = PROTO_ICMP;
  event.attackPort = data.getUint8(transportAt + 1) << 8;
  event.targetPort = type << 8;
  return true;
}

function takeQuote(event: Backscatter, data: DataView, quote: number, end: number): void {
  const transport = quote + (data.getUint8(quote) & 0x0f) * 4;
  const hasPorts = end - transport >= 4;
  event.victim = data.getUint32(quote + 16);
  event.protocol = data.getUint8(quote + 9);
  event.attackPort = hasPorts ? data.getUint16(transport) : 0;
  event.targetPort = hasPorts ? data.getUint16(transport + 2) : 0;
  event.isMismatch = data.getUint32(quote + 12) !== event.telescope;
}
