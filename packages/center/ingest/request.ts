/** What the path and the headers of an upload say, checked. */
import { TLSSocket } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import { PARQUET_TYPE } from '@noroshi/wire/api/upload.ts';
import type { Credentials } from './sensors.ts';
import { Refusal } from './refusals.ts';

export interface Announced {
  readonly bytes: number;
  /** SHA-256 of the body, lower-case hex. */
  readonly digest: string;
  /** The sender's clock; undefined when it does not say. */
  readonly sent_ms: number | undefined;
}

const SEQUENCE = /^(?:0|[1-9][0-9]{0,15})$/;
const SHA256_ITEM = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/** Throws Refusal. */
export function sequenceOf(text: string): number {
  const sequence = SEQUENCE.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(sequence)) return sequence;
  throw new Refusal('wrong_path', 'Cannot take the segment: its sequence is not a count');
}

/** `name`: the segment in our sentences. Throws Refusal. */
export function announcedOf(headers: IncomingMessage['headers'], name: string, segment_bytesMax: number): Announced {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== PARQUET_TYPE || (headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Refusal('wrong_type', `Cannot take ${name}: the content is not ${PARQUET_TYPE} as it is`);
  }
  const length = headers['content-length'];
  if (length === undefined) throw new Refusal('length_missing', `Cannot take ${name}: it has no Content-Length`);
  const bytes = Number(length);
  if (bytes > segment_bytesMax) {
    throw new Refusal('too_large', `Cannot take ${name}: it is larger than ${segment_bytesMax} bytes`);
  }
  const digest = digestOf(headers['content-digest']);
  if (digest === undefined) {
    throw new Refusal('digest_missing', `Cannot take ${name}: it has no Content-Digest with sha-256`);
  }
  const sent_ms = Date.parse(headers.date ?? '');
  return { bytes, digest, sent_ms: Number.isNaN(sent_ms) ? undefined : sent_ms };
}

/** RFC 9530: a dictionary of algorithms; ours is looked for among them. */
function digestOf(header: string | string[] | undefined): string | undefined {
  const items = String(header ?? '').split(',');
  const base64 = items.map((item) => SHA256_ITEM.exec(item.trim())?.[1]).find((found) => found !== undefined);
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex');
}

export function credentialsOf(request: IncomingMessage): Credentials {
  return { authorization: request.headers.authorization, certificate_sha256: clientCertificateOf(request) };
}

/**
 * SHA-256 of the client's certificate, lower-case hex; undefined without TLS, without a certificate, or with one that the
 * server's authorities (`ca`) did not sign or that has run out.
 */
export function clientCertificateOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const fingerprint = socket.getPeerCertificate().fingerprint256;
  return fingerprint === undefined ? undefined : fingerprint.replaceAll(':', '').toLowerCase();
}
