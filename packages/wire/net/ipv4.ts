/**
 * IPv4 (RFC 791 §3.1).
 *
 *   0 version, header words   1 tos   2 total length   4 id   6 flags, fragment offset (8-byte units)
 *   8 ttl   9 protocol   10 checksum   12 source   16 destination   20 options …
 */
import { View } from './view.ts';

export const IPV4_BYTES = 20;
export const IPV4_FLAG_RESERVED = 0x8000;
export const IPV4_FLAG_DF = 0x4000;
export const IPV4_FLAG_MF = 0x2000;
export const IPV4_OFFSET_MASK = 0x1fff;

const TOTAL_LENGTH = 2;
const ID = 4;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;

export class Ipv4View extends View {
  get version(): number {
    return this.data.getUint8(this.at) >>> 4;
  }
  get headerBytes(): number {
    return (this.data.getUint8(this.at) & 15) << 2;
  }
  /** Sets version 4 and the header length in one byte. */
  set headerBytes(value: number) {
    this.data.setUint8(this.at, 0x40 | (value >>> 2));
  }
  get tos(): number {
    return this.data.getUint8(this.at + 1);
  }
  set tos(value: number) {
    this.data.setUint8(this.at + 1, value);
  }
  get totalLength(): number {
    return this.data.getUint16(this.at + TOTAL_LENGTH);
  }
  set totalLength(value: number) {
    this.data.setUint16(this.at + TOTAL_LENGTH, value);
  }
  get id(): number {
    return this.data.getUint16(this.at + ID);
  }
  set id(value: number) {
    this.data.setUint16(this.at + ID, value);
  }
  /** Flags and offset as they stand: reserved, DF, MF, then 13 bits of offset in 8-byte units. */
  get fragment(): number {
    return this.data.getUint16(this.at + FRAGMENT);
  }
  set fragment(value: number) {
    this.data.setUint16(this.at + FRAGMENT, value);
  }
  get ttl(): number {
    return this.data.getUint8(this.at + TTL);
  }
  set ttl(value: number) {
    this.data.setUint8(this.at + TTL, value);
  }
  get protocol(): number {
    return this.data.getUint8(this.at + PROTOCOL);
  }
  set protocol(value: number) {
    this.data.setUint8(this.at + PROTOCOL, value);
  }
  get checksum(): number {
    return this.data.getUint16(this.at + CHECKSUM);
  }
  set checksum(value: number) {
    this.data.setUint16(this.at + CHECKSUM, value);
  }
  /** Addresses as signed 32-bit words: they stay small integers in V8, which unsigned ones above 2³¹ do not. */
  get source(): number {
    return this.data.getInt32(this.at + SOURCE);
  }
  set source(value: number) {
    this.data.setInt32(this.at + SOURCE, value);
  }
  get destination(): number {
    return this.data.getInt32(this.at + DESTINATION);
  }
  set destination(value: number) {
    this.data.setInt32(this.at + DESTINATION, value);
  }
}
