/** UDP (RFC 768): 0 source port, 2 destination port, 4 length with header, 6 checksum. UDP-Lite (RFC 3828) begins alike. */
import { View } from './view.ts';

export const UDP_BYTES = 8;

export class UdpView extends View {
  get sourcePort(): number {
    return this.data.getUint16(this.at);
  }
  set sourcePort(value: number) {
    this.data.setUint16(this.at, value);
  }
  get destinationPort(): number {
    return this.data.getUint16(this.at + 2);
  }
  set destinationPort(value: number) {
    this.data.setUint16(this.at + 2, value);
  }
  get length(): number {
    return this.data.getUint16(this.at + 4);
  }
  set length(value: number) {
    this.data.setUint16(this.at + 4, value);
  }
  get checksum(): number {
    return this.data.getUint16(this.at + 6);
  }
  set checksum(value: number) {
    this.data.setUint16(this.at + 6, value);
  }
}
