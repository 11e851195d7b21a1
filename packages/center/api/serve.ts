/** The app on an address of the machine, and off it again. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface Place {
  /** IPv4 or IPv6; `0.0.0.0` and `::` for all of the machine's. */
  readonly address: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly tls?: object | undefined;
}

/** The message is a sentence for the operator. */
class ListenError extends Error {
  override readonly name = 'ListenError';
}

const STATES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses the port',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'permission denied',
};

/**
 * Listens for a moment and lets go again: before a database is opened for nothing. Somebody may still be quicker until
 * {@link listenAt}, which then says so. Throws ListenError.
 */
export async function refuseTaken({ address, port }: Place): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen({ host: address, port }), 'listening');
  } catch (error) {
    throw listenErrorOf(address, port, error);
  }
  server.close();
  await once(server, 'close');
}

/** Listens; where it then answers, as this machine can reach it. Throws ListenError. */
export async function listenAt(app: FastifyInstance, { address, port, tls }: Place): Promise<string> {
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    throw listenErrorOf(address, port, error);
  }
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  const listening = app.server.address() as AddressInfo;
  return `${tls === undefined ? 'http' : 'https'}://${hostOf(reachable)}:${listening.port}`;
}

function listenErrorOf(address: string, port: number, error: unknown): ListenError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const state = STATES[code] ?? (error instanceof Error ? error.message : String(error));
  return new ListenError(`Cannot listen on ${hostOf(address)}:${port}: ${state}`);
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/**
 * Accepts nothing more, ends live events, lets what is being answered come to its end.
 * @param hurry called when that takes longer than `grace_ms`
 */
export async function closeGently(app: FastifyInstance, grace_ms: number, hurry: () => void): Promise<void> {
  const over = setTimeout(hurry, grace_ms);
  try {
    await app.close();
  } finally {
    clearTimeout(over);
  }
}
