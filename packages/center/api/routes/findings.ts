/** What detectors found: findings, victims, classes of sources, and the detectors themselves. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { STIX_MEDIA_TYPE } from '../../publish/stix/bundle.ts';
import { FRESH } from '../answer.ts';
import type { ApiDeps, Findings } from '../deps.ts';
import * as schemas from '../finding-schemas.ts';
import * as tables from '../finding-tables.ts';
import * as parameters from '../parameters.ts';
import { Refused, RETRY_AFTER_S } from '../problem.ts';
import { type App, answer, jsonCsvOrStixOf, jsonOf, jsonOrCsvOf } from './route.ts';

const { feed, period, format, bom, limit, time, open } = parameters;
const TAGS = ['findings'];

export function findingRoutes(app: App, { findings }: Pick<ApiDeps, 'findings'>): void {
  const found = (): Findings => {
    if (findings === undefined) {
      throw new Refused('unavailable', 'Cannot answer: this center runs no detectors', RETRY_AFTER_S);
    }
    return findings;
  };
  listRoute(app, found);
  oneRoute(app, found);
  victimRoutes(app, found);
  sourceRoutes(app, found);
}

function listRoute(app: App, found: () => Findings): void {
  const { detectors, states, subject, cursor } = parameters;
  const forms = parameters.oneOf(['json', 'csv', 'stix']).default('json').describe('STIX: a bundle, version 2.1.');
  app.get(
    '/v1/findings',
    {
      schema: {
        tags: TAGS,
        summary: 'What detectors found, newest first',
        querystring: z
          .strictObject({
            feed,
            from: time,
            to: time,
            detector: detectors,
            state: states,
            subject,
            open,
            limit,
            cursor,
            format: forms,
            bom,
          })
          .describe('Findings that overlap from … to.'),
        response: jsonCsvOrStixOf(schemas.findingsSchema, 'With a cursor for more.'),
      },
    },
    async ({ query }, reply) => {
      const { from: from_ms, to: to_ms, detector, state, open: is_open, format: form } = query;
      checkOrder(from_ms, to_ms);
      const { subject: about } = query;
      const question = { feed: query.feed, from_ms, to_ms, detectors: detector, states: state, is_open };
      const whole = { ...question, subject: about, limit: query.limit, cursor: query.cursor };
      if (form === 'stix') return bundle(reply, `findings-${query.feed}`, await found().stix(whole));
      const list = await found().list(whole);
      return answer(reply, { format: form, bom: query.bom }, `findings-${query.feed}`, list, tables.findingsTable);
    },
  );
}

function bundle(reply: FastifyReply, name: string, text: string): FastifyReply {
  return reply
    .header('cache-control', FRESH)
    .header('content-disposition', `inline; filename="noroshi-${name}.stix.json"`)
    .type(STIX_MEDIA_TYPE)
    .send(text);
}

function oneRoute(app: App, found: () => Findings): void {
  app.get(
    '/v1/findings/:id',
    {
      schema: {
        tags: TAGS,
        summary: 'One finding with its reasons, evidence, history and sightings',
        params: z.strictObject({ id: parameters.id }),
        querystring: z.strictObject({}),
        response: jsonOf(schemas.findingSchema, 'The evidence is a query on the center’s own database.'),
      },
    },
    async ({ params }, reply) => reply.header('cache-control', FRESH).send(await found().one(params.id)),
  );
}

function victimRoutes(app: App, found: () => Findings): void {
  app.get(
    '/v1/victims',
    {
      schema: {
        tags: TAGS,
        summary: 'Who was under attack: findings of one detector gathered by address',
        querystring: z.strictObject({
          feed,
          period,
          from: time,
          to: time,
          detector: parameters.detector,
          open,
          limit,
          format,
          bom,
        }),
        response: jsonOrCsvOf(schemas.victimsSchema, 'With open=true and no time: who is under attack now.'),
      },
    },
    async ({ query }, reply) => {
      const { from: from_ms, to: to_ms, detector, open: is_open } = query;
      checkOrder(from_ms, to_ms);
      const question = {
        feed: query.feed,
        period: query.period,
        from_ms,
        to_ms,
        detector,
        is_open,
        limit: query.limit,
      };
      const victims = await found().victims(question);
      return answer(reply, query, `victims-${query.feed}`, victims, tables.victimsTable);
    },
  );
  app.get(
    '/v1/victims/:address',
    {
      schema: {
        tags: TAGS,
        summary: 'One victim: its attacks and what came back from it, step by step',
        params: z.strictObject({ address: parameters.address }),
        querystring: z.strictObject({ feed, from: time, to: time, format, bom }),
        response: jsonOrCsvOf(schemas.victimSchema, 'As CSV its timeline.'),
      },
    },
    async ({ query, params }, reply) => {
      const { from: from_ms, to: to_ms } = query;
      checkOrder(from_ms, to_ms);
      const victim = await found().victim(params.address, { feed: query.feed, from_ms, to_ms });
      return answer(reply, query, `victim-${query.feed}`, victim, tables.timelineTable);
    },
  );
}

function sourceRoutes(app: App, found: () => Findings): void {
  app.get(
    '/v1/sources',
    {
      schema: {
        tags: TAGS,
        summary: 'Sources by class, with the unknown ones, and by tool',
        querystring: z.strictObject({ feed, period, format, bom }),
        response: jsonOrCsvOf(schemas.sourcesSchema, 'Each source has one class in an hour.'),
      },
    },
    async ({ query }, reply) => {
      return answer(reply, query, `sources-${query.feed}`, await found().sources(query), tables.sourcesTable);
    },
  );
  app.get(
    '/v1/detectors',
    {
      schema: {
        tags: TAGS,
        summary: 'Which detectors run, what they look for, what their confidence means',
        querystring: z.strictObject({ feed, format, bom }),
        response: jsonOrCsvOf(schemas.detectorsSchema, 'In the order in which they run.'),
      },
    },
    async ({ query }, reply) => {
      return answer(reply, query, `detectors-${query.feed}`, found().detectors(query.feed), tables.detectorsTable);
    },
  );
}

function checkOrder(from_ms: number | undefined, to_ms: number | undefined): void {
  if (from_ms !== undefined && to_ms !== undefined && to_ms <= from_ms) {
    throw new Refused('bad_parameter', 'Cannot answer: parameter to is not behind parameter from');
  }
}
