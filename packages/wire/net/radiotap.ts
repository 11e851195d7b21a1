/**
 * Radiotap (https://www.radiotap.org): a header of little-endian fields in front of an 802.11 frame.
 *
 *   0 version   1 pad   2 length   4 present (bit 31: another such word follows)   then the fields, each on its own boundary
 *
 * Only one field matters here: the flags, bit 1, which only the 8-byte time of bit 0 can stand before.
 */
import { View } from './view.ts';

export const RADIOTAP_BYTES = 8;
const PRESENT = 4;
const PRESENT_TIME = 1;
const PRESENT_FLAGS = 2;
/** The 802.11 header is padded to four bytes. */
export const RADIOTAP_DATA_PAD = 0x20;

export class RadiotapView extends View {
  get headerBytes(): number {
    return this.data.getUint16(this.at + 2, true);
  }
  set headerBytes(value: number) {
    this.data.setUint16(this.at + 2, value, true);
  }
  get present(): number {
    return this.data.getInt32(this.at + PRESENT, true);
  }
  set present(value: number) {
    this.data.setInt32(this.at + PRESENT, value, true);
  }

  /** The flags field; 0 when there is none within the header's `headerBytes`, which have been checked to be there. */
  get flags(): number {
    const present = this.present;
    if ((present & PRESENT_FLAGS) === 0) return 0;
    const end = this.headerBytes;
    let offset = PRESENT;
    while (offset + 4 <= end && this.data.getInt32(this.at + offset, true) < 0) offset += 4;
    offset += 4;
    if ((present & PRESENT_TIME) !== 0) offset = ((offset + 7) & ~7) + 8;
    return offset < end ? this.data.getUint8(this.at + offset) : 0;
  }
}
