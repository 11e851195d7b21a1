/**
 * Ethernet II, IEEE 802.3 with LLC/SNAP, and 802.1Q/802.1ad tags (IEEE 802.3 §3.2, 802.1Q §9.3, 802.2).
 *
 *   0      destination      6      source      12 type or length
 *   tag:   0 priority, drop, id (12 bits)      2  type
 *   llc:   0 dsap  1 ssap  2 control           snap: 3 oui (3)  6 type
 */
import { View } from './view.ts';

export const ETHERNET_BYTES = 14;
export const VLAN_BYTES = 4;
export const LLC_BYTES = 3;
export const SNAP_BYTES = 8;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_TRANSPARENT = 0x6558;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_PPP = 0x880b;
export const ETHERTYPE_MPLS = 0x8847;
export const ETHERTYPE_MPLS_MULTICAST = 0x8848;
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
const ETHERTYPE_QINQ = 0x88a8;
export const ETHERTYPE_FABRIC_PATH = 0x8903;
const ETHERTYPE_QINQ_OLD = 0x9100;
/** Below this a type field is an 802.3 length (IEEE 802.3 §3.2.6). */
export const ETHERTYPE_MIN = 0x0600;

const DESTINATION = 0;
const SOURCE = 6;
const TYPE = 12;

export class EthernetView extends View {
  get type(): number {
    return this.data.getUint16(this.at + TYPE);
  }
  set type(value: number) {
    this.data.setUint16(this.at + TYPE, value);
  }
  /** Hardware address as a 48-bit number (exact in a double). */
  get destination(): number {
    return this.mac(DESTINATION);
  }
  set destination(value: number) {
    this.setMac(DESTINATION, value);
  }
  get source(): number {
    return this.mac(SOURCE);
  }
  set source(value: number) {
    this.setMac(SOURCE, value);
  }

  private mac(offset: number): number {
    return this.data.getUint16(this.at + offset) * 0x1_0000_0000 + this.data.getUint32(this.at + offset + 2);
  }
  private setMac(offset: number, value: number): void {
    this.data.setUint16(this.at + offset, Math.floor(value / 0x1_0000_0000));
    this.data.setUint32(this.at + offset + 2, value >>> 0);
  }
}

export class VlanView extends View {
  get id(): number {
    return this.data.getUint16(this.at) & 0xfff;
  }
  set id(value: number) {
    this.data.setUint16(this.at, (this.data.getUint16(this.at) & 0xf000) | (value & 0xfff));
  }
  get priority(): number {
    return this.data.getUint8(this.at) >>> 5;
  }
  set priority(value: number) {
    this.data.setUint8(this.at, (this.data.getUint8(this.at) & 0x1f) | (value << 5));
  }
  get type(): number {
    return this.data.getUint16(this.at + 2);
  }
  set type(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
}

export class LlcView extends View {
  get dsap(): number {
    return this.data.getUint8(this.at);
  }
  get ssap(): number {
    return this.data.getUint8(this.at + 1);
  }
  get control(): number {
    return this.data.getUint8(this.at + 2);
  }
  /** SNAP organisation, behind {@link SNAP_BYTES} checked bytes; 0 = the type is an EtherType. */
  get oui(): number {
    return (this.data.getUint16(this.at + 3) << 8) | this.data.getUint8(this.at + 5);
  }
  get type(): number {
    return this.data.getUint16(this.at + 6);
  }
}

/** True for the EtherTypes of 802.1Q, 802.1ad and the pre-standard 0x9100. */
export function isVlan(type: number): boolean {
  return type === ETHERTYPE_VLAN || type === ETHERTYPE_QINQ || type === ETHERTYPE_QINQ_OLD;
}
