/**
 * Linux cooked captures (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html).
 *
 *   v1: 0 packet type  2 ARPHRD  4 address length  6 address (8)  14 protocol
 *   v2: 0 protocol  2 reserved  4 interface (4)  8 ARPHRD  10 packet type (1)  11 address length (1)  12 address (8)
 */
import { View } from './view.ts';

export const SLL_BYTES = 16;
export const SLL2_BYTES = 20;
/** Protocol values below 1536 that announce LLC instead of an EtherType. */
export const SLL_LLC = 4;

export class SllView extends View {
  get packetType(): number {
    return this.data.getUint16(this.at);
  }
  get arphrd(): number {
    return this.data.getUint16(this.at + 2);
  }
  get protocol(): number {
    return this.data.getUint16(this.at + 14);
  }
  set protocol(value: number) {
    this.data.setUint16(this.at + 14, value);
  }
}

export class Sll2View extends View {
  get protocol(): number {
    return this.data.getUint16(this.at);
  }
  set protocol(value: number) {
    this.data.setUint16(this.at, value);
  }
  get interfaceIndex(): number {
    return this.data.getUint32(this.at + 4);
  }
  set interfaceIndex(value: number) {
    this.data.setUint32(this.at + 4, value);
  }
  get arphrd(): number {
    return this.data.getUint16(this.at + 8);
  }
}
