/** The page: files that Vite built, and index.html for every other address that a person opens. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Vite puts the digest of its content into the name of everything in here. */
const HASHED = /[\\/]assets[\\/]/;
const YEAR_S = 365 * 86_400;

/** Serves a folder; without an index.html in it there is no page. */
export async function servePortal(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders: (reply, path) => {
      const isHashed = HASHED.test(path);
      reply.header('cache-control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
}

export function hasPortal(folder: string | undefined): folder is string {
  return folder !== undefined && existsSync(join(folder, 'index.html'));
}

/**
 * Whether an unknown address was opened by a person: the page then says what there is. Only on the first level, for the page names
 * its files relative to itself.
 */
export function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return /^\/[^/?]*(\?|$)/.test(url) && url !== '/v1' && (headers.accept ?? '').includes('text/html');
}
