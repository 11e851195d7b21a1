/** Whatever goes wrong while a request is answered becomes a problem. */
import type { Socket } from 'node:net';
import type { Log } from '@noroshi/kit/log.ts';
import { PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { LedgerError } from '../ledger/error.ts';
import { Unanswerable } from '../query/query.ts';
import { StoreError } from '../store/store.ts';
import { badParameter, problemOf, Refused, RETRY_AFTER_S } from './problem.ts';

/** Seconds until a full disk may have been cleared. */
const RETRY_FULL_S = 60;
const LOGGED = 'a fault of the center, which has been logged';

export function refuse(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = refusedOf(error);
  if (refused.kind === 'internal') {
    const state = error instanceof Error ? error.message : String(error);
    log.error('fault', `Cannot answer ${request.method} ${request.routeOptions.url ?? ''}: ${state}`, {
      stack: error instanceof Error ? error.stack : undefined,
    });
  }
  return sendProblem(reply, refused);
}

export function sendProblem(reply: FastifyReply, refused: Refused): FastifyReply {
  const problem = problemOf(refused);
  if (refused.retry_after_s !== undefined) reply.header('retry-after', refused.retry_after_s);
  // Said here, because an answer that went wrong on its way may have set others.
  for (const name of ['etag', 'content-disposition', 'content-encoding']) reply.removeHeader(name);
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}

function refusedOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof Unanswerable) {
    return new Refused(error.reason === 'no_data' ? 'no_data' : 'bad_parameter', error.message);
  }
  if (error instanceof StoreError) return ofStore(error);
  if (error instanceof LedgerError) return ofLedger(error);
  if (hasZodFastifySchemaValidationErrors(error)) return badParameter(error.validation);
  switch (statusOf(error)) {
    case 413:
      return new Refused('too_large', 'Cannot take the request: it is too large');
    case 415:
      return new Refused('unsupported_type', 'Cannot take the request: its content has an unsupported type');
    case 500:
      return new Refused('internal', `Cannot answer: ${LOGGED}`);
    default:
      return new Refused('bad_request', 'Cannot answer: the request is malformed');
  }
}

/** The store's own sentence may name tables and hosts: it is for the log. */
function ofStore({ kind }: StoreError): Refused {
  const { state, retry_after_s } = STORE_STATES[kind];
  return new Refused(
    retry_after_s === undefined ? 'internal' : 'unavailable',
    `Cannot answer: ${state}`,
    retry_after_s,
  );
}

const STORE_STATES: Readonly<Record<StoreError['kind'], { readonly state: string; readonly retry_after_s?: number }>> =
  {
    unreachable: { state: 'the database is away', retry_after_s: RETRY_AFTER_S },
    timeout: { state: 'the database took too long', retry_after_s: RETRY_AFTER_S },
    disk_full: { state: 'the disk is full', retry_after_s: RETRY_FULL_S },
    refused: { state: LOGGED },
  };

/** The ledger's sentence may name hosts and tables as well. */
function ofLedger({ kind }: LedgerError): Refused {
  switch (kind) {
    case 'unreachable':
      return new Refused('unavailable', 'Cannot answer: the ledger of findings is away', RETRY_AFTER_S);
    case 'timeout':
      return new Refused('unavailable', 'Cannot answer: the ledger of findings took too long', RETRY_AFTER_S);
    case 'disk_full':
      return new Refused('unavailable', 'Cannot answer: the disk is full', RETRY_FULL_S);
    case 'absent':
      return new Refused('not_found', 'Cannot answer: there is no such finding');
    case 'refused':
      return new Refused('internal', `Cannot answer: ${LOGGED}`);
    default:
      return kind satisfies never;
  }
}

/** Fastify's own errors carry a status; whatever carries none is a fault of ours. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? status : 500;
}

/** What is not HTTP at all gets a short answer and a closed connection. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(new Refused('bad_request', 'Cannot answer: the request is malformed'));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 400 Bad Request`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`);
}
