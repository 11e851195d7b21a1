/**
 * Tags that stand between one EtherType and the next, which is their last field: only their length has to be known.
 *
 *   IEEE 802.1BR E-TAG   893f  6 bytes          VN-Tag (pre-standard)  8926  4
 *   Cisco metadata       8909  6                IEEE 802.1ah I-TAG     88e7  4, then the customer's two hardware addresses
 *   Arista timestamp     d28b  2 subtype  2 version  8 or 6 time
 *   MACsec SecTAG        88e5  0 TCI, AN  1 short length  2 packet number (4)  [6 SCI (8)]     (IEEE 802.1AE §9.3)
 */
const ETHERTYPE_MACSEC = 0x88e5;
const ETHERTYPE_PROVIDER_BACKBONE = 0x88e7;
const ETHERTYPE_CISCO_METADATA = 0x8909;
const ETHERTYPE_VNTAG = 0x8926;
const ETHERTYPE_ETAG = 0x893f;
const ETHERTYPE_ARISTA = 0xd28b;

const NEXT_BYTES = 2;
const MACSEC_SCI_PRESENT = 0x20;
/** Encrypted or changed text: what follows is not readable. */
const MACSEC_HIDDEN = 0x0c;
const ARISTA_TIMESTAMP = 0x0001;
/** Low byte of the version: 64-bit and 48-bit time. */
const ARISTA_64 = 0x10;
const ARISTA_48 = 0x20;

/** Fewest bytes by which {@link shimBytes} can tell the length of a tag of that EtherType; 0 when it is no tag. */
export function shimBytesMin(type: number): number {
  switch (type) {
    case ETHERTYPE_VNTAG:
      return 4 + NEXT_BYTES;
    case ETHERTYPE_ETAG:
    case ETHERTYPE_CISCO_METADATA:
    case ETHERTYPE_MACSEC:
      return 6 + NEXT_BYTES;
    case ETHERTYPE_ARISTA:
      return 10 + NEXT_BYTES;
    case ETHERTYPE_PROVIDER_BACKBONE:
      return 16 + NEXT_BYTES;
    default:
      return 0;
  }
}

/** Bytes of the tag at `at` with the EtherType that ends it; 0 when what follows cannot be read. */
export function shimBytes(type: number, data: DataView, at: number): number {
  if (type === ETHERTYPE_MACSEC) return macsecBytes(data.getUint8(at));
  if (type === ETHERTYPE_ARISTA) return aristaBytes(data.getUint16(at), data.getUint8(at + 3));
  return shimBytesMin(type);
}

function macsecBytes(control: number): number {
  if ((control & MACSEC_HIDDEN) !== 0) return 0;
  return ((control & MACSEC_SCI_PRESENT) !== 0 ? 14 : 6) + NEXT_BYTES;
}

function aristaBytes(subtype: number, version: number): number {
  if (subtype !== ARISTA_TIMESTAMP) return 0;
  if (version === ARISTA_64) return 12 + NEXT_BYTES;
  return version === ARISTA_48 ? 10 + NEXT_BYTES : 0;
}
