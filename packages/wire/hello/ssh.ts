/**
 * The first things an SSH client says: its identification line (RFC 4253 §4.2) and the algorithms that it offers (§7.1), by which
 * clients of one make are known again.
 *
 *   packet   length (4), padding length (1) | type 20, cookie (16), ten name-lists
 */
import { asciiOf, Cursor } from './cursor.ts';

const KEXINIT = 20;
const COOKIE_BYTES = 16;
/** RFC 4253 §6.1: every implementation must take packets as long. */
const PACKET_BYTES_MAX = 35_000;
/** RFC 4253 §4.2, with CR and LF. */
const IDENTIFICATION_CHARACTERS_MAX = 255;
const LIST_CHARACTERS_MAX = 2048;

/** The line that begins with `SSH-`, without its end; `short` before the end is there, `not` when it is something else. */
export function readIdentification(
  bytes: Uint8Array,
): { readonly line: string; readonly length: number } | 'short' | 'not' {
  const start = asciiOf(bytes, 4);
  if (!'SSH-'.startsWith(start)) return 'not';
  const end = bytes.indexOf(0x0a);
  if (end === -1) return bytes.length > IDENTIFICATION_CHARACTERS_MAX ? 'not' : 'short';
  if (end > IDENTIFICATION_CHARACTERS_MAX) return 'not';
  const line = bytes.subarray(0, bytes[end - 1] === 0x0d ? end - 1 : end);
  return { line: asciiOf(line, IDENTIFICATION_CHARACTERS_MAX), length: end + 1 };
}

/**
 * Key exchanges, host keys, ciphers, MACs and compressions from client to server, as offered, one after the other with `;` between:
 * the text by which a client is known again. `short` and `not` as above.
 */
export function readOffer(bytes: Uint8Array): { readonly text: string } | 'short' | 'not' {
  if (bytes.length < 6) return 'short';
  const packet = new Cursor(bytes);
  const length = packet.number(4);
  packet.number(1);
  if (length > PACKET_BYTES_MAX || packet.number(1) !== KEXINIT) return 'not';
  if (bytes.length < 4 + length) return 'short';
  const body = new Cursor(bytes, 6, 4 + length);
  body.take(COOKIE_BYTES);
  const lists = Array.from({ length: 8 }, () => {
    const size = body.number(4);
    return asciiOf(body.take(size), LIST_CHARACTERS_MAX);
  });
  if (body.isShort) return 'not';
  // The even ones of cipher, MAC and compression are client to server; the odd ones nearly always say the same.
  return { text: [lists[0], lists[1], lists[2], lists[4], lists[6]].join(';') };
}
