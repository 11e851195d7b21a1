/** The last step of an answer in text: an entity tag, 304 when the client has it already, gzip where it pays. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Shorter texts fit into one packet anyway. */
const GZIP_CHARS_MIN = 1400;
const TAG_CHARS = 22;

const compress = promisify(gzip);

/** Browsers ask every time, and are told "not changed" mostly; what stands between may hold an answer for a moment. */
export const FRESH = 'public, max-age=0, s-maxage=10, must-revalidate';
/** For what changes with the program only. */
export const STEADY = 'public, max-age=300';

/** Fastify's onSend. Texts only: files carry tags of their own. */
export async function finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || reply.statusCode !== 200 || !['GET', 'HEAD'].includes(request.method)) {
    return payload;
  }
  // Weak: the same text, whichever way it is coded.
  const tag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, TAG_CHARS)}"`;
  reply.header('etag', tag).header('vary', 'accept-encoding');
  if (isKnown(request.headers['if-none-match'], tag)) {
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return '';
  }
  if (payload.length < GZIP_CHARS_MIN || !takesGzip(request.headers['accept-encoding'])) return payload;
  const bytes = await compress(payload);
  reply.header('content-encoding', 'gzip').header('content-length', bytes.length);
  return bytes;
}

/** If-None-Match: `*`, or a list of tags, compared without their weakness (RFC 9110 § 13.1.2). */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const plain = (text: string): string => text.trim().replace(/^W\//, '');
  return header.split(',').some((one) => one.trim() === '*' || plain(one) === plain(tag));
}

function takesGzip(header: string | undefined): boolean {
  return (header ?? '').split(',').some((one) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one));
}
