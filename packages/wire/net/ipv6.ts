/**
 * IPv6 (RFC 8200 §3, extension headers §4, fragment header §4.5).
 *
 *   0 version, class, flow label   4 payload length   6 next header   7 hop limit   8 source (16)   24 destination (16)
 *   extension: 0 next header   1 length in 8-byte units behind the first 8
 *   fragment:  0 next header   1 reserved   2 offset (13 bits), reserved, M   4 identification
 */
import { View } from './view.ts';

export const IPV6_BYTES = 40;
export const IPV6_FRAGMENT_BYTES = 8;
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;

export class Ipv6View extends View {
  get version(): number {
    return this.data.getUint8(this.at) >>> 4;
  }
  get flowLabel(): number {
    return this.data.getUint32(this.at) & 0xfffff;
  }
  /** Sets version 6, traffic class 0 and the flow label. */
  set flowLabel(value: number) {
    this.data.setUint32(this.at, (0x60000000 | (value & 0xfffff)) >>> 0);
  }
  get payloadLength(): number {
    return this.data.getUint16(this.at + PAYLOAD_LENGTH);
  }
  set payloadLength(value: number) {
    this.data.setUint16(this.at + PAYLOAD_LENGTH, value);
  }
  get nextHeader(): number {
    return this.data.getUint8(this.at + NEXT_HEADER);
  }
  set nextHeader(value: number) {
    this.data.setUint8(this.at + NEXT_HEADER, value);
  }
  get hopLimit(): number {
    return this.data.getUint8(this.at + HOP_LIMIT);
  }
  set hopLimit(value: number) {
    this.data.setUint8(this.at + HOP_LIMIT, value);
  }
  /** Word 0 … 3 of the source, signed, most significant first. */
  source(word: number): number {
    return this.data.getInt32(this.at + SOURCE + word * 4);
  }
  setSource(word: number, value: number): void {
    this.data.setInt32(this.at + SOURCE + word * 4, value);
  }
  destination(word: number): number {
    return this.data.getInt32(this.at + DESTINATION + word * 4);
  }
  setDestination(word: number, value: number): void {
    this.data.setInt32(this.at + DESTINATION + word * 4, value);
  }
}

export class Ipv6ExtensionView extends View {
  get nextHeader(): number {
    return this.data.getUint8(this.at);
  }
  set nextHeader(value: number) {
    this.data.setUint8(this.at, value);
  }
  /** Length in bytes of a hop-by-hop, routing or destination header. */
  get bytes(): number {
    return (this.data.getUint8(this.at + 1) + 1) << 3;
  }
  set bytes(value: number) {
    this.data.setUint8(this.at + 1, (value >>> 3) - 1);
  }
  /** Length in bytes of an authentication header (RFC 4302 §2.2: 4-byte units, minus 2). */
  get authenticationBytes(): number {
    return (this.data.getUint8(this.at + 1) + 2) << 2;
  }
  /** Fragment header only: offset in 8-byte units. */
  get fragmentOffset(): number {
    return this.data.getUint16(this.at + 2) >>> 3;
  }
  get moreFragments(): boolean {
    return (this.data.getUint8(this.at + 3) & 1) === 1;
  }
  /** Fragment header only: sets offset (8-byte units) and the M flag together. */
  setFragment(offset: number, more: boolean): void {
    this.data.setUint16(this.at + 2, (offset << 3) | (more ? 1 : 0));
  }
}
