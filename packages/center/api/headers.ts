/** Headers of every answer: what a browser may do with it, and who may read it from other pages. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Scripts, styles and data come from the center alone. Charts set style attributes on elements they make (tooltips, canvases);
 * such attributes cannot run anything, so they are allowed, style elements are not.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Two years, as browsers' preload lists ask for. */
const HSTS = 'max-age=63072000';

/** What any page may do: read public figures, and ask whether they changed. Never upload. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, retry-after',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'if-none-match, last-event-id',
  'access-control-max-age': '86400',
};

const PRIVATE = new Set(['/v1/metrics']);

/** Is anybody's page allowed to read this? */
function isPublic({ method, url }: FastifyRequest): boolean {
  const [path = ''] = url.split('?', 1);
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) && path.startsWith('/v1/') && !PRIVATE.has(path);
}

export function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY);
  if (request.protocol === 'https') reply.header('strict-transport-security', HSTS);
  if (!isPublic(request)) return;
  reply.headers({ ...CORS, 'cross-origin-resource-policy': 'cross-origin' });
  if (request.method === 'OPTIONS') reply.headers(PREFLIGHT);
}
