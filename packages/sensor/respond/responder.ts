/**
 * The responder: takes TCP connections to every address of the sensor's prefixes, on every port, and says as little as makes
 * visitors show what they want. A process of its own, so that a flood of connections leaves the passive side alone. It reads top
 * to bottom: checks → listeners → rules → visitors; stopping goes the other way round.
 *
 * It never runs, fetches, proxies or connects anything, and answers for no address but the prefixes it was given.
 */
import { BlockList, createServer, type Server } from 'node:net';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { IPV4_BASE, prefixOf } from '@noroshi/wire/net/prefix.ts';
import { Journal } from './journal.ts';
import { putRules, takeRules } from './kernel.ts';
import { RespondError } from './respond-error.ts';
import { openTransparent } from './transparent.ts';
import { type Limits, type VisitorCounts, Visitors } from './visitors.ts';

/** Port of the listeners on the loopback addresses. */
export const LISTEN_PORT = 17_761;
const SWEEP_MS = 1000;
/** Open files that are left for everything but visitors. */
const FILES_RESERVED = 256;

export interface ResponderOptions {
  readonly prefixes: readonly string[];
  readonly except: readonly string[];
  readonly port: number;
  readonly limits: Limits;
  /** Of the journal. */
  readonly folder: string;
  readonly folder_bytes_max: number;
}

export interface ResponderSurroundings {
  readonly now_ms: () => number;
  /** Of a byte. */
  readonly random: () => number;
  readonly memory_bytes: () => number;
  /** Files that this process may have open. */
  readonly files_max: number;
  /** This machine's own addresses: nobody is answered in their name. */
  readonly machine: readonly { readonly address: string; readonly name: string }[];
  readonly onFailure: (sentence: string) => void;
}

export interface Responder {
  readonly counts: Readonly<VisitorCounts>;
  readonly journal: { readonly dropped: number; readonly written: number };
  /** Takes the rules away first, then sends everybody away and writes what is known of them. */
  stop(): Promise<void>;
}

/** Throws RespondError when something is asked that is not answered for. */
export function checkTerritory(
  { prefixes, except }: Pick<ResponderOptions, 'prefixes' | 'except'>,
  machine: ResponderSurroundings['machine'],
): void {
  if (prefixes.length === 0) throw new RespondError('Cannot respond: no prefix says for which addresses');
  const [own, left] = [listOf(prefixes), listOf(except)];
  for (const { address, name } of machine) {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    if (own.check(address, family) && !left.check(address, family)) {
      throw new RespondError(
        `Cannot respond: ${address} is this machine's own address (${name}); name it with --except, or visitors are answered in its place`,
      );
    }
  }
}

/** Throws RespondError. */
export async function startResponder(
  options: ResponderOptions,
  surroundings: ResponderSurroundings,
): Promise<Responder> {
  checkTerritory(options, surroundings.machine);
  const { prefixes, except, port, folder, folder_bytes_max: bytes_max } = options;
  const { now_ms, random, memory_bytes, onFailure } = surroundings;
  const limits = withinFiles(options.limits, surroundings);
  const onFull = (error: unknown): void => onFailure(`Cannot write what visitors did: ${String(error)}`);
  const journal = await Journal.open({ folder, bytes_max, now_ms, onFailure: onFull });
  const own = listOf(prefixes);
  const visitors = new Visitors({ limits, journal, own, now_ms, random, memory_bytes });
  const families = ([4, 6] as const).filter((net) => prefixes.some((text) => text.includes(':') === (net === 6)));
  const servers: Server[] = [];
  try {
    for (const family of families) servers.push(await serve(openTransparent(family, port), visitors));
    await putRules({ prefixes, except, port });
  } catch (error) {
    for (const server of servers) server.close();
    await journal.close();
    throw error;
  }
  const sweeping = setInterval(() => visitors.sweep(), SWEEP_MS);
  return {
    counts: visitors.counts,
    journal,
    async stop() {
      await takeRules();
      for (const server of servers) server.close();
      clearInterval(sweeping);
      await visitors.close();
      await journal.close();
    },
  };
}

/** Each visitor is an open file; who runs out of them can neither let somebody in nor turn somebody away. */
function withinFiles(limits: Limits, { files_max, onFailure }: ResponderSurroundings): Limits {
  const connections = Math.min(limits.connections, Math.max(1, files_max - FILES_RESERVED));
  if (connections < limits.connections) {
    onFailure(`Cannot have ${limits.connections} visitors at a time: ${files_max} open files allow ${connections}`);
  }
  return { ...limits, connections };
}

function serve(fd: number, visitors: Visitors): Promise<Server> {
  const server = createServer((socket) => visitors.welcome(socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ fd }, () => resolve(server));
  });
}

/** Throws RespondError naming the text that is no prefix. */
function listOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  try {
    for (const { words, bits, isIpv4 } of texts.map(prefixOf)) {
      list.addSubnet(formatAddress(...words), isIpv4 ? bits - IPV4_BASE : bits, isIpv4 ? 'ipv4' : 'ipv6');
    }
  } catch (error) {
    throw new RespondError(error instanceof Error ? error.message : String(error));
  }
  return list;
}
