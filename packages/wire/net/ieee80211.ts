/**
 * The 802.11 frame header (IEEE 802.11-2020 §9.2.4, mesh §9.2.4.8.3), little-endian.
 *
 *   0 version (2 bits), type (2), subtype (4)   1 flags   2 duration   4 address 1   10 address 2   16 address 3
 *   22 fragment (4 bits), sequence (12)   24 [address 4 (6), to and from the distribution system]   [QoS control (2)]
 *   [HT control (4)]   [mesh control: flags, TTL, sequence (4), 0 … 2 addresses]   then LLC, or subframes of an A-MSDU:
 *   0 destination   6 source   12 length   14 LLC
 *
 * Only data frames carry LLC; a protected one hides it.
 */
import { View } from './view.ts';

const IEEE80211_BYTES = 24;
/** What stands before the LLC of an A-MSDU's subframe. */
export const AMSDU_SUBFRAME_BYTES = 14;

const TYPE_DATA = 2;
const SUBTYPE_QOS = 8;
const SUBTYPE_NO_DATA = 4;
const TO_AND_FROM_DS = 0x03;
const PROTECTED = 0x40;
const ORDER = 0x80;
const QOS_AMSDU = 0x0080;
const QOS_MESH = 0x0100;
const MESH_BYTES = 6;

export class Ieee80211View extends View {
  get type(): number {
    return (this.data.getUint8(this.at) >>> 2) & 3;
  }
  get subtype(): number {
    return this.data.getUint8(this.at) >>> 4;
  }
  /** Sets version 0, type and subtype in one byte. */
  setKind(type: number, subtype: number): void {
    this.data.setUint8(this.at, (subtype << 4) | (type << 2));
  }
  get flags(): number {
    return this.data.getUint8(this.at + 1);
  }
  set flags(value: number) {
    this.data.setUint8(this.at + 1, value);
  }
  get fragment(): number {
    return this.data.getUint8(this.at + 22) & 15;
  }
  set fragment(value: number) {
    this.data.setUint8(this.at + 22, (this.data.getUint8(this.at + 22) & 0xf0) | (value & 15));
  }

  /** True for a data frame that shows its data. */
  get hasData(): boolean {
    return this.type === TYPE_DATA && (this.subtype & SUBTYPE_NO_DATA) === 0 && (this.flags & PROTECTED) === 0;
  }
  get isQos(): boolean {
    return (this.subtype & SUBTYPE_QOS) !== 0;
  }
  private get qosAt(): number {
    return (this.flags & TO_AND_FROM_DS) === TO_AND_FROM_DS ? IEEE80211_BYTES + 6 : IEEE80211_BYTES;
  }
  /** Bytes up to the data of a data frame, mesh control not counted. */
  get headerBytes(): number {
    if (!this.isQos) return this.qosAt;
    return this.qosAt + 2 + ((this.flags & ORDER) !== 0 ? 4 : 0);
  }
  /** QoS control, behind {@link headerBytes} checked bytes; 0 for a frame without. */
  get qos(): number {
    return this.isQos ? this.data.getUint16(this.at + this.qosAt, true) : 0;
  }
  get isAmsdu(): boolean {
    return (this.qos & QOS_AMSDU) !== 0;
  }
}

/**
 * Bytes of mesh control at `data[at, end)`, the data of a frame with this QoS control. The bit that announces it means
 * something else outside a mesh, so the mesh flags must make sense: reserved bits clear, 0 … 2 addresses.
 */
export function meshControlBytes(view: Ieee80211View, data: DataView, at: number, end: number): number {
  if ((view.qos & QOS_MESH) === 0 || (view.flags & TO_AND_FROM_DS) !== TO_AND_FROM_DS || at >= end) return 0;
  const flags = data.getUint8(at);
  return flags <= 2 ? MESH_BYTES + flags * 6 : 0;
}
