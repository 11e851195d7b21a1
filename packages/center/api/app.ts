/**
 * The center's HTTP: routes, page, limits, headers, problems. `buildApp` makes it; nothing listens until `listen` is called. Every
 * request passes: headers → is the center stopping? → rate limit → parameters → answer → entity tag and gzip.
 */
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { LiveMinute } from '@noroshi/wire/api/live.ts';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { Unanswerable } from '../query/query.ts';
import { finish } from './answer.ts';
import { clientOf } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { LiveEvents } from './events.ts';
import { setHeaders } from './headers.ts';
import { describeApi } from './openapi.ts';
import { Methods } from './methods.ts';
import { hasPortal, servePortal, wantsPage } from './portal.ts';
import { Refused, RETRY_AFTER_S } from './problem.ts';
import { RateLimit } from './rate-limit.ts';
import { refuse, refuseMalformed, sendProblem } from './refuse.ts';
import { figureRoutes } from './routes/figures.ts';
import { findingRoutes } from './routes/findings.ts';
import { liveRoutes } from './routes/live.ts';
import { operationRoutes } from './routes/operations.ts';
import { reportRoute } from './routes/report.ts';

/** No question is longer than this; uploads say their own limit. */
const BODY_BYTES_MAX = 1024;
const PARAMETER_CHARS_MAX = 100;
/** A sensor on a slow line may take this long for a segment. */
const REQUEST_MS_MAX = 15 * 60_000;
/** Connections at the same time; more wait in the system's queue. */
const CONNECTIONS_MAX = 4000;

/** The app, ready to listen. Closing it ends live events first, then what is being answered. */
export async function buildApp(deps: ApiDeps): Promise<FastifyInstance> {
  const app = createApp(deps);
  const events = liveEvents(app, deps);
  guard(app, deps);
  await describeApi(app, deps.version);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  operationRoutes(typed, deps);
  figureRoutes(typed, deps.figures);
  findingRoutes(typed, deps);
  liveRoutes(typed, deps.figures, events);
  reportRoute(typed, deps.figures);
  await app.register(deps.uploads);
  app.options('/v1/*', { schema: { hide: true } }, (_request, reply) => reply.code(204).send());
  if (hasPortal(deps.portal)) await servePortal(app, deps.portal);
  return app;
}

function createApp({ tls, proxies, log, portal }: ApiDeps): FastifyInstance {
  const app = Fastify({
    https: tls ?? null,
    trustProxy: proxies.length === 0 ? false : [...proxies],
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: PARAMETER_CHARS_MAX },
    return503OnClosing: false,
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (_error, request, reply) => {
      setHeaders(request, reply);
      sendProblem(reply, new Refused('bad_request', 'Cannot answer: the address is malformed'));
    },
  }) as unknown as FastifyInstance;
  app.server.maxConnections = CONNECTIONS_MAX;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeAllContentTypeParsers();
  app.setErrorHandler((error, request, reply) => refuse(log, error, request, reply));
  const methods = new Methods();
  app.addHook('onRoute', ({ url, method }) => methods.add(url, method));
  app.setNotFoundHandler((request, reply) => {
    if (hasPortal(portal) && wantsPage(request)) return reply.sendFile('index.html');
    const taken = methods.of(request.url);
    if (taken.length > 0) {
      reply.header('allow', taken.join(', '));
      return sendProblem(reply, new Refused('wrong_method', `Cannot answer: this address takes ${taken.join(', ')}`));
    }
    return sendProblem(reply, new Refused('not_found', 'Cannot answer: there is nothing at this address'));
  });
  return app;
}

function liveEvents(app: FastifyInstance, deps: ApiDeps): LiveEvents {
  const { figures, findings, log, event_clients, onStored, onFindings, metrics } = deps;
  const minutes = async (feed: FeedName): Promise<readonly LiveMinute[]> => {
    try {
      return (await figures.live(feed)).minutes;
    } catch (error) {
      // A page may wait for the very first minute.
      if (error instanceof Unanswerable && error.reason === 'no_data') return [];
      throw error;
    }
  };
  const watermark = (feed: FeedName): string | null => findings?.watermark(feed) ?? null;
  const events = new LiveEvents({ minutes, watermark, log, clientsMax: event_clients });
  const forget = onStored((feed) => events.stored(feed));
  const forgetFindings = onFindings?.((feed) => events.found(feed));
  metrics.gauge('noroshi_api_event_clients', 'Pages that are sent live events', () => events.clients);
  metrics.gauge('noroshi_api_event_clients_dropped', 'Pages let go because they did not read', () => events.dropped);
  app.addHook('preClose', async () => {
    forget();
    forgetFindings?.();
    events.close();
  });
  return events;
}

function guard(app: FastifyInstance, { requests_per_minute, metrics, now_ms }: ApiDeps): void {
  const limit = new RateLimit(requests_per_minute, now_ms);
  const answered = metrics.counter('noroshi_api_requests_total', 'Requests answered, by route and status');
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    setHeaders(request, reply);
    if (isStopping) throw new Refused('unavailable', 'Cannot answer: the center is stopping', RETRY_AFTER_S);
    const wait_s = isUpload(request) ? 0 : limit.take(clientOf(request.ip));
    if (wait_s > 0) throw new Refused('too_many_requests', 'Cannot answer: too many requests in a minute', wait_s);
  });
  app.addHook('onSend', finish);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    answered.add(1, { route, method: request.method, status: String(reply.statusCode) });
  });
}

/** Sensors prove who they are; what they send is limited by other means. */
function isUpload({ url }: FastifyRequest): boolean {
  return url.startsWith('/v1/segments/');
}
