/** The last 24 hours, and the events with which a page stays up to date. */
import { z } from 'zod';
import { clientOf } from '../client.ts';
import type { Figures } from '../deps.ts';
import type { LiveEvents } from '../events.ts';
import { bom, feed, format } from '../parameters.ts';
import { Refused, RETRY_AFTER_S } from '../problem.ts';
import { liveSchema } from '../schemas.ts';
import { liveTable } from '../tables.ts';
import { type App, answer, jsonOrCsvOf, textOf } from './route.ts';

const TAGS = ['live'];

export function liveRoutes(app: App, figures: Figures, events: LiveEvents): void {
  app.get(
    '/v1/live',
    {
      schema: {
        tags: TAGS,
        summary: 'The last 24 hours, minute by minute',
        querystring: z.strictObject({ feed, format, bom }),
        response: jsonOrCsvOf(liveSchema, 'Minutes in which nothing listened are left out.'),
      },
    },
    async ({ query }, reply) => {
      return answer(reply, query, `live-${query.feed}`, await figures.live(query.feed), liveTable);
    },
  );
  app.get(
    '/v1/live/events',
    {
      // HEAD would never end.
      exposeHeadRoute: false,
      schema: {
        tags: TAGS,
        summary:
          'Server-sent events: `minute` with a LiveMinute whenever one was stored or revised, its id the minute; `findings` when those changed',
        querystring: z.strictObject({ feed }),
        response: textOf('text/event-stream', 'Never ends; a comment every 15 seconds keeps it alive.'),
      },
    },
    async (request, reply) => {
      const client = clientOf(request.ip);
      const refusal = events.refusal(client);
      if (refusal !== undefined) {
        throw new Refused('unavailable', `Cannot send live events: ${refusal}`, RETRY_AFTER_S);
      }
      reply.header('content-type', 'text/event-stream; charset=utf-8').header('cache-control', 'no-store');
      // Some proxies gather answers unless they are told not to.
      reply.header('x-accel-buffering', 'no');
      reply.hijack();
      reply.raw.writeHead(200, headersOf(reply.getHeaders()));
      const last = request.headers['last-event-id'];
      const minute_ms = typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : undefined;
      await events.add(request.query.feed, client, reply.raw, minute_ms);
    },
  );
}

function headersOf(headers: Readonly<Record<string, string | number | string[] | undefined>>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? '']));
}
