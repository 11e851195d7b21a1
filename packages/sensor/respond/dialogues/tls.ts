/**
 * TLS: the client's hello says what it is; a server hello (RFC 5246 §7.4.1.3) keeps it talking a little. There is no certificate
 * and no key: the handshake never ends.
 */
import { helloText, looksLikeTls, readClientHello } from '@noroshi/wire/hello/tls.ts';
import { type Dialogue, type DialogueKind, type Notes, type Reply, SILENCE } from './dialogue.ts';

/** A record with room to spare. */
const PENDING_BYTES_MAX = 17_000;
const RANDOM_BYTES = 32;
/** Signalling values that are no ciphers (RFC 5746, RFC 7507). */
const NO_CIPHERS = new Set([0x00ff, 0x5600]);

export const TLS: DialogueKind = {
  name: 'tls',
  greets: [],
  greeting: '',
  recognises: (bytes) => (bytes.length < 3 ? (bytes[0] === 22 ? 'more' : 'no') : looksLikeTls(bytes) ? 'yes' : 'no'),
  start: (notes, random) => new Tls(notes, random),
};

class Tls implements Dialogue {
  private readonly notes: Notes;
  private readonly random: () => number;
  private pending: Uint8Array = new Uint8Array(0);
  private isAnswered = false;

  constructor(notes: Notes, random: () => number) {
    this.notes = notes;
    this.random = random;
  }

  push(bytes: Uint8Array): Reply {
    // What comes behind our hello is an alert, or the client waits.
    if (this.isAnswered) return { end: true };
    this.pending = Buffer.concat([this.pending, bytes]);
    const hello = readClientHello(this.pending);
    if (hello === 'short') return this.pending.length > PENDING_BYTES_MAX ? { end: true } : SILENCE;
    if (hello === 'not') return { end: true };
    this.notes.client('tls.hello', helloText(hello));
    if (hello.server_name !== '') this.notes.client('tls.server_name', hello.server_name);
    this.isAnswered = true;
    const cipher = hello.ciphers.find((value) => value >> 8 !== 0x13 && !isReserved(value)) ?? 0xc02f;
    return { send: this.serverHello(cipher) };
  }

  private serverHello(cipher: number): Uint8Array {
    const random = Array.from({ length: RANDOM_BYTES }, () => this.random());
    const body = [3, 3, ...random, 0, cipher >> 8, cipher & 255, 0];
    return Uint8Array.of(22, 3, 3, 0, body.length + 4, 2, 0, 0, body.length, ...body);
  }
}

/** GREASE (RFC 8701) and signals. */
const isReserved = (value: number): boolean => (value & 0x0f0f) === 0x0a0a || NO_CIPHERS.has(value);
