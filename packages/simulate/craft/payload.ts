/** Payload bytes from what one writes down: text (one byte per character), or hexadecimal with spaces. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A name as DNS writes it (RFC 1035 §3.1). */
function dnsName(name: string): Uint8Array {
  return concat(...name.split('.').map((label) => concat(Uint8Array.of(label.length), ascii(label))), Uint8Array.of(0));
}

/** A DNS message of one question and no answer (RFC 1035 §4.1); id and flags first. */
export function dnsMessage(flags: number, name: string, type: number, dnsClass = 1): Uint8Array {
  const head = Uint8Array.of(0, 0, flags >>> 8, flags & 255, 0, 1, 0, 0, 0, 0, 0, 0);
  return concat(head, dnsName(name), Uint8Array.of(type >>> 8, type & 255, dnsClass >>> 8, dnsClass & 255));
}
