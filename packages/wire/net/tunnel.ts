/**
 * Headers that carry another packet: GRE (RFC 2784, 2890; version 1 of PPTP RFC 2637), VXLAN (RFC 7348 §5), Geneve
 * (RFC 8926 §3.4).
 *
 *   gre:    0 C R K S s, recursion, flags, version (3 bits)   2 EtherType   then checksum+offset, key, sequence if flagged
 *   vxlan:  0 flags (0x08 = VNI valid)   4 VNI (3)            8 Ethernet frame
 *   geneve: 0 version, option words (6 bits)   2 EtherType    4 VNI (3)   8 options, payload
 */
import { View } from './view.ts';

export const GRE_BYTES = 4;
export const VXLAN_BYTES = 8;
export const GENEVE_BYTES = 8;
export const VXLAN_PORT = 4789;
export const GENEVE_PORT = 6081;

const GRE_CHECKSUM = 0x8000;
const GRE_ROUTING = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_ACKNOWLEDGEMENT = 0x0080;

/** What carries the inner packet; index = the value kept in a packet's `tunnel`. */
export const TUNNELS = ['none', 'gre', 'ipip', '6in4', '4in6', '6in6', 'vxlan', 'geneve'] as const;
export const TUNNEL_NONE = 0;
export const TUNNEL_GRE = 1;
export const TUNNEL_IPIP = 2;
export const TUNNEL_6IN4 = 3;
export const TUNNEL_4IN6 = 4;
export const TUNNEL_6IN6 = 5;
export const TUNNEL_VXLAN = 6;
export const TUNNEL_GENEVE = 7;

export class GreView extends View {
  get flags(): number {
    return this.data.getUint16(this.at);
  }
  set flags(value: number) {
    this.data.setUint16(this.at, value);
  }
  get version(): number {
    return this.data.getUint8(this.at + 1) & 7;
  }
  get type(): number {
    return this.data.getUint16(this.at + 2);
  }
  set type(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
  /** Bytes of header up to the payload; source-route entries (R, RFC 1701) are not counted: nobody sends them. */
  get headerBytes(): number {
    const flags = this.flags;
    let bytes = GRE_BYTES;
    if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) !== 0) bytes += 4;
    if ((flags & GRE_KEY) !== 0) bytes += 4;
    if ((flags & GRE_SEQUENCE) !== 0) bytes += 4;
    if (this.version === 1 && (flags & GRE_ACKNOWLEDGEMENT) !== 0) bytes += 4;
    return bytes;
  }
}

export class VxlanView extends View {
  get flags(): number {
    return this.data.getUint8(this.at);
  }
  set flags(value: number) {
    this.data.setUint8(this.at, value);
  }
  /** VXLAN network identifier, 24 bits. */
  get vni(): number {
    return this.data.getUint32(this.at + 4) >>> 8;
  }
  set vni(value: number) {
    this.data.setUint32(this.at + 4, (value << 8) >>> 0);
  }
}

export class GeneveView extends View {
  get headerBytes(): number {
    return GENEVE_BYTES + ((this.data.getUint8(this.at) & 0x3f) << 2);
  }
  get type(): number {
    return this.data.getUint16(this.at + 2);
  }
  set type(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
}
