/**
 * Packets and sources per service: protocol and service port, or ICMP type and code. Packets are counted exactly for every
 * port there is; sources exactly until the table of (source, service) pairs is full.
 */
import type { Verdict } from '@noroshi/wire/classify/classify.ts';
import { CLASS_PROBE } from '@noroshi/wire/classify/class.ts';
import type { Packet } from '@noroshi/wire/net/packet.ts';
import { PROTO_ICMP, PROTO_ICMP6 } from '@noroshi/wire/net/protocol.ts';
import { KeyTable } from './key-table.ts';

/** Pairs of source and service that are told apart; 4 Mi take about 85 MB. */
const PAIRS_MAX = 1 << 22;
const PAIR_WORDS = 3;
const PAIR_PACKETS = 2;
const PORTS = 65_536;

export interface Service {
  readonly proto: number;
  /** Service port, or ICMP type × 256 + code. */
  readonly port: number;
  readonly packets: number;
  readonly sources: number;
  /** Packets that asked, of all. */
  readonly probes: number;
}

/** Of one protocol, by port. */
interface Ports {
  readonly packets: Float64Array;
  readonly probes: Float64Array;
  readonly sources: Uint32Array;
}

export class Services {
  /** Keys: source number × 2 + 1 for IPv6, then protocol and port. Record: packets, up to 4,294,967,295. */
  private readonly pairs: KeyTable;
  private readonly byProtocol: (Ports | undefined)[] = new Array<Ports | undefined>(256).fill(undefined);

  constructor(pairsMax = PAIRS_MAX) {
    this.pairs = new KeyTable(2, 1, pairsMax);
  }

  /** True when some (source, service) pairs were not told apart. */
  get isAtLeast(): boolean {
    return this.pairs.refused > 0;
  }

  /** @param source number of the packet's source, 0 for one that is not told apart */
  add(packet: Packet, verdict: Verdict, source: number): void {
    const { proto } = packet;
    const port = portOf(packet, verdict);
    if (port < 0) return;
    const ports = (this.byProtocol[proto] ??= newPorts());
    ports.packets[port]++;
    if (verdict.classCode === CLASS_PROBE) ports.probes[port]++;
    if (source === 0) return;
    const before = this.pairs.count;
    const pair = this.pairs.number2(source * 2 + (packet.net === 6 ? 1 : 0), (proto << 16) | port);
    if (pair === 0) return;
    if (this.pairs.count > before) ports.sources[port]++;
    const at = (pair - 1) * PAIR_WORDS + PAIR_PACKETS;
    if (this.pairs.words[at] !== -1) this.pairs.words[at]++;
  }

  /** Every service met, most packets first. */
  ranked(wants: (proto: number) => boolean): Service[] {
    const services: Service[] = [];
    for (const [proto, ports] of this.byProtocol.entries()) {
      if (ports === undefined || !wants(proto)) continue;
      for (let port = 0; port < PORTS; port++) {
        const packets = ports.packets[port];
        if (packets > 0) {
          services.push({ proto, port, packets, sources: ports.sources[port], probes: ports.probes[port] });
        }
      }
    }
    return services.sort((a, b) => b.packets - a.packets || a.proto - b.proto || a.port - b.port);
  }

  /** The services of some sources (number × 2 + 1 for IPv6), most packets first: one pass over all pairs. */
  ofSources(wanted: ReadonlySet<number>): Map<number, { proto: number; port: number; packets: number }[]> {
    const found = new Map<number, { proto: number; port: number; packets: number }[]>();
    const { words, count } = this.pairs;
    for (let index = 0; index < count; index++) {
      const source = words[index * PAIR_WORDS];
      if (!wanted.has(source)) continue;
      const key = words[index * PAIR_WORDS + 1];
      const service = {
        proto: key >>> 16,
        port: key & 0xffff,
        packets: words[index * PAIR_WORDS + PAIR_PACKETS] >>> 0,
      };
      const list = found.get(source);
      if (list === undefined) found.set(source, [service]);
      else list.push(service);
    }
    for (const list of found.values()) list.sort((a, b) => b.packets - a.packets || a.port - b.port);
    return found;
  }
}

export function isIcmp(proto: number): boolean {
  return proto === PROTO_ICMP || proto === PROTO_ICMP6;
}

function portOf(packet: Packet, verdict: Verdict): number {
  if (!isIcmp(packet.proto)) return verdict.servicePort;
  return packet.icmpType < 0 || packet.icmpCode < 0 ? -1 : (packet.icmpType << 8) | packet.icmpCode;
}

function newPorts(): Ports {
  return { packets: new Float64Array(PORTS), probes: new Float64Array(PORTS), sources: new Uint32Array(PORTS) };
}
