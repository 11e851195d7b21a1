/**
 * The RLE / bit-packing hybrid, written so that a typed array's own bytes are the packed values.
 *
 *   run of equals   varint count << 1            then the value in ⌈width / 8⌉ bytes
 *   packed run      varint (values / 8) << 1 | 1 then width bits per value, least significant first
 *
 * At widths 8 and 16 packed values are the bytes of a Uint8Array or (little-endian) Uint16Array; at width 1 they are a
 * validity bitmap. Packed values come in groups of eight: the last group is filled with zeros, which readers ignore.
 * Source: https://github.com/apache/parquet-format/blob/master/Encodings.md#RLE
 */

/** A run of `count` values equal to `value` at a width of at most 8 bits. */
export function equalRun(count: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(count * 2), value]);
}

/** The header of a packed run of `count` values, rounded up to a group of eight. */
export function packedRunHeader(count: number): number[] {
  return varint(Math.ceil(count / 8) * 2 + 1);
}

/** Data page body of dictionary indices: width, one packed run, padding. Keeps a view on `indices`. */
export function indexPieces(indices: Uint8Array | Uint16Array, from: number, to: number): Uint8Array[] {
  const width_bytes = indices.BYTES_PER_ELEMENT;
  if (to === from) return [Uint8Array.of(width_bytes * 8)];
  const head = Uint8Array.from([width_bytes * 8, ...packedRunHeader(to - from)]);
  const body = new Uint8Array(indices.buffer, indices.byteOffset + from * width_bytes, (to - from) * width_bytes);
  return [head, body, new Uint8Array((-(to - from) & 7) * width_bytes)];
}

/** Data page body of `count` indices that are all 0: width, one run of equals; empty for no values. */
export function zeroIndexPieces(count: number): Uint8Array[] {
  return [Uint8Array.from([8, ...(count > 0 ? equalRun(count, 0) : [])])];
}

/** `value`: a non-negative integer below 2³². */
export function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
  return out;
}

const VARINT_BYTES_MAX = 5;

/** The number that {@link varint} wrote at `from`; undefined when it is cut, above 32 bits or longer than it need be. */
export function readVarint(bytes: Uint8Array, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < VARINT_BYTES_MAX; index++) {
    const byte = bytes[from + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      const isShortest = byte !== 0 || index === 0;
      return isShortest && value <= 0xffff_ffff ? { value, end: from + index + 1 } : undefined;
    }
  }
  return undefined;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
