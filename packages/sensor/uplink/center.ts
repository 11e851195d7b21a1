/** The center as a sensor sees it: one request at a time goes out, an answer or an error comes back. Follows no redirect. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { PARQUET_TYPE, segmentPath } from '@noroshi/wire/api/upload.ts';
import type { Answer } from './answer.ts';

export interface CenterOptions {
  /** `http://127.0.0.1:8642` or `https://…`, with a path in front of `/v1` where a proxy wants one. */
  readonly url: string;
  /** Bearer token; it never stands in a log or an error. Undefined where the client certificate is enough. */
  readonly token: string | undefined;
  /** PEM. Client certificate and its key; authorities that sign the center's certificate instead of the system's. */
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
  /** Requests at the same time. */
  readonly connectionsMax: number;
  /** A connection on which nothing moves for so long is given up. */
  readonly silence_ms: number;
  readonly now_ms: () => number;
}

/** A file to send. */
export interface Upload {
  readonly sensor: string;
  readonly sequence: number;
  readonly path: string;
  readonly bytes: number;
}

/** Longest answer that is read; what is longer is no answer of a center. */
const ANSWER_BYTES_MAX = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

export class Center {
  private readonly options: CenterOptions;
  private readonly base: URL;
  private readonly agent: http.Agent;

  /** Throws TypeError or RangeError when the address makes no sense. */
  constructor(options: CenterOptions) {
    this.options = options;
    this.base = baseOf(options.url);
    const { certificate, key, authority, connectionsMax } = options;
    const shape = { keepAlive: true, maxSockets: connectionsMax };
    this.agent =
      this.base.protocol === 'https:'
        ? new https.Agent({
            ...shape,
            ...(certificate === undefined ? {} : { cert: certificate }),
            ...(key === undefined ? {} : { key }),
            ...(authority === undefined ? {} : { ca: authority }),
          })
        : new http.Agent(shape);
  }

  /** Sends a segment. Rejects with the connection's error; then nobody knows whether the center has it. */
  async put(upload: Upload, signal: AbortSignal): Promise<Answer> {
    await using file = await open(upload.path);
    const headers = {
      'content-type': PARQUET_TYPE,
      'content-length': upload.bytes,
      'content-digest': `sha-256=:${await digestOf(file, signal)}:`,
      date: new Date(this.options.now_ms()).toUTCString(),
    };
    return await this.request('PUT', segmentPath(upload.sensor, upload.sequence), headers, signal, file);
  }

  /** Asks whether the center has a segment. */
  head({ sensor, sequence }: Pick<Upload, 'sensor' | 'sequence'>, signal: AbortSignal): Promise<Answer> {
    return this.request('HEAD', segmentPath(sensor, sequence), {}, signal);
  }

  /** Closes every connection. */
  close(): void {
    this.agent.destroy();
  }

  private request(
    method: string,
    path: string,
    headers: http.OutgoingHttpHeaders,
    signal: AbortSignal,
    file?: FileHandle,
  ): Promise<Answer> {
    const { agent, base } = this;
    const { token, silence_ms } = this.options;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const make = base.protocol === 'https:' ? https.request : http.request;
    const request = make(new URL(`${base.pathname === '/' ? '' : base.pathname}${path}`, base), {
      method,
      agent,
      signal,
      headers: { ...authorization, ...headers },
    });
    let isAnswered = false;
    // Once an answer has begun it decides: a server that says no early closes the connection under what is still being sent.
    const fail = (error: unknown): void => {
      if (!isAnswered) reject(error);
    };
    request.setTimeout(silence_ms, () => request.destroy(new Error('nothing moved on the connection')));
    request.on('response', (response) => {
      isAnswered = true;
      answerOf(response)
        .then(resolve, reject)
        .finally(() => {
          if (!request.writableFinished) request.destroy();
        });
    });
    request.on('error', fail);
    request.on('close', () => fail(new Error('the connection was closed without an answer')));
    if (file === undefined) request.end();
    else send(file, request).catch(fail);
    return promise;
  }
}

/** Throws TypeError naming what is not an address of a center. The address is never repeated with a password in it. */
function baseOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError('Cannot use the center’s address: it is no http:// or https:// address');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Cannot use the center’s address: it holds a password; a sensor has a token');
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

async function answerOf(response: http.IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'] ?? '',
    body: Buffer.concat(parts).toString('utf8'),
  };
}

/** Base64 of the file's SHA-256. */
async function digestOf(file: FileHandle, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(file)) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('base64');
}

/** Writes all of the file and ends the request. Rejects when either breaks. */
async function send(file: FileHandle, request: http.ClientRequest): Promise<void> {
  for await (const chunk of chunksOf(file)) {
    // The memory is the next chunk's as soon as this one has gone to the kernel.
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    request.write(chunk, (error) => (error ? reject(error) : resolve()));
    await promise;
  }
  request.end();
}

/** The file's bytes from its beginning, through one piece of memory: a chunk is gone when the next is asked for. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(memory, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield memory.subarray(0, bytesRead);
  }
}
