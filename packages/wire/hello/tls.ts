/**
 * The first thing a TLS client says (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), and one text of it by which clients of one make are known
 * again. The text is our own, in plain: nothing is hashed away that somebody may want to compare.
 *
 *   record   type 22, version, length | handshake type 1, length | version, random, session, ciphers, compressions, extensions
 */
import { asciiOf, Cursor } from './cursor.ts';

const RECORD_HANDSHAKE = 22;
const HANDSHAKE_CLIENT_HELLO = 1;
const EXTENSION_SERVER_NAME = 0;
const EXTENSION_GROUPS = 10;
const EXTENSION_SIGNATURES = 13;
const EXTENSION_ALPN = 16;
const EXTENSION_VERSIONS = 43;
const RANDOM_BYTES = 32;
/** A record's payload may be as long (RFC 8446 §5.1); a hello over several records is read as far as the first. */
const RECORD_BYTES_MAX = 16_384;
const NAME_CHARACTERS_MAX = 255;
/** Protocol names that are kept. */
const ALPN_MAX = 16;

export interface ClientHello {
  /** As the hello's own field says: 0x0303 also for TLS 1.3, whose clients offer it in `versions`. */
  readonly version: number;
  readonly ciphers: readonly number[];
  /** Types, in the order sent. */
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly signatures: readonly number[];
  readonly versions: readonly number[];
  readonly protocols: readonly string[];
  /** Host that is asked for; '' without one. Foreign text in printable ASCII. */
  readonly server_name: string;
}

/** Whether the bytes begin as a TLS client's do. */
export function looksLikeTls(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === RECORD_HANDSHAKE && bytes[1] === 3 && (bytes[2] ?? 9) <= 4;
}

/** `short`: more bytes are needed; `not`: this is no client hello. */
export function readClientHello(bytes: Uint8Array): ClientHello | 'short' | 'not' {
  if (bytes.length < 6) return bytes.length < 3 || looksLikeTls(bytes) ? 'short' : 'not';
  const record = new Cursor(bytes, 3);
  const length = record.number(2);
  if (!looksLikeTls(bytes) || length > RECORD_BYTES_MAX || bytes[5] !== HANDSHAKE_CLIENT_HELLO) return 'not';
  if (bytes.length < 5 + length) return 'short';
  const body = new Cursor(bytes, 6, 5 + length).counted(3);
  const version = body.number(2);
  body.take(RANDOM_BYTES);
  body.counted(1);
  const ciphers = body.counted(2).words();
  body.counted(1);
  if (body.isShort) return 'not';
  return { version, ciphers, ...readExtensions(body.left < 2 ? new Cursor(new Uint8Array(0)) : body.counted(2)) };
}

function readExtensions(list: Cursor): Omit<ClientHello, 'version' | 'ciphers'> {
  const extensions: number[] = [];
  let [groups, signatures, versions]: number[][] = [[], [], []];
  let protocols: string[] = [];
  let server_name = '';
  while (list.left >= 4) {
    const type = list.number(2);
    const body = list.counted(2);
    extensions.push(type);
    if (type === EXTENSION_GROUPS) groups = body.counted(2).words();
    else if (type === EXTENSION_SIGNATURES) signatures = body.counted(2).words();
    else if (type === EXTENSION_VERSIONS) versions = body.counted(1).words();
    else if (type === EXTENSION_ALPN) protocols = readProtocols(body.counted(2));
    else if (type === EXTENSION_SERVER_NAME) server_name = readServerName(body.counted(2));
  }
  return { extensions, groups, signatures, versions, protocols, server_name };
}

function readProtocols(list: Cursor): string[] {
  const protocols: string[] = [];
  while (list.left > 0 && protocols.length < ALPN_MAX) {
    const length = list.number(1);
    protocols.push(asciiOf(list.take(length), NAME_CHARACTERS_MAX));
  }
  return protocols;
}

function readServerName(list: Cursor): string {
  const type = list.number(1);
  const length = list.number(2);
  return type === 0 ? asciiOf(list.take(length), NAME_CHARACTERS_MAX) : '';
}

/** Values that clients send at random to keep servers tolerant (RFC 8701): 0x0a0a, 0x1a1a, … */
const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);

/**
 * `versions_ciphers_extensions_groups_signatures_protocols`, numbers in hex joined by `-`; GREASE left out; extensions in the
 * order of their numbers, since some clients shuffle them.
 */
export function helloText(hello: ClientHello): string {
  const hex = (values: readonly number[]): string => {
    return values
      .filter((value) => !isGrease(value))
      .map((value) => value.toString(16))
      .join('-');
  };
  const versions = hello.versions.length > 0 ? hello.versions : [hello.version];
  const extensions = hello.extensions.toSorted((a, b) => a - b);
  return [
    hex(versions),
    hex(hello.ciphers),
    hex(extensions),
    hex(hello.groups),
    hex(hello.signatures),
    hello.protocols.join('-'),
  ].join('_');
}
