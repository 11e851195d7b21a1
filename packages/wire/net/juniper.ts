/**
 * What Juniper's routers put before a captured packet (DLT_JUNIPER_*): 0 magic `MGC` (3)   3 flags
 * [4 bytes of extensions (2), big-endian   6 extensions]   then what the link type says.
 */
import { View } from './view.ts';

export const JUNIPER_BYTES = 4;
const MAGIC = 0x4d4743;
const FLAG_NO_LINK_HEADER = 0x02;
const FLAG_EXTENSIONS = 0x80;

export class JuniperView extends View {
  get isJuniper(): boolean {
    return this.data.getUint32(this.at) >>> 8 === MAGIC;
  }
  get flags(): number {
    return this.data.getUint8(this.at + 3);
  }
  /** Sets the magic and the flags. */
  set flags(value: number) {
    this.data.setUint32(this.at, MAGIC * 0x100 + value);
  }
  get hasLinkHeader(): boolean {
    return (this.flags & FLAG_NO_LINK_HEADER) === 0;
  }
  get hasExtensions(): boolean {
    return (this.flags & FLAG_EXTENSIONS) !== 0;
  }
  /** Only with extensions, behind two more checked bytes. */
  get extensionBytes(): number {
    return this.data.getUint16(this.at + JUNIPER_BYTES);
  }
  set extensionBytes(value: number) {
    this.data.setUint16(this.at + JUNIPER_BYTES, value);
  }
}
