/** `PUT` and `HEAD /v1/segments/{sensor}/{sequence}`: HTTP around ingest.ts. Answers as wire/api/upload.ts promises. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import type { Ingest, SegmentPath } from './ingest.ts';
import { drain } from './receive.ts';
import { Refusal } from './refusals.ts';

const PATH = '/v1/segments/:sensor/:sequence';

/** Adds the routes to a scope of their own, for they read bodies of every type as streams: `app.register((scope) => …)`. */
export function ingestRoutes(app: FastifyInstance, ingest: Ingest): void {
  const config = { bodyLimit: ingest.limits.segment_bytes };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.put<{ Params: SegmentPath }>(PATH, { ...config, schema: PUT_SCHEMA }, async (request, reply) => {
    try {
      const receipt = await ingest.put(request.raw, request.params);
      return await reply.code(receipt.state === 'stored' ? 201 : 200).send(receipt);
    } catch (error) {
      return refuse(error, request, reply, ingest);
    }
  });
  app.head<{ Params: SegmentPath }>(PATH, { schema: HEAD_SCHEMA }, async (request, reply) => {
    try {
      return await reply.code((await ingest.head(request.raw, request.params)) ? 200 : 404).send();
    } catch (error) {
      return refuse(error, request, reply, ingest);
    }
  });
}

const TAGS = ['sensors'];
const PUT_SCHEMA = {
  tags: TAGS,
  summary: 'A sensor hands in a segment',
  description: 'The body is one Parquet file. 201: stored and durable. 200: it was here already.',
};
const HEAD_SCHEMA = {
  tags: TAGS,
  summary: 'Is this segment stored?',
  description: '200 when it is, 404 when it is not.',
};

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, ingest: Ingest): FastifyReply {
  if (!(error instanceof Refusal)) throw error;
  const { problem, retryAfter_s, word } = error;
  if (word === 'too_slow') reply.header('connection', 'close');
  else drain(request.raw, ingest.limits.drain_ms);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (retryAfter_s !== undefined) reply.header('retry-after', String(retryAfter_s));
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}
