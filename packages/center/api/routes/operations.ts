/** For whoever runs the center: is it well, what does it count. */
import { METRICS_TYPE, type Metrics } from '@noroshi/kit/metrics.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isLoopback } from '../client.ts';
import type { ApiDeps } from '../deps.ts';
import { Refused } from '../problem.ts';
import { healthSchema } from '../schemas.ts';
import { type App, jsonOf } from './route.ts';

export function operationRoutes(app: App, { ailment, version, metrics }: ApiDeps): void {
  const health = jsonOf(healthSchema, 'It answers and takes segments.');
  app.get(
    '/v1/health',
    {
      schema: {
        tags: ['operations'],
        summary: 'Whether the center is well',
        querystring: z.strictObject({}),
        response: {
          ...health,
          503: { ...health[200], description: 'Its database is away, or it has no room for uploads.' },
        },
      },
    },
    async (_request, reply) => {
      const sentence = await ailment();
      reply.header('cache-control', 'no-store').code(sentence === '' ? 200 : 503);
      return reply.send({ state: sentence === '' ? 'ok' : 'waiting', sentence, version });
    },
  );
  metricsRoute(app, metrics);
}

function metricsRoute(app: App, metrics: Metrics): void {
  app.get('/v1/metrics', { schema: { hide: true, querystring: z.strictObject({}) } }, (request, reply) => {
    if (!isLocal(request)) throw new Refused('not_found', 'Cannot show the metrics: they are for this machine only');
    return reply.header('cache-control', 'no-store').type(METRICS_TYPE).send(metrics.render());
  });
}

/** From this machine, by its own name, and not on behalf of somebody else. */
function isLocal({ socket, headers }: FastifyRequest): boolean {
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  // A page of another site whose name was pointed here would send that name.
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(headers.host ?? '');
}
