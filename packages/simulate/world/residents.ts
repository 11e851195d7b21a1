/**
 * The residents of a role that were born on one day, and what they do in a slice of time. Everything is drawn from seed, role, day
 * and number, so it does not matter who asks, when, or for which slice first.
 */
import { type Act, Part } from '../actor.ts';
import type { Net } from '../craft/frame.ts';
import { poisson, Random } from '../craft/random.ts';
import type { Telescope } from '../craft/telescope.ts';
import { DAY_S, hashOf, levelOfDay, wanderingOf, weighedSeconds } from './level.ts';
import type { Role } from './roles.ts';

/** A sender with its life. Times are epoch seconds. */
export interface Resident {
  readonly role: Role;
  readonly net: Net;
  readonly birth_s: number;
  readonly death_s: number;
  /** Mean packets per second while it lives, before the day's rhythm. */
  readonly rate_pps: number;
  /** Words that its generators begin with. */
  readonly seeds: readonly [number, number, number];
}

/** A stretch of time that is generated in one piece. */
export interface Stretch {
  readonly start_s: number;
  readonly duration_s: number;
}

/** Share of residents on IPv6 where actor and telescope know both: a /64 is hard to find. */
const SHARE_6 = 0.05;
/** Spread of packets among residents: standard deviation of their logarithm. */
const SPREAD = 0.8;
const BIRTHS_SALT = 0x62697274;
/** Ends of work lie this much before a slice's end, so that nothing is rounded into the next one. */
const MARGIN_S = 0.001;

/** Those born on a day (since 1970) of which `packets` are expected in all their lives. */
export function bornOn(role: Role, day: number, packets: number, seed: number, telescope: Telescope): Resident[] {
  const name = hashOf(role.name);
  const level = levelOfDay(day) * wanderingOf(seed, name, day, role.restlessness) * role.shareOf(day) * packets;
  if (role.life_s === undefined) return [always(role, day, level, seed, telescope)];
  const random = new Random(seed ^ BIRTHS_SALT, name, day);
  const [shortest_s, longest_s] = role.life_s;
  return Array.from({ length: poisson(random, level / role.size) }, () => {
    const birth_s = (day + random.unit()) * DAY_S;
    const life_s = random.logarithmic(shortest_s, longest_s);
    const swing = Math.exp(SPREAD * (random.unit() + random.unit() + random.unit() - 1.5) * 2 - SPREAD ** 2 / 2);
    const net = netOf(role, telescope, random.unit());
    const seeds = [random.word(), random.word(), random.word()] as const;
    return { role, net, birth_s, death_s: birth_s + life_s, rate_pps: (role.size * swing) / life_s, seeds };
  });
}

/** The one resident of a role that has no lives, for one day. It is the same every day. */
function always(role: Role, day: number, packets: number, seed: number, telescope: Telescope): Resident {
  const birth_s = day * DAY_S;
  const seeds = [seed, hashOf(role.name), BIRTHS_SALT] as const;
  const net = netOf(role, telescope, 1);
  return { role, net, birth_s, death_s: birth_s + DAY_S, rate_pps: packets / DAY_S, seeds };
}

function netOf({ actor }: Role, telescope: Telescope, unit: number): Net {
  const nets = actor.nets.filter((net) => telescope.has(net));
  return nets.length === 2 ? (unit < SHARE_6 ? 6 : 4) : nets[0];
}

/** What a resident does in a stretch; undefined when it sends nothing then. */
export function perform(resident: Resident, stretch: Stretch, telescope: Telescope): Act | undefined {
  const { role, net, rate_pps, seeds } = resident;
  const end_s = stretch.start_s + stretch.duration_s;
  const from_s = Math.max(resident.birth_s, stretch.start_s);
  const to_s = Math.min(resident.death_s, end_s - MARGIN_S);
  if (from_s >= to_s) return undefined;
  const rhythm = role.actor.attack === true ? 'flat' : 'daily';
  const weight_s = rhythm === 'flat' ? to_s - from_s : weighedSeconds(from_s, to_s);
  const [a, b, c] = seeds;
  const packets = poisson(new Random(a, b ^ c, stretch.start_s), rate_pps * weight_s);
  if (packets === 0) return undefined;
  const share = { net, packets, start_s: from_s - stretch.start_s, end_s: to_s - stretch.start_s };
  const identity = new Identity(seeds, stretch.start_s);
  return role.actor.perform(new Part(identity, telescope, { start_s: stretch.start_s, rhythm }, share));
}

/**
 * What an actor draws from its part's generator itself says who it is: address, ports, distance. That is the same in every stretch.
 * What it forks is for packets, and differs.
 */
class Identity extends Random {
  private readonly salt: number;

  constructor([a, b, c]: Resident['seeds'], salt: number) {
    super(a, b, c);
    this.salt = salt;
  }

  override fork(): Random {
    return new Random(this.word() ^ this.salt, this.word(), this.word());
  }
}
