/**
 * The cast: which actors take part, how many instances each has, who gets how many packets, and when. Every packet of the
 * capture is handed out here, so the truth knows the sums before the first one is written.
 */
import { type Act, type Actor, Part } from './actor.ts';
import type { Net } from './craft/frame.ts';
import { Random } from './craft/random.ts';
import type { Telescope } from './craft/telescope.ts';
import type { Scenario, Settings } from './options.ts';

export interface Hired {
  readonly actor: Actor;
  readonly id: string;
  readonly net: Net;
  readonly packets: number;
  readonly act: Act;
}

/** Memory stays bounded whatever the capture's length: instances per actor. */
const INSTANCES_MAX = 300;
/** Share of instances on IPv6 where an actor and the telescope know both. */
const SHARE_6 = 0.15;
/** With enough packets for everybody, nobody has fewer than this. */
const PACKETS_MIN = 24;
/** Spread of packets among the instances of an actor: standard deviation of their logarithm. */
const SPREAD = 1;

/** @throws RangeError when `mix` names nobody, weighs below zero, or leaves no actor for these prefixes */
export function plan(settings: Settings, telescope: Telescope, actors: readonly Actor[]): Hired[] {
  const cast = castOf(settings, telescope, actors);
  const shares = apportion(
    settings.packets,
    cast.map(({ weight }) => weight),
    PACKETS_MIN,
  );
  return cast.flatMap(({ actor }, index) => hire(actor, shares[index], settings, telescope));
}

function castOf(
  settings: Settings,
  telescope: Telescope,
  actors: readonly Actor[],
): { actor: Actor; weight: number }[] {
  for (const [name, weight] of Object.entries(settings.mix)) {
    if (!actors.some((actor) => actor.name === name)) {
      throw new RangeError(`Cannot simulate: no actor is named ${name}`);
    }
    if (!(weight >= 0)) throw new RangeError(`Cannot simulate: weight ${weight} of ${name} is below zero`);
  }
  const cast = actors
    .filter((actor) => actor.nets.some((net) => telescope.has(net)))
    .map((actor) => ({ actor, weight: weightOf(actor, settings) }))
    .filter(({ weight }) => weight > 0);
  if (cast.length === 0) throw new RangeError('Cannot simulate: no actor is left for these prefixes and this mix');
  return cast;
}

function weightOf(actor: Actor, settings: Settings): number {
  const named = settings.mix[actor.name];
  if (named !== undefined || settings.only) return named ?? 0;
  return takesPart(actor, settings.scenario) ? actor.weight : 0;
}

function takesPart(actor: Actor, scenario: Scenario): boolean {
  if (scenario === 'unique' || scenario === 'repeats') return actor.only === scenario;
  if (actor.only !== undefined) return actor.only === 'responding' && scenario === 'responding';
  return !(scenario === 'quiet' && actor.attack === true);
}

function hire(actor: Actor, packets: number, settings: Settings, telescope: Telescope): Hired[] {
  const random = new Random(settings.seed, hashOf(actor.name), 0x6e6f726f);
  const wanted = Math.round(packets / actor.packets_typical);
  const count = Math.max(1, Math.min(actor.instances_max ?? INSTANCES_MAX, wanted));
  const weights = Array.from({ length: count }, () =>
    Math.exp(SPREAD * (random.unit() + random.unit() + random.unit() - 1.5) * 2),
  );
  const shares = apportion(packets, weights, 1);
  return shares.flatMap((share, index) =>
    share === 0 ? [] : [hireOne(actor, index, share, random.fork(), settings, telescope)],
  );
}

function hireOne(
  actor: Actor,
  index: number,
  packets: number,
  random: Random,
  settings: Settings,
  telescope: Telescope,
): Hired {
  const nets = actor.nets.filter((net) => telescope.has(net));
  const net = nets.length === 2 ? (random.chance(SHARE_6) ? 6 : 4) : nets[0];
  const span_s = Math.min(settings.duration_s, random.logarithmic(...actor.span_s));
  const start_s = random.unit() * (settings.duration_s - span_s);
  const share = { net, packets, start_s, end_s: start_s + span_s };
  const capture = { start_s: settings.start_s, rhythm: actor.attack === true ? 'flat' : settings.rhythm } as const;
  const act = actor.perform(new Part(random, telescope, capture, share));
  return { actor, id: `${actor.name}/${index}`, net, packets, act };
}

/**
 * Splits `total` by weights into integers that add up to it (largest remainder); where there is enough for twice that,
 * nobody gets less than `least`.
 */
function apportion(total: number, weights: readonly number[], least: number): number[] {
  const floor = Math.min(least, Math.floor(total / (2 * weights.length)));
  const free = total - floor * weights.length;
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (free * weight) / sum);
  const shares = exact.map((value) => floor + Math.floor(value));
  let rest = total - shares.reduce((a, b) => a + b, 0);
  const order = exact.map((_, index) => index).sort((a, b) => (exact[b] % 1) - (exact[a] % 1) || a - b);
  for (let turn = 0; rest > 0; turn++, rest--) shares[order[turn % order.length]]++;
  return shares;
}

/** FNV-1a: a name's generator does not depend on who else takes part. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash;
}
