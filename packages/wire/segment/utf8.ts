/**
 * UTF-8 both ways. Browsers, workers and Node share TextEncoder and TextDecoder, but TypeScript declares them only
 * together with the whole DOM or all of Node, which this package must not see: hence the two lines of its own.
 */

declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: 'utf-8',
  options: { fatal: boolean; ignoreBOM: boolean },
) => {
  decode(bytes: Uint8Array): string;
};

const encoder = new TextEncoder();
// A byte order mark is a character like any other: what was written is what is read.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A new array with the text's UTF-8 bytes. Lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text, or undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
