/**
 * All connections at a time: who may come in, how long they may stay, and what is written of them when they go. Limits keep a flood
 * of connections and those that never say anything from taking the machine: they are taken and let go by the same rules.
 */
import { once } from 'node:events';
import type { BlockList, Socket } from 'node:net';
import type { Reply } from './dialogues/dialogue.ts';
import type { Journal } from './journal.ts';
import { Visit } from './visit.ts';

export interface Limits {
  /** Connections at a time; one more is reset. */
  readonly connections: number;
  /** Of one source at a time. */
  readonly connections_per_source: number;
  /** A visit in all. */
  readonly visit_ms: number;
  /** Without a byte. */
  readonly idle_ms: number;
  /** Resident memory at which nobody more is let in. */
  readonly memory_bytes: number;
}

export const LIMITS: Limits = {
  connections: 20_000,
  connections_per_source: 256,
  visit_ms: 60_000,
  idle_ms: 15_000,
  memory_bytes: 512 * 2 ** 20,
};

/** Counts since the start. */
export interface VisitorCounts {
  accepted: number;
  /** Reset at the door: too many at a time, too many of one source, no memory, or for an address that is not ours. */
  refused_full: number;
  refused_source: number;
  refused_memory: number;
  refused_address: number;
  logins: number;
  payloads: number;
  bytes_in: number;
  open: number;
  open_most: number;
}

type Ending = 'visitor' | 'done' | 'idle' | 'time' | 'error' | 'stop';

interface Guest {
  readonly socket: Socket;
  readonly visit: Visit;
  readonly source: string;
  readonly began_ms: number;
  heard_ms: number;
  ending: Ending;
}

export interface VisitorsOptions {
  readonly limits: Limits;
  readonly journal: Journal;
  /** The prefixes that are answered for. */
  readonly own: BlockList;
  readonly now_ms: () => number;
  /** Of a byte. */
  readonly random: () => number;
  readonly memory_bytes: () => number;
}

export class Visitors {
  readonly counts: VisitorCounts = {
    accepted: 0,
    refused_full: 0,
    refused_source: 0,
    refused_memory: 0,
    refused_address: 0,
    logins: 0,
    payloads: 0,
    bytes_in: 0,
    open: 0,
    open_most: 0,
  };
  private readonly options: VisitorsOptions;
  private readonly guests = new Set<Guest>();
  private readonly bySource = new Map<string, number>();
  private hasMemory = true;

  constructor(options: VisitorsOptions) {
    this.options = options;
  }

  /** For `net.Server`'s `connection`. */
  welcome(socket: Socket): void {
    // A reset at any moment is the visitor's right.
    socket.on('error', () => {});
    const { remoteAddress: source = '', localAddress: address = '', localPort: port = 0 } = socket;
    const refusal = this.refusalOf(source, address);
    if (refusal !== undefined) {
      this.counts[refusal]++;
      socket.resetAndDestroy();
      return;
    }
    const began_ms = this.options.now_ms();
    const visit = new Visit(port, this.options.random);
    const guest: Guest = { socket, visit, source, began_ms, heard_ms: began_ms, ending: 'visitor' };
    // What it was when it came: after the end the socket no longer knows.
    const place = { src: source, src_port: socket.remotePort ?? 0, dst: address, dst_port: port };
    this.enter(guest);
    socket.on('data', (bytes) => this.hear(guest, bytes));
    socket.on('close', (isError) => this.leave(guest, place, isError));
    if (visit.greeting !== '') socket.write(visit.greeting);
  }

  /** Sends away who stayed too long; about once a second. */
  sweep(): void {
    const now_ms = this.options.now_ms();
    const { idle_ms, visit_ms, memory_bytes } = this.options.limits;
    for (const guest of this.guests) {
      if (now_ms - guest.began_ms >= visit_ms) this.dismiss(guest, 'time');
      else if (now_ms - guest.heard_ms >= idle_ms) this.dismiss(guest, 'idle');
    }
    this.hasMemory = this.options.memory_bytes() < memory_bytes;
  }

  /** Sends everybody away; resolves when all are gone and noted. */
  async close(): Promise<void> {
    const gone = [...this.guests].map(({ socket }) => once(socket, 'close'));
    for (const guest of this.guests) this.dismiss(guest, 'stop');
    await Promise.all(gone);
  }

  private refusalOf(
    source: string,
    address: string,
  ): `refused_${'full' | 'source' | 'memory' | 'address'}` | undefined {
    const { limits, own } = this.options;
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    if (!own.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4')) return 'refused_address';
    if (this.guests.size >= limits.connections) return 'refused_full';
    if ((this.bySource.get(source) ?? 0) >= limits.connections_per_source) return 'refused_source';
    return this.hasMemory ? undefined : 'refused_memory';
  }

  private enter(guest: Guest): void {
    const { counts, guests, bySource } = this;
    guests.add(guest);
    bySource.set(guest.source, (bySource.get(guest.source) ?? 0) + 1);
    counts.accepted++;
    counts.open = guests.size;
    counts.open_most = Math.max(counts.open_most, guests.size);
  }

  private hear(guest: Guest, bytes: Uint8Array): void {
    guest.heard_ms = this.options.now_ms();
    this.answer(guest, guest.visit.push(bytes));
  }

  private answer(guest: Guest, { send, end }: Reply): void {
    if (send !== undefined && send.length > 0) guest.socket.write(send);
    if (end !== true) return;
    guest.ending = 'done';
    guest.socket.destroySoon();
  }

  private dismiss(guest: Guest, ending: Ending): void {
    if (guest.socket.destroyed) return;
    guest.ending = ending;
    guest.socket.destroy();
  }

  private leave(guest: Guest, place: object, isError: boolean): void {
    if (!this.guests.delete(guest)) return;
    const { source, visit, began_ms } = guest;
    const left = (this.bySource.get(source) ?? 1) - 1;
    if (left === 0) this.bySource.delete(source);
    else this.bySource.set(source, left);
    this.counts.open = this.guests.size;
    this.counts.bytes_in += visit.bytes_in;
    this.counts.logins += visit.logins.length;
    if (visit.payload.length > 0) this.counts.payloads++;
    const { journal, now_ms } = this.options;
    journal.visit({
      from: new Date(began_ms).toISOString(),
      ms: Math.round(now_ms() - began_ms),
      ...place,
      protocol: visit.protocol,
      bytes_in: visit.bytes_in,
      payload: visit.payload.length > 0 ? journal.payload(visit.payload) : null,
      logins: visit.logins,
      commands: visit.commands,
      client: visit.clients,
      ended_by: isError && guest.ending === 'visitor' ? 'error' : guest.ending,
    });
  }
}
