/** Who asks: scanners that go through all our addresses, bots that draw them, scans of ports, mistakes, and single packets. */
import { popularPort, portList } from '../craft/ports.ts';
import { Host } from '../craft/prefix.ts';
import { type Random, scramble } from '../craft/random.ts';
import { forgeHost, hashedHost, type Region, settleHost } from '../craft/space.ts';
import { addressAt } from './address.ts';
import { hops, hostOf } from './answers.ts';
import type { FaceName } from './face.ts';
import { timeOf, worked } from './life.ts';
import { Flow, type Pad, type Spray } from './pad.ts';
import { type Act, type Birth, sprayer } from './sender.ts';

const HOMES: readonly Region[] = ['asia', 'latin-america', 'europe', 'africa'];
const SOURCE_PORTS = [32_768, 61_000] as const;
const PACKETS_PER_PEER = 5;
const TARGETS_MAX = 2;
const PORT_STEP = 7;
/** Shape of the gamma distribution by which drizzle's minutes swing: standard deviation 0.35. */
const ROUGHNESS = 8;

/** A source that draws its targets: bots, programs that connect(), nmap. `delays_s`: when a SYN is sent again. */
export interface Drawer {
  readonly face: FaceName;
  /** One is drawn for each flow. */
  readonly ports: readonly number[] | ((random: Random) => readonly number[]);
  readonly delays_s?: readonly number[];
  readonly tool?: string;
  readonly protocol?: 'tcp' | 'udp';
  /** The source port stays the same. */
  readonly hasOnePort?: boolean;
  readonly sourceOf?: (random: Random) => number;
}

export function drawer(birth: Birth, shape: Drawer): Act {
  const { random, addresses } = birth;
  const { face, delays_s = [], tool, protocol = 'tcp', hasOnePort = false } = shape;
  const src = shape.sourceOf?.(random) ?? settleHost(random, 4, new Host(), random.pick(HOMES)).w3;
  const ports = typeof shape.ports === 'function' ? shape.ports(random) : shape.ports;
  const ttl = 64 - hops(random);
  const own = random.between(1024, 65_535);
  const detail = { subject: new Host().set4(src).text, protocol, ports: [...new Set(ports)] };
  return sprayer(birth, tool === undefined ? detail : { ...detail, tool }, {
    delays_s,
    draw: (flow, draws) => {
      const index = draws.below(addresses);
      flow.face = face;
      flow.src = src;
      flow.dst = addressAt(index);
      flow.servicePort = ports[draws.below(ports.length)];
      flow.clientPort = hasOnePort ? own : draws.between(1024, 65_535);
      flow.ttl = ttl;
      flow.bits = face === 'mirai' ? flow.dst : draws.word();
      flow.key = index * 65_536 + flow.servicePort;
    },
  });
}

/** One of the private, loopback or multicast ranges of actors/bogon.ts. */
export function bogonOf(random: Random): number {
  const [base, mask] = random.pick([
    [0x0a_00_00_00, 0xff_ff_ff],
    [0xc0_a8_00_00, 0xff_ff],
    [0xac_10_00_00, 0xf_ff_ff],
    [0x64_40_00_00, 0x3f_ff_ff],
    [0x7f_00_00_00, 0xff_ff_ff],
    [0xe0_00_00_00, 0xf_ff_ff_ff],
    [0xf0_00_00_00, 0xf_ff_ff_ff],
  ]);
  return base | (random.word() & mask);
}

/** A scanner that keeps its pace and asks every address of ours once a round. */
export interface Sweeper {
  readonly face: FaceName;
  readonly ports: (random: Random) => readonly number[];
  readonly tool?: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly region?: Region;
  /** Random ports where a service's would be: a SYN-ACK scan answers what nobody asked. */
  readonly isAnswering?: boolean;
  /** A port is drawn for each probe, as masscan does; else each round has its own. */
  readonly drawsPorts?: boolean;
}

export function sweeper(birth: Birth, shape: Sweeper): Act {
  const { random, addresses, life, rate_pm } = birth;
  const { face, tool, protocol, isAnswering = false, drawsPorts = false } = shape;
  const source = settleHost(random, 4, new Host(), shape.region);
  const ports = shape.ports(random);
  const ttl = 64 - hops(random);
  const order = new Order(random, addresses);
  const salt = random.word();
  const isWhole = drawsPorts || (rate_pm * (life.death_s - life.birth_s)) / 60 > addresses;
  const swept = isWhole ? ports : ports.slice(0, 1);
  const detail = { subject: source.text, protocol, ...(ports.length > 0 && { ports: swept }) };
  const flow = new Flow();
  flow.face = face;
  flow.src = source.w3;
  flow.ttl = ttl;
  const act = (pad: Pad): void =>
    paced(birth, pad, (number, time_s) => {
      const bits = scramble(salt + number);
      const turn = drawsPorts ? bits >>> 8 : Math.floor(number / addresses);
      const port = ports[turn % ports.length] ?? 0;
      const other = SOURCE_PORTS[0] + ((bits >>> 1) % (SOURCE_PORTS[1] - SOURCE_PORTS[0]));
      flow.dst = addressAt(order.at(number));
      flow.servicePort = isAnswering ? other : port;
      flow.clientPort = isAnswering ? port : protocol === 'icmp' ? 0 : other;
      flow.bits = bits;
      pad.single(flow, time_s);
    });
  return { life, detail: tool === undefined ? detail : { ...detail, tool }, act };
}

/** One source goes through the ports of one or two of our addresses. */
export function vertical(birth: Birth): Act {
  const { random, addresses, life, rate_pm } = birth;
  const source = hostOf(random);
  const targets = Array.from({ length: random.between(1, TARGETS_MAX) }, () => addressAt(random.below(addresses)));
  const first = random.between(1, 65_535);
  const salt = random.word();
  const flow = new Flow();
  flow.face = 'syn-linux';
  flow.src = source.w3;
  flow.ttl = 64 - hops(random);
  const probes = (rate_pm * (life.death_s - life.birth_s)) / 60;
  const detail = { subject: source.text, protocol: 'tcp', port_count: Math.ceil(probes / targets.length) };
  const act = (pad: Pad): void =>
    paced(birth, pad, (number, time_s) => {
      flow.dst = targets[number % targets.length];
      flow.servicePort = 1 + ((first + Math.floor(number / targets.length) * PORT_STEP) % 65_535);
      flow.bits = scramble(salt + number);
      flow.clientPort = SOURCE_PORTS[0] + ((flow.bits >>> 1) % (SOURCE_PORTS[1] - SOURCE_PORTS[0]));
      pad.single(flow, time_s);
    });
  return { life, detail, act };
}

/** The probes of the pad's minute, by number since birth; they come at even distances. */
function paced({ life, rate_pm }: Birth, pad: Pad, probe: (number: number, time_s: number) => void): void {
  const rate_s = rate_pm / 60;
  const to_s = pad.minute_s + 60;
  const before = worked(life, life.birth_s, pad.minute_s) * rate_s;
  const until = worked(life, life.birth_s, to_s) * rate_s;
  for (let number = Math.ceil(before); number < until; number++) {
    const share = (number - before) / (until - before);
    probe(number, timeOf(life, pad.minute_s, to_s, share));
    pad.tally.answers++;
  }
}

/** An order of the numbers below `count` that looks random and can be asked at any place: multiplications and shifts, walked. */
class Order {
  private readonly count: number;
  private readonly mask: number;
  private readonly shift: number;
  private readonly odd: number;
  private readonly add: number;

  constructor(random: Random, count: number) {
    this.count = count;
    const bits = Math.max(1, Math.ceil(Math.log2(count)));
    this.mask = 2 ** bits - 1;
    this.shift = Math.max(1, bits >> 1);
    this.odd = random.word() | 1;
    this.add = random.word();
  }

  /** The same after each round of `count`. */
  at(number: number): number {
    let index = number % this.count;
    do {
      for (let round = 0; round < 2; round++) {
        index = (Math.imul(index, this.odd) + this.add) & this.mask;
        index ^= index >>> this.shift;
      }
    } while (index >= this.count);
    return index;
  }
}

/** Peers of a DHT that believe one of us is a peer. */
export function misguidedPeers(birth: Birth): Act {
  const { random, addresses, life, rate_pm } = birth;
  const dst = addressAt(random.below(addresses));
  const port = random.pick([6881, 51_413, random.between(10_000, 65_535)]);
  const peers = Math.max(1, Math.ceil((rate_pm * (life.death_s - life.birth_s)) / 60 / PACKETS_PER_PEER));
  const salt = random.word();
  const source = new Host();
  const subject = new Host().set4(dst).text;
  return sprayer(
    birth,
    { subject, protocol: 'udp', ports: [port], source_count: peers },
    {
      draw: (flow, draws) => {
        const hash = scramble(salt + draws.below(peers));
        flow.face = 'dht';
        flow.src = hashedHost(hash, 4, source).w3;
        flow.dst = dst;
        flow.servicePort = port;
        flow.clientPort = 1024 + (hash & 0x7fff);
        flow.ttl = 64 - 6 - ((hash >>> 8) & 15);
        flow.bits = draws.word();
        flow.key = hash >>> 0;
      },
    },
  );
}

/** Single packets of sources that never come again. */
export function drizzle(birth: Birth): Act {
  const { addresses } = birth;
  const source = new Host();
  const draw: Spray['draw'] = (flow, draws) => {
    const kind = draws.unit();
    flow.face = kind < 0.75 ? 'syn-drizzle' : kind < 0.95 ? 'datagram' : 'echo';
    flow.src = forgeHost(draws, 4, source).w3;
    const index = draws.below(addresses);
    flow.dst = addressAt(index);
    flow.servicePort = flow.face === 'echo' ? 0 : popularPort(draws);
    flow.clientPort = flow.face === 'echo' ? 0 : 1024 + draws.below(32_768);
    flow.ttl = 32 + draws.below(32);
    flow.bits = draws.word();
    flow.key = (flow.src >>> 0) * 65_536 + index;
  };
  return sprayer(birth, { subject: '*' }, { draw, roughness: ROUGHNESS });
}

/** One to five ports, as a person who looks for something gives them. */
export const fewPorts = (random: Random): readonly number[] => portList(random, random.between(1, 5));

/** One to twelve: what nmap is given, or masscan. */
export const somePorts = (random: Random): readonly number[] => portList(random, random.between(1, 12));
