/**
 * What a simulation is asked to be, and what is assumed where nothing is said.
 *
 * Default addresses. The telescope is 25.37.0.0/20 (4,096 addresses; 25.0.0.0/8 is allocated but for the most part not
 * announced, and stands on no bogon list) and 2d00:6e6f:726f:7368::/64 (2d00::/8 is IANA-reserved global unicast: no
 * country, no route, no documentation prefix that a bogon test would throw out). Sources and victims come from space
 * that registries have handed out, so that countries and AS numbers resolve: craft/space.ts.
 */
import { parsePrefix, type Prefix } from './craft/prefix.ts';

/**
 * `telescope`: everything that arrives at passive sensors. `responding`: the same, and what follows when sensors answer
 * (ACKs, exploit payloads, logins). `quiet`: telescope without attacks and without reflection. `unique`: nearly every
 * packet a flow of its own. `repeats`: at most 100,000 flows, each met many times a minute.
 */
export const SCENARIOS = ['telescope', 'responding', 'quiet', 'unique', 'repeats'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** `flat`, or `daily`: everything but attacks swings by half around its mean with a peak at 15:00 UTC. */
export const RHYTHMS = ['flat', 'daily'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

export interface SimulateOptions {
  /** Any integer; its low 32 bits count. Default 1. */
  readonly seed?: number;
  /** Time of the capture's beginning, epoch seconds. Default 2025-01-01T00:00:00Z. */
  readonly start_s?: number;
  /** Default 600, or what `packets` and `rate_pps` say together. */
  readonly duration_s?: number;
  /** Mean packets per second of the whole capture. Default 500; 100,000 for `unique` and `repeats`. */
  readonly rate_pps?: number;
  /** Exact number of packets. Two of `packets`, `rate_pps` and `duration_s` settle the third. */
  readonly packets?: number;
  /** Addresses of the telescope in CIDR notation, IPv4 and IPv6. */
  readonly prefixes?: readonly string[];
  readonly scenario?: Scenario;
  /** Packet share per actor name (actors/all.ts), replacing the scenario's; actors not named keep theirs unless `only`. */
  readonly mix?: Readonly<Record<string, number>>;
  /** True: actors that `mix` does not name stay away. */
  readonly only?: boolean;
  readonly rhythm?: Rhythm;
  /** Resolution of the capture's time stamps. Default `us`. */
  readonly resolution?: 'us' | 'ns';
  /** Bytes kept of each packet, at least 1. Default 65,535: all. */
  readonly snap_bytes?: number;
  /** `file`: the capture ends in the middle of a record that belongs to no event. */
  readonly damage?: { readonly file?: boolean };
}

/** Options with every default filled in; this is what a truth file repeats. */
export interface Settings {
  readonly seed: number;
  readonly start_s: number;
  readonly duration_s: number;
  readonly packets: number;
  readonly prefixes: readonly Prefix[];
  readonly scenario: Scenario;
  readonly mix: Readonly<Record<string, number>>;
  readonly only: boolean;
  readonly rhythm: Rhythm;
  readonly resolution: 'us' | 'ns';
  readonly snap_bytes: number;
  readonly damageFile: boolean;
}

const START_S = Date.UTC(2025, 0, 1) / 1000;
const DURATION_S = 600;
const PREFIXES = ['25.37.0.0/20', '2d00:6e6f:726f:7368::/64'];
const SNAP_BYTES = 65_535;
/** A pcap record holds 32-bit seconds. */
const TIME_MAX_S = 2 ** 32;

/**
 * Fills in defaults.
 * @throws RangeError with one sentence when an option is out of range or three of rate, packets, duration are given
 */
export function settle(options: SimulateOptions): Settings {
  const scenario = options.scenario ?? 'telescope';
  if (!SCENARIOS.includes(scenario)) {
    throw refusal(`scenario ${scenario} is not one of ${SCENARIOS.join(', ')}`);
  }
  const rhythm = options.rhythm ?? 'flat';
  if (!RHYTHMS.includes(rhythm)) throw refusal(`rhythm ${rhythm} is not one of ${RHYTHMS.join(', ')}`);
  const start_s = within('start_s', options.start_s ?? START_S, 0, TIME_MAX_S);
  const { packets, duration_s } = settleVolume(options, scenario);
  within('start_s + duration_s', start_s + duration_s, 0, TIME_MAX_S);
  return {
    seed: within('seed', options.seed ?? 1, -(2 ** 53), 2 ** 53) | 0,
    start_s: Math.floor(start_s),
    duration_s,
    packets,
    prefixes: settlePrefixes(options.prefixes ?? PREFIXES),
    scenario,
    mix: options.mix ?? {},
    only: options.only ?? false,
    rhythm,
    resolution: options.resolution ?? 'us',
    snap_bytes: Math.floor(within('snap_bytes', options.snap_bytes ?? SNAP_BYTES, 1, SNAP_BYTES)),
    damageFile: options.damage?.file ?? false,
  };
}

function settleVolume(options: SimulateOptions, scenario: Scenario): { packets: number; duration_s: number } {
  const { packets, rate_pps, duration_s } = options;
  if (packets !== undefined && rate_pps !== undefined && duration_s !== undefined) {
    throw refusal('of packets, rate_pps and duration_s only two may be given');
  }
  const rate = within('rate_pps', rate_pps ?? (scenario === 'unique' || scenario === 'repeats' ? 1e5 : 500), 1e-6, 1e9);
  const rateCounts = rate_pps !== undefined || scenario === 'unique' || scenario === 'repeats';
  const lasts_s = duration_s ?? (packets !== undefined && rateCounts ? packets / rate : DURATION_S);
  const count = packets ?? Math.round(rate * lasts_s);
  return {
    packets: Math.floor(within('packets', count, 0, 2 ** 48)),
    duration_s: within('duration_s', Math.max(lasts_s, 1e-3), 1e-3, TIME_MAX_S),
  };
}

function settlePrefixes(texts: readonly string[]): Prefix[] {
  if (texts.length === 0) throw refusal('no prefix is given');
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if (prefix === undefined) throw refusal(`prefix ${text} is not an address, a slash and a length`);
    return prefix;
  });
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw refusal(`${name} ${value} is not between ${least} and ${most}`);
}

function refusal(state: string): RangeError {
  return new RangeError(`Cannot simulate: ${state}`);
}
