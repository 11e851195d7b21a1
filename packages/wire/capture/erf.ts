/**
 * Endace's extensible record format (ERF types reference, EDM11-01), as written by DAG cards and libtrace:
 *
 *   0 time (64-bit little-endian fixed point, 32.32 seconds)   8 type (7 bits), more headers (1)   9 flags
 *   10 record length   12 lost since the last record   14 bytes on the wire   16 [extension headers, 8 each]  payload
 *
 * A file has no header and no magic: it is recognised by a chain of believable records.
 */
import { LINK_C_HDLC, LINK_ETHERNET, LINK_IPV4, LINK_IPV6 } from '../net/linktype.ts';

export const ERF_BYTES = 16;
const TYPE_HDLC = 1;
const TYPE_ETHERNET = 2;
const TYPE_COLOR_ETHERNET = 11;
const TYPE_DSM_ETHERNET = 16;
const TYPE_IPV4 = 22;
const TYPE_IPV6 = 23;
/** The last type of a packet or of metadata; 32 … 47 belong to coprocessors that nobody has any more. */
const TYPE_ASSIGNED_MAX = 27;
const TYPE_PAD = 48;
const TYPE_MAX = 48;
/** Records that have to look right in a row before bytes without a magic count as ERF, fewer when the file ends. */
const PROBE_RECORDS = 4;

export class ErfRecord {
  at = 0;
  capturedBytes = 0;
  wireBytes = 0;
  link = 0;
  seconds = 0;
  nanoseconds = 0;
  recordBytes = 0;
  lost = 0;
  /** False for padding and for record types that hold no packet. */
  isPacket = false;
}

function linkOf(type: number): number {
  if (type === TYPE_ETHERNET || type === TYPE_COLOR_ETHERNET || type === TYPE_DSM_ETHERNET) return LINK_ETHERNET;
  if (type === TYPE_HDLC) return LINK_C_HDLC;
  if (type === TYPE_IPV4) return LINK_IPV4;
  return type === TYPE_IPV6 ? LINK_IPV6 : -1;
}

/** Length in bytes of the record at `at` (16 bytes are there); 0 when it cannot be one. */
export function erfRecordBytes(data: DataView, at: number): number {
  const type = data.getUint8(at + 8) & 0x7f;
  const bytes = data.getUint16(at + 10);
  return type >= 1 && type <= TYPE_MAX && bytes >= ERF_BYTES ? bytes : 0;
}

/** Reads the whole record at `at`; false when its headers do not fit its length. */
export function readErf(record: ErfRecord, data: DataView, at: number): boolean {
  const type = data.getUint8(at + 8) & 0x7f;
  const end = at + data.getUint16(at + 10);
  let offset = at + ERF_BYTES;
  for (let more = data.getUint8(at + 8) & 0x80; more !== 0; offset += 8) {
    if (offset + 8 > end) return false;
    more = data.getUint8(offset) & 0x80;
  }
  // Ethernet records begin with two bytes of alignment.
  if (linkOf(type) === LINK_ETHERNET) offset += 2;
  if (offset > end) return false;
  setTime(record, data.getUint32(at + 4, true), data.getUint32(at, true));
  record.lost = data.getUint16(at + 12);
  record.wireBytes = data.getUint16(at + 14);
  record.at = offset;
  // Records are padded to 8 bytes: what lies behind the wire length is padding, not packet.
  record.capturedBytes = Math.min(end - offset, record.wireBytes);
  record.link = linkOf(type);
  record.isPacket = type !== TYPE_PAD && record.link >= 0;
  return true;
}

/** To the nearest nanosecond, so that a time that was converted from micro- or nanoseconds comes back as it was. */
function setTime(record: ErfRecord, seconds: number, fraction: number): void {
  const nanoseconds = Math.round((fraction / 0x1_0000_0000) * 1e9);
  const carries = nanoseconds === 1_000_000_000;
  record.seconds = carries ? seconds + 1 : seconds;
  record.nanoseconds = carries ? 0 : nanoseconds;
}

/**
 * True when `data[at, end)` begins like ERF: believable records in a row, {@link PROBE_RECORDS} of them or as many as there
 * are. The first one must be whole: any text has some length at byte 10.
 */
export function looksLikeErf(data: DataView, at: number, end: number): boolean {
  let offset = at;
  let previous_s = 0;
  for (let count = 0; count < PROBE_RECORDS && offset < end; count++) {
    if (offset + ERF_BYTES > end) return count > 0;
    const seconds = data.getUint32(offset + 4, true);
    const isNear = count === 0 || Math.abs(seconds - previous_s) < 86_400;
    if (!isAssigned(data.getUint8(offset + 8) & 0x7f) || seconds === 0 || !isNear) return false;
    const bytes = erfRecordBytes(data, offset);
    if (bytes === 0 || (count === 0 && offset + bytes > end)) return false;
    previous_s = seconds;
    offset += bytes;
  }
  return offset > at;
}

function isAssigned(type: number): boolean {
  return (type >= 1 && type <= TYPE_ASSIGNED_MAX) || type === TYPE_PAD;
}
