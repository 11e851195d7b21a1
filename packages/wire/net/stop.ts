/**
 * Why a walk ended before the payload. A failure is data: kind, layer, offset, bytes needed and had; text is made only
 * for people, by {@link describeStop}.
 */

/** What ended the walk. `none`: it reached the payload. `unwalked` and `fragment` are ends, the others are damage. */
export const STOP_KINDS = [
  'none',
  'cut',
  'short',
  'bad_length',
  'bad_version',
  'too_deep',
  'unwalked',
  'fragment',
] as const;
export type StopKind = (typeof STOP_KINDS)[number];

export const STOP_NONE = 0;
/** The capture ends inside the header (snap length, or the file was cut). */
export const STOP_CUT = 1;
/** The enclosing header's length ends inside this header, though the bytes may be there. */
export const STOP_SHORT = 2;
/** The header's own length field is smaller than the header's minimum, or contradicts itself. */
export const STOP_BAD_LENGTH = 3;
/** A version field names no version of the protocol announced. */
export const STOP_BAD_VERSION = 4;
/** More stacked headers than {@link STACK_MAX}. */
export const STOP_TOO_DEEP = 5;
/** A link type, EtherType or IP protocol behind which nothing is walked: complete, as far as this program reads. */
export const STOP_UNWALKED = 6;
/** A later fragment: it has no transport header. */
export const STOP_FRAGMENT = 7;

/** The layers in which a walk can stop. */
export const LAYERS = [
  'link',
  'ethernet',
  'llc',
  'vlan',
  'mpls',
  'pppoe',
  'ppp',
  'null',
  'sll',
  'sll2',
  'ip',
  'ipv4',
  'ipv6',
  'ipv6_ext',
  'tcp',
  'udp',
  'icmp',
  'icmpv6',
  'sctp',
  'dccp',
  'gre',
  'vxlan',
  'ah',
  'transport',
  'nflog',
  'frame_relay',
  'hdlc',
  'ieee80211',
  'radiotap',
  'fddi',
  'token_ring',
  'atm',
  'ipnet',
  'ipoib',
  'pktap',
  'ppi',
  'juniper',
  'shim',
  'nsh',
] as const;
export type Layer = (typeof LAYERS)[number];

type LayerCodes = { readonly [L in Layer]: number };
/** Layer name → its index in {@link LAYERS}; numbers live in memory only, never in a file. */
export const LAYER = Object.fromEntries(LAYERS.map((name, index) => [name, index])) as LayerCodes;

/** Most headers that one walk descends (VLAN tags, MPLS labels, EtherTypes): hostile nesting ends here. */
export const STACK_MAX = 32;
/** Most IPv6 extension headers in a row: each is at least 8 bytes, so a 1,500-byte packet has at most 182. */
export const EXTENSIONS_MAX = 256;

export interface Stop {
  readonly kind: number;
  readonly layer: number;
  /** Offset from the packet's first captured byte. */
  readonly offset: number;
  /** Bytes the header needs; for `unwalked` the number (EtherType, protocol …) that is not walked. */
  readonly needed: number;
  /** Bytes that were there; for `bad_length` what the field claimed. */
  readonly had: number;
}

/** True when the packet was cut or lies, false when the walk ended where it had to. */
export function isDamage(kind: number): boolean {
  return kind >= STOP_CUT && kind <= STOP_TOO_DEEP;
}

/** One line for people: `tcp: cut at byte 34, had 8 of 20 bytes`. Empty for {@link STOP_NONE}. */
export function describeStop(stop: Stop): string {
  const layer = LAYERS[stop.layer];
  switch (stop.kind) {
    case STOP_NONE:
      return '';
    case STOP_CUT:
      return `${layer}: cut at byte ${stop.offset}, had ${stop.had} of ${stop.needed} bytes`;
    case STOP_SHORT:
      return `${layer}: the enclosing length leaves ${stop.had} of ${stop.needed} bytes at byte ${stop.offset}`;
    case STOP_BAD_LENGTH:
      return `${layer}: length field says ${stop.had} at byte ${stop.offset}, the minimum is ${stop.needed}`;
    case STOP_BAD_VERSION:
      return `${layer}: version ${stop.had} at byte ${stop.offset}, expected ${stop.needed}`;
    case STOP_TOO_DEEP:
      return `${layer}: more than ${stop.needed} stacked headers at byte ${stop.offset}`;
    case STOP_FRAGMENT:
      return `${layer}: later fragment, no transport header`;
    default:
      return `${layer}: ${unwalkedName(stop)} is not walked`;
  }
}

/** The number as its registry writes it: EtherTypes in hexadecimal, link types and IP protocols in decimal. */
function unwalkedName({ layer, needed }: Stop): string {
  if (layer === LAYER.link) return `link type ${needed}`;
  return layer === LAYER.transport ? `protocol ${needed}` : `0x${needed.toString(16).padStart(4, '0')}`;
}
