/** Serves the built page and the fake center's answers, with the headers that a real center sends and the strictest policy. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { extname, join, normalize } from 'node:path';
import { type FeedName, FEEDS } from '@noroshi/wire/api/feed.ts';
import { DIMENSIONS, STEPS } from '@noroshi/wire/api/figures.ts';
import type { LiveMinute } from '@noroshi/wire/api/live.ts';
import { PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import type { FakeCenter } from './fixtures.ts';

/** Nothing but our own files; no inline script, no inline style, no style attribute in markup. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** An answer instead of the usual one, e.g. a problem; undefined lets the usual one through. */
export type Override = (path: string, query: URLSearchParams) => { status: number; body: unknown } | undefined;

export class FakeServer {
  center: FakeCenter;
  override: Override = () => undefined;
  /** How long the center thinks before each answer. */
  delay_ms = 0;
  /** Every path that was asked for, with its query. */
  readonly asked: string[] = [];
  private readonly listeners = new Set<ServerResponse>();
  private readonly server: Server;
  private readonly folder: string;

  private constructor(folder: string, center: FakeCenter) {
    this.folder = folder;
    this.center = center;
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.writeHead(500).end());
    });
  }

  static async start(folder: string, center: FakeCenter): Promise<FakeServer> {
    const server = new FakeServer(folder, center);
    await new Promise<void>((resolve) => {
      server.server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** An ordinary center, and nothing asked yet. */
  reset(center: FakeCenter): void {
    this.center = center;
    this.override = () => undefined;
    this.delay_ms = 0;
    this.asked.length = 0;
  }

  send(minute: LiveMinute): void {
    for (const each of this.listeners) {
      each.write(`event: minute\nid: ${minute.minute_ms}\ndata: ${JSON.stringify(minute)}\n\n`);
    }
  }

  /** Says that findings changed. */
  sendFindings(): void {
    for (const each of this.listeners) each.write('event: findings\ndata: {"watermark":null}\n\n');
  }

  /** Breaks the live connections, as a center that goes away does. */
  hangUp(): void {
    for (const each of this.listeners) each.destroy();
    this.listeners.clear();
  }

  async stop(): Promise<void> {
    this.hangUp();
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    this.asked.push(`${pathname}${searchParams.size === 0 ? '' : `?${searchParams.toString()}`}`);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    if (pathname.startsWith('/v1/')) await setTimeout(this.delay_ms);
    const instead = this.override(pathname, searchParams);
    if (instead !== undefined) return answerJson(response, instead.status, instead.body);
    if (pathname === '/v1/live/events') return this.listen(response);
    if (!pathname.startsWith('/v1/')) return this.answerFile(pathname, response);
    const body = this.body(pathname.slice(4), searchParams);
    const missing = {
      type: 'urn:noroshi:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: `No ${pathname}`,
    };
    answerJson(response, body === undefined ? 404 : 200, body ?? missing);
  }

  private listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 300\n\n');
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  private body(path: string, query: URLSearchParams): unknown {
    const feed = FEEDS.find((name) => name === query.get('feed')) ?? 'simulation';
    const period = query.get('period');
    const step = STEPS.find((name) => name === query.get('step')) ?? 'day';
    const dimension = DIMENSIONS.find((name) => path === `rankings/${name}`);
    if (dimension !== undefined) {
      const [limit, scanners] = [Number(query.get('limit')), query.get('scanners') ?? 'include'];
      return this.center.ranking(feed, dimension, period, limit, scanners);
    }
    const answers: Readonly<Record<string, () => unknown>> = {
      feeds: () => this.center.feedList(),
      definitions: () => this.center.definitions(),
      summary: () => this.center.summary(feed, period),
      series: () => this.center.series(feed, query.get('figure') ?? '', step, period),
      conservation: () => this.center.conservation(feed),
      live: () => this.center.live(feed),
      ...this.found(path, feed, query),
    };
    return answers[path]?.();
  }

  private found(path: string, feed: FeedName, query: URLSearchParams): Readonly<Record<string, () => unknown>> {
    const found = this.center.found(feed);
    const period = this.center.period(query.get('period'));
    const [, one = ''] = path.split('/');
    return {
      victims: () => found.victims(query.get('open') === 'true', period, Number(query.get('limit'))),
      [`victims/${one}`]: () => found.victim(decodeURIComponent(one)),
      findings: () => found.findings(query),
      [`findings/${one}`]: () => found.detail(one),
      sources: () => found.sources(period),
      detectors: () => found.detectors(),
    };
  }

  private async answerFile(path: string, response: ServerResponse): Promise<void> {
    const file = join(this.folder, normalize(path === '/' ? '/index.html' : path));
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : PROBLEM_TYPE });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
