/** Victims, and what looks like one: the rows of actors/dos-*.ts, reflection.ts, and of servers that have lost their way. */
import { Host } from '../craft/prefix.ts';
import { type Random, scramble } from '../craft/random.ts';
import { forgeHost, hashedHost, settleHost } from '../craft/space.ts';
import { addressAt } from './address.ts';
import type { FaceName } from './face.ts';
import type { Flow } from './pad.ts';
import { type Act, type Birth, sprayer, strength } from './sender.ts';

const PORTS = [[80], [443], [80, 443], [22], [25, 587], [3389], [53], [25_565], [6667], [8080]];
const UDP_PORTS = [53, 80, 123, 443, 3074, 5060, 9987, 25_565, 27_015];
const REPEATS_S = [1, 3, 7];
const ROUTERS = 64;
const CARPET = 256;
const OPEN_EVERY = 3;
const FORGED_BLOCK = 4;
const FLOWS_PER_REFLECTOR = 2;

interface Profile {
  readonly name: string;
  readonly face: FaceName;
  readonly delays_s: readonly number[];
}

const OPEN: Profile = { name: 'open', face: 'open-port', delays_s: REPEATS_S };
const CLOSED: Profile = { name: 'closed', face: 'closed-port', delays_s: [] };
const PROFILES: readonly Profile[] = [
  OPEN,
  OPEN,
  OPEN,
  { name: 'cookies', face: 'open-port', delays_s: [] },
  CLOSED,
  CLOSED,
  { name: 'reset', face: 'reset', delays_s: [] },
];

export function hostOf(random: Random): Host {
  return settleHost(random, 4, new Host());
}

/** Moves a flow to one of our addresses, as a forger draws it, without ports and quote. Its number. */
function aim(flow: Flow, draws: Random, addresses: number): number {
  const index = draws.below(addresses);
  flow.dst = addressAt(index);
  flow.bits = draws.word();
  flow.quoted = 0;
  flow.quotedPort = 0;
  flow.servicePort = 0;
  flow.clientPort = 0;
  return index;
}

/** Steady, or in pulses when its life has some. */
export function synFlood(birth: Birth): Act {
  const { random, addresses, life } = birth;
  const victim = hostOf(random);
  const ports = random.pick(PORTS);
  const { name, face, delays_s } = random.pick(PROFILES);
  const ttl = random.pick([64, 64, 128, 255]) - hops(random);
  const detail = { subject: victim.text, profile: name, protocol: 'tcp', ports, ...strength(birth) };
  return sprayer(birth, life.pulse_s === undefined ? detail : { ...detail, pulse_s: life.pulse_s }, {
    delays_s,
    draw: (flow, draws) => {
      const index = aim(flow, draws, addresses);
      flow.face = face;
      flow.src = victim.w3;
      flow.servicePort = ports[draws.below(ports.length)];
      flow.clientPort = draws.between(1024, 65_535);
      flow.ttl = ttl;
      flow.key = index * 65_536 + flow.servicePort;
    },
  });
}

export function udpFlood(birth: Birth): Act {
  const { random, addresses } = birth;
  const victim = hostOf(random);
  const port = random.pick(UDP_PORTS);
  const ttl = random.pick([64, 128, 255]) - hops(random);
  const detail = { subject: victim.text, protocol: 'udp', ports: [port], ...strength(birth) };
  return sprayer(birth, detail, {
    draw: (flow, draws) => {
      flow.key = aim(flow, draws, addresses);
      flow.face = 'port-unreachable';
      flow.src = victim.w3;
      flow.ttl = ttl;
      flow.quoted = victim.w3;
      flow.quotedPort = port;
    },
  });
}

/** Many routers answer in the victim's place. */
export function ttlExceeded(birth: Birth): Act {
  const { random, addresses } = birth;
  const victim = hostOf(random);
  const port = random.pick([80, 443]);
  const routers = Array.from({ length: ROUTERS }, () => hostOf(random).w3);
  const detail = { subject: victim.text, protocol: 'tcp', ports: [port], source_count: ROUTERS, ...strength(birth) };
  return sprayer(birth, detail, {
    draw: (flow, draws) => {
      const index = aim(flow, draws, addresses);
      const router = draws.below(ROUTERS);
      flow.face = 'ttl-exceeded';
      flow.src = routers[router];
      flow.ttl = 255 - 5 - (router % 20);
      flow.quoted = victim.w3;
      flow.quotedPort = port;
      flow.key = index * ROUTERS + router;
    },
  });
}

/** What answers for itself without ports, or over UDP: echo replies, answers of name, time and QUIC servers. */
export function plainAnswers(birth: Birth, face: FaceName, protocol: string, port: number | undefined): Act {
  const { random, addresses } = birth;
  const victim = hostOf(random);
  const ttl = random.pick([64, 128, 255]) - hops(random);
  const ports = port === undefined ? {} : { ports: [port] };
  return sprayer(
    birth,
    { subject: victim.text, protocol, ...ports, ...strength(birth) },
    {
      draw: (flow, draws) => {
        flow.key = aim(flow, draws, addresses);
        flow.face = face;
        flow.src = victim.w3;
        flow.ttl = ttl;
        if (port === undefined) return;
        flow.servicePort = port;
        flow.clientPort = draws.between(1024, 65_535);
      },
    },
  );
}

/** A whole /24 answers, every third address from an open port. */
export function carpet(birth: Birth): Act {
  const { random, addresses } = birth;
  const base = hostOf(random);
  base.set4(base.w3 & ~255);
  const port = random.pick([80, 443, 53]);
  const ttl = 64 - hops(random);
  const detail = { subject: `${base.text}/24`, profile: 'carpet', protocol: 'tcp', ports: [port] };
  return sprayer(
    birth,
    { ...detail, source_count: CARPET, ...strength(birth) },
    {
      draw: (flow, draws) => {
        const index = aim(flow, draws, addresses);
        const last = draws.below(CARPET);
        flow.face = last % OPEN_EVERY === 0 ? 'open-port' : 'closed-port';
        flow.src = base.w3 | last;
        flow.servicePort = port;
        flow.clientPort = draws.between(1024, 65_535);
        flow.ttl = ttl;
        flow.key = index * CARPET + last;
      },
    },
  );
}

/** Very many servers answer to one to four of ours. */
export function reflection(birth: Birth): Act {
  const { random, addresses, life, rate_pm } = birth;
  const isBlock = addresses >= FORGED_BLOCK && random.chance(0.5);
  const first = random.below(addresses) & (isBlock ? -FORGED_BLOCK : -1);
  const flows = (rate_pm * (life.death_s - life.birth_s)) / 60;
  const reflectors = Math.max(1, Math.ceil(flows / FLOWS_PER_REFLECTOR));
  const salt = random.word();
  const port = random.pick([80, 443, 80, 443, 22, 25]);
  const source = new Host();
  const chosen = new Host().set4(addressAt(first)).text;
  const subject = isBlock ? `${chosen}/30` : chosen;
  return sprayer(
    birth,
    { subject, protocol: 'tcp', ports: [port], source_count: reflectors },
    {
      delays_s: REPEATS_S,
      draw: (flow, draws) => {
        aim(flow, draws, addresses);
        const which = draws.below(reflectors);
        const hash = scramble(salt + which);
        const index = isBlock ? first + draws.below(FORGED_BLOCK) : first;
        flow.face = 'open-port';
        flow.src = hashedHost(hash, 4, source).w3;
        flow.dst = addressAt(index);
        flow.servicePort = port;
        flow.clientPort = draws.between(1024, 65_535);
        flow.ttl = 64 - 5 - ((hash >>> 8) & 15);
        flow.key = which * FORGED_BLOCK + (index - first);
      },
    },
  );
}

/** A server that goes on answering one of us, for hours: a leftover of address translation, nobody's victim. */
export function stuckServer(birth: Birth): Act {
  const { random, addresses } = birth;
  const server = hostOf(random);
  const dst = addressAt(random.below(addresses));
  const port = random.pick([80, 443, 5222, 8080, 6881]);
  const clientPort = random.between(1024, 65_535);
  const face: FaceName = random.pick(['open-port', 'closed-port', 'reset']);
  const ttl = 64 - hops(random);
  return sprayer(
    birth,
    { subject: new Host().set4(dst).text, protocol: 'tcp', ports: [port], source_count: 1 },
    {
      draw: (flow, draws) => {
        aim(flow, draws, addresses);
        flow.face = face;
        flow.src = server.w3;
        flow.dst = dst;
        flow.servicePort = port;
        flow.clientPort = clientPort;
        flow.ttl = ttl;
        flow.key = 0;
      },
    },
  );
}

const STRAYS: readonly FaceName[] = ['open-port', 'closed-port', 'reset', 'host-unreachable', 'echo-reply'];

/** Answers of hosts that are heard of once: what every telescope has, and nobody's victim. */
export function strayAnswers(birth: Birth): Act {
  const { addresses } = birth;
  const source = new Host();
  const quoted = new Host();
  return sprayer(
    birth,
    { subject: '*' },
    {
      draw: (flow, draws) => {
        aim(flow, draws, addresses);
        flow.face = STRAYS[draws.below(STRAYS.length)];
        flow.src = forgeHost(draws, 4, source).w3;
        flow.ttl = 32 + draws.below(32);
        if (flow.face === 'host-unreachable') {
          flow.quoted = forgeHost(draws, 4, quoted).w3;
          flow.quotedPort = 80;
        } else if (flow.face !== 'echo-reply') {
          flow.servicePort = draws.pick(PORTS)[0];
          flow.clientPort = draws.between(1024, 65_535);
        }
        flow.key = flow.src * 65_536 + (flow.dst & 0xffff);
      },
    },
  );
}

/** Hops that a TTL loses on its way. */
export function hops(random: Random): number {
  return random.between(5, 24);
}
