import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { SILENT } from '@noroshi/kit/log.ts';
import { until } from '@noroshi/kit/testing.ts';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import { buildApp } from './app.ts';
import { EVENTS_PER_CLIENT_MAX, type EventsDeps, LiveEvents } from './events.ts';
import { fakeDeps, liveMinute } from './testing.ts';

const MINUTE_MS = 60_000;

async function serve(context: TestContext, more: Parameters<typeof fakeDeps>[0] = {}) {
  const deps = fakeDeps(more);
  const app = await buildApp(deps);
  context.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { app, deps, port, url: `http://127.0.0.1:${port}/v1/live/events?feed=simulation` };
}

interface Page {
  readonly response: IncomingMessage;
  /** What was received until it contains `part`. */
  until(part: string): Promise<string>;
  /** Everything until the end of the connection. */
  end(): Promise<string>;
  leave(): void;
}

async function open(url: string, last?: string): Promise<Page> {
  const asked = get(url, { agent: false, headers: last === undefined ? {} : { 'last-event-id': last } });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  response.on('data', (part: string) => (text += part));
  response.on('error', () => {});
  return {
    response,
    async until(part) {
      await until(
        () => text.includes(part),
        () => `Nothing said ${part}: ${text.slice(-500)}`,
      );
      return text;
    },
    async end() {
      if (!response.readableEnded) await once(response, 'end');
      return text;
    },
    leave: () => asked.destroy(),
  };
}

const idsOf = (text: string): string[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id ?? '');

test('events: a minute is sent when it was stored, and again only when it was revised', async (context) => {
  const { deps, url } = await serve(context);
  deps.store([liveMinute(0, 1), liveMinute(MINUTE_MS, 2)]);
  const page = await open(url);
  assert.equal(page.response.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(page.response.headers['cache-control'], 'no-store');
  assert.equal(page.response.headers['access-control-allow-origin'], '*');
  assert.match(
    await page.until('id: 60000'),
    /^retry: 3000\n\nevent: minute\nid: 0\ndata: \{"minute_ms":0,"packets":1,/,
  );
  deps.store([liveMinute(0, 1), liveMinute(MINUTE_MS, 3), liveMinute(2 * MINUTE_MS, 4)]);
  const text = await page.until('id: 120000');
  assert.deepEqual(idsOf(text), ['0', '60000', '60000', '120000']);
  page.leave();
});

test('events: pages are told once that findings changed, and that minutes go on from where they were', async (context) => {
  const listeners = new Set<(feed: 'simulation' | 'network') => void>();
  const onFindings = (listener: (feed: 'simulation' | 'network') => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const { app, deps, url } = await serve(context, { onFindings });
  deps.store([liveMinute(0, 1)]);
  const page = await open(url);
  await page.until('id: 0');
  for (const feed of ['network', 'simulation', 'simulation'] as const) for (const tell of listeners) tell(feed);
  const text = await page.until('event: findings');
  assert.match(text, /event: findings\ndata: \{"watermark":null\}\n\n$/);
  deps.store([liveMinute(0, 1), liveMinute(MINUTE_MS, 2)]);
  const later = await page.until('id: 60000');
  assert.equal(later.split('event: findings').length, 2);
  await app.close();
  assert.equal(listeners.size, 0);
});

test('events: who comes back hears what was missed, from the last minute on', async (context) => {
  const { deps, url } = await serve(context);
  deps.store([0, 1, 2, 3, 4].map((minute) => liveMinute(minute * MINUTE_MS, minute)));
  const back = await open(url, String(MINUTE_MS));
  assert.deepEqual(idsOf(await back.until('id: 240000')), ['60000', '120000', '180000', '240000']);
  back.leave();
  const fresh = await open(url, 'x');
  assert.deepEqual(idsOf(await fresh.until('id: 240000')), ['120000', '180000', '240000']);
  fresh.leave();
});

test('events: one page too many is a problem with a time; who leaves makes room', async (context) => {
  const { url } = await serve(context);
  const [first, second] = [await open(url), await open(url)];
  const refused = await fetch(url);
  assert.equal(refused.status, 503);
  assert.match(((await refused.json()) as Problem).detail, /: 2 pages are listening already$/);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  first.leave();
  await until(async () => {
    const again = await open(url);
    again.leave();
    return again.response.statusCode === 200;
  });
  second.leave();
});

test('events: stopping the center ends the streams at once', async (context) => {
  const { app, url } = await serve(context);
  const page = await open(url);
  const start = performance.now();
  await app.close();
  assert.equal(await page.end(), 'retry: 3000\n\n');
  assert.ok(performance.now() - start < 2000);
});

/** LiveEvents behind a server of its own, in a hurry. */
async function serveEvents(context: TestContext, deps: Omit<EventsDeps, 'log' | 'clientsMax'>) {
  const events = new LiveEvents({ gather_ms: 1, log: SILENT, clientsMax: 10, ...deps });
  const server = createServer((_request, response) => {
    response.writeHead(200);
    void events.add('simulation', 'a', response, undefined);
  });
  context.after(() => {
    events.close();
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { events, port: (server.address() as AddressInfo).port };
}

test('LiveEvents: a page that does not read is let go, the others go on', async (context) => {
  let round = 0;
  const minutes = async () => Array.from({ length: 1440 }, (_, minute) => liveMinute(minute * MINUTE_MS, round));
  const { events, port } = await serveEvents(context, { minutes });
  const slow = connect(port, '127.0.0.1');
  context.after(() => slow.destroy());
  slow.on('error', () => {});
  slow.pause();
  slow.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const page = await open(`http://127.0.0.1:${port}/`);
  await page.until('retry');
  // Rounds enough for the limit and for what the system's own buffers take.
  for (round = 1; round < 200 && events.dropped === 0; round++) {
    events.stored('simulation');
    await page.until(`"packets":${round},`);
  }
  assert.deepEqual([events.dropped, events.clients], [1, 1]);
  page.leave();
});

test('LiveEvents: a comment now and then keeps the connection alive', async (context) => {
  const { events, port } = await serveEvents(context, { minutes: async () => [], heartbeat_ms: 10 });
  const page = await open(`http://127.0.0.1:${port}/`);
  await page.until(': still here\n\n: still here\n\n');
  events.close();
  await page.end();
});

test('LiveEvents: one client does not take all the room', async () => {
  const minutes = async () => {
    throw new Error('away');
  };
  const events = new LiveEvents({ minutes, log: SILENT, clientsMax: 1000 });
  const response = { on: () => {}, write: () => true, end: () => {}, writableLength: 0 } as unknown as ServerResponse;
  for (let page = 0; page < EVENTS_PER_CLIENT_MAX; page++) {
    assert.equal(events.refusal('a'), undefined);
    await events.add('simulation', 'a', response, undefined);
  }
  assert.match(events.refusal('a') ?? '', /pages of yours are listening already$/);
  assert.equal(events.refusal('b'), undefined);
  events.close();
  assert.equal(events.refusal('b'), 'the center is stopping');
});
