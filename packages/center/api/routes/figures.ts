/** The published figures: what they mean, all of a period, one over time, rankings, and what became of every packet. */
import { DIMENSIONS, STEPS } from '@noroshi/wire/api/figures.ts';
import { z } from 'zod';
import { FRESH, STEADY } from '../answer.ts';
import type { Figures } from '../deps.ts';
import * as parameters from '../parameters.ts';
import * as schemas from '../schemas.ts';
import { conservationTable, rankingTable, seriesTable, summaryTable } from '../tables.ts';
import { type App, answer, jsonOf, jsonOrCsvOf } from './route.ts';

const { feed, period, format, bom, limit, scanners } = parameters;
const TAGS = ['figures'];

export function figureRoutes(app: App, figures: Figures): void {
  listRoutes(app, figures);
  summaryRoute(app, figures);
  seriesRoute(app, figures);
  rankingRoute(app, figures);
  conservationRoute(app, figures);
}

function listRoutes(app: App, figures: Figures): void {
  app.get(
    '/v1/feeds',
    {
      schema: {
        tags: TAGS,
        summary: 'Whose center this is, and which feeds hold data',
        querystring: z.strictObject({}),
        response: jsonOf(
          schemas.feedsSchema,
          'Feeds are kept apart: live sensors, invented traffic, replayed captures.',
        ),
      },
    },
    async (_request, reply) => reply.header('cache-control', FRESH).send(await figures.feeds()),
  );
  app.get(
    '/v1/definitions',
    {
      schema: {
        tags: TAGS,
        summary: 'What each figure means',
        querystring: z.strictObject({}),
        response: jsonOf(schemas.definitionsSchema, 'In the order in which they are published.'),
      },
    },
    async (_request, reply) => reply.header('cache-control', STEADY).send({ figures: figures.definitions }),
  );
}

function summaryRoute(app: App, figures: Figures): void {
  app.get(
    '/v1/summary',
    {
      schema: {
        tags: TAGS,
        summary: 'All figures of a period beside those of the period before',
        querystring: z.strictObject({ feed, period, format, bom }),
        response: jsonOrCsvOf(schemas.summarySchema, 'With what listened, for how long, and what was lost.'),
      },
    },
    async ({ query }, reply) => {
      const summary = await figures.summary(query);
      return answer(reply, query, `summary-${query.feed}-${summary.period.name}`, summary, summaryTable);
    },
  );
}

function seriesRoute(app: App, figures: Figures): void {
  const ids = figures.definitions.map(({ id }) => id);
  const figure = parameters.oneOf(ids).describe('Identifier of a figure, from /v1/definitions.');
  const step = parameters.oneOf(STEPS).default('day').describe('Width of a point.');
  app.get(
    '/v1/series',
    {
      schema: {
        tags: TAGS,
        summary: 'One figure by hour or day',
        querystring: z.strictObject({ feed, figure, step, period, format, bom }),
        response: jsonOrCsvOf(schemas.seriesSchema, 'A point for every step of the period.'),
      },
    },
    async ({ query }, reply) => {
      const series = await figures.series(query, query.figure, query.step);
      return answer(reply, query, `${series.figure}-${query.feed}-${series.period.name}`, series, seriesTable);
    },
  );
}

function rankingRoute(app: App, figures: Figures): void {
  const dimension = parameters.oneOf(DIMENSIONS).describe('What is ranked.');
  app.get(
    '/v1/rankings/:dimension',
    {
      schema: {
        tags: TAGS,
        summary: 'The first rows of a dimension beside their ranks before',
        params: z.strictObject({ dimension }),
        querystring: z.strictObject({ feed, period, limit, scanners, format, bom }),
        response: jsonOrCsvOf(schemas.rankingSchema, 'Keys and labels are foreign text: escape them before showing.'),
      },
    },
    async ({ query, params }, reply) => {
      const isWithout = query.scanners === 'exclude';
      const ranking = await figures.ranking(query, params.dimension, query.limit, isWithout);
      return answer(reply, query, `${params.dimension}-${query.feed}-${ranking.period.name}`, ranking, rankingTable);
    },
  );
}

function conservationRoute(app: App, figures: Figures): void {
  app.get(
    '/v1/conservation',
    {
      schema: {
        tags: TAGS,
        summary: 'What became of every packet: received = kept + filtered + dropped, and kept = stored',
        querystring: z.strictObject({ feed, format, bom }),
        response: jsonOrCsvOf(schemas.conservationSchema, 'Since the database began.'),
      },
    },
    async ({ query }, reply) => {
      const account = await figures.conservation(query.feed);
      return answer(reply, query, `conservation-${query.feed}`, account, conservationTable);
    },
  );
}
