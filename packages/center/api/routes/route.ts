/** What routes have in common: typed schemas, problems, and JSON or CSV as asked. */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { FRESH } from '../answer.ts';
import { csvOf, type Table } from '../../publish/csv.ts';
import { STIX_MEDIA_TYPE } from '../../publish/stix/bundle.ts';
import { problemSchema } from '../schemas.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const CSV_TYPE = 'text/csv; charset=utf-8';

const problem = { description: 'A refusal', content: { 'application/problem+json': { schema: problemSchema } } };
const problems = { '4xx': problem, '5xx': problem };

/** Responses of a route that answers JSON. */
export function jsonOf<T extends z.ZodType>(schema: T, description: string) {
  return { 200: { description, content: { 'application/json': { schema } } }, ...problems };
}

/** Responses of a route that answers text of a type. */
export function textOf(type: string, description: string) {
  return { 200: { description, content: { [type]: { schema: z.string() } } }, ...problems };
}

/** Responses of the report, which comes in four forms. */
export function reportOf<T extends z.ZodType>(schema: T, description: string) {
  const text = { schema: z.string() };
  const content = { 'application/json': { schema }, 'text/plain': text, 'text/csv': text, 'text/html': text };
  return { 200: { description, content }, ...problems };
}

/** Responses of a route that answers JSON or a table. */
export function jsonOrCsvOf<T extends z.ZodType>(schema: T, description: string) {
  const content = { 'application/json': { schema }, 'text/csv': { schema: z.string() } };
  return { 200: { description, content }, ...problems };
}

/** Responses of the findings, which come in three forms. */
export function jsonCsvOrStixOf<T extends z.ZodType>(schema: T, description: string) {
  const text = { schema: z.string() };
  const content = { 'application/json': { schema }, 'text/csv': text, [STIX_MEDIA_TYPE]: text };
  return { 200: { description, content }, ...problems };
}

interface Form {
  readonly format: 'json' | 'csv';
  readonly bom: 'true' | 'false';
}

/**
 * Answers in the form asked for.
 * @param name of the file, should somebody save it: our own words and dates only
 */
export function answer<T>(
  reply: FastifyReply,
  { format, bom }: Form,
  name: string,
  value: T,
  table: (value: T) => Table,
) {
  reply.header('cache-control', FRESH);
  if (format === 'json') return reply.type('application/json').send(value);
  reply.header('content-disposition', `inline; filename="noroshi-${name.replaceAll('/', '_')}.csv"`);
  return reply.type(CSV_TYPE).send(csvOf(table(value), bom === 'true'));
}
