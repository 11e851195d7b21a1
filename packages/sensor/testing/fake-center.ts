/**
 * A center for tests: keeps what it is sent, verified as far as the agreement of wire/api/upload.ts goes, and plays a script of
 * misbehaviour first: one entry for each PUT.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import { readFooter } from '@noroshi/wire/segment/parquet.ts';
import { decodeSegment, type Segment } from '@noroshi/wire/segment/segment.ts';

/** What happens to one PUT instead of what should. */
export type Mischief = (request: http.IncomingMessage, response: http.ServerResponse, center: FakeCenter) => void;

export interface Stored {
  readonly segment: Segment;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

const PATH = /^\/v1\/segments\/([a-z][a-z0-9-]*)\/(\d+)$/;

export class FakeCenter {
  /** By `sensor/sequence`. */
  readonly stored = new Map<string, Stored>();
  /** Every request: `PUT 3`, `HEAD 3`. */
  readonly requests: string[] = [];
  readonly script: Mischief[] = [];
  /** Played for every PUT once the script is at its end. */
  always: Mischief | undefined;
  token = 'secret';
  /** PUTs whose body ended; most at the same time. */
  inFlightMax = 0;
  private inFlight = 0;
  private server = http.createServer((request, response) => this.answer(request, response));
  private port = 0;

  static async start(): Promise<FakeCenter> {
    const center = new FakeCenter();
    await center.listen();
    return center;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The segments of one sensor by sequence. */
  segments(sensor: string): Segment[] {
    return [...this.stored.values()]
      .map(({ segment }) => segment)
      .filter((segment) => segment.sensor === sensor)
      .toSorted((a, b) => a.sequence - b.sequence);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Comes back on the same port. */
  async restart(): Promise<void> {
    this.server = http.createServer((request, response) => this.answer(request, response));
    await this.listen();
  }

  /** What an honest center does with a PUT. */
  take(request: http.IncomingMessage, response: http.ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => this.keep(request, response, Buffer.concat(parts)));
  }

  private listen(): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(this.port, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    request.on('error', () => {});
    const [, sensor = '', sequence = ''] = PATH.exec(request.url ?? '') ?? [];
    this.requests.push(`${request.method} ${sequence}`);
    const isTrusted = request.headers.authorization === `Bearer ${this.token}`;
    if (request.method === 'HEAD') {
      response.writeHead(isTrusted ? (this.stored.has(`${sensor}/${sequence}`) ? 200 : 404) : 401).end();
      return;
    }
    this.inFlight++;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    response.on('close', () => this.inFlight--);
    const mischief = this.script.shift() ?? this.always;
    if (mischief !== undefined) mischief(request, response, this);
    else if (isTrusted) this.take(request, response);
    else problem(401, 'wrong_token')(request, response, this);
  }

  private keep(request: http.IncomingMessage, response: http.ServerResponse, bytes: Buffer): void {
    const [, sensor = '', sequence = ''] = PATH.exec(request.url ?? '') ?? [];
    const sha256 = createHash('sha256').update(bytes).digest('base64');
    const footer = readFooter(bytes);
    const decoded = footer.ok ? decodeSegment(footer.footer.keyValue) : undefined;
    const isSound =
      request.headers['content-digest'] === `sha-256=:${sha256}:` &&
      Number(request.headers['content-length']) === bytes.length &&
      request.headers['content-type'] === 'application/vnd.apache.parquet' &&
      decoded?.ok === true &&
      decoded.segment.sensor === sensor &&
      decoded.segment.sequence === Number(sequence);
    if (!isSound) {
      send(response, 422, problemOf(422, 'wrong'));
      return;
    }
    const key = `${sensor}/${sequence}`;
    const before = this.stored.get(key);
    if (before !== undefined && before.sha256 !== sha256) {
      send(response, 409, problemOf(409, 'identity_conflict'));
      return;
    }
    this.stored.set(key, { segment: decoded.segment, sha256, bytes });
    const state = before === undefined ? 'stored' : 'duplicate';
    const receipt = { state, sensor, sequence: Number(sequence), rows: decoded.segment.rows };
    send(response, before === undefined ? 201 : 200, receipt);
  }
}

/** Answers with this status and body once the request has been read. */
export function says(status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Mischief {
  return (request, response) => {
    request.resume();
    request.on('end', () => send(response, status, body, headers));
  };
}

/** Answers with a problem, after the request has been read. */
export function problem(status: number, word: string, headers: http.OutgoingHttpHeaders = {}): Mischief {
  return says(status, problemOf(status, word), { 'content-type': 'application/problem+json', ...headers });
}

function problemOf(status: number, word: string): Problem {
  return { type: `urn:noroshi:problem:${word}`, title: word, status, detail: `It is ${word}` };
}

/** Cuts the connection without a word. */
export const cuts: Mischief = (request) => {
  request.socket.destroy();
};

/** Stores the segment and cuts the connection before the answer. */
export const storesAndCuts: Mischief = (request, response, center) => {
  response.end = () => {
    request.socket.destroy();
    return response;
  };
  center.take(request, response);
};

function send(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
