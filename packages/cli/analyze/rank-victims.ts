/** The victims with most backscatter, and whether it burns. */
import { formatAddress } from '@noroshi/wire/net/address.ts';
import type { VictimRow } from './analysis.ts';
import type { Places } from './places.ts';
import type { Victim, Victims } from './victims.ts';

const SERVICES_SHOWN = 5;

/** The `top` victims, and how many of all look like victims of an attack. */
export function rankVictims(victims: Victims, places: Places, top: number): { rows: VictimRow[]; attacked: number } {
  const ranked = victims.ranked();
  const attacked = ranked.filter(({ packets, first_s, last_s, portLeast, portMost }) => {
    return looksAttacked(packets, last_s - first_s, portLeast === portMost);
  });
  return { rows: ranked.slice(0, top).map((victim) => rowOf(victim, places)), attacked: attacked.length };
}

function rowOf(victim: Victim, places: Places): VictimRow {
  const services = [...victim.services].sort(([, a], [, b]) => b - a).slice(0, SERVICES_SHOWN);
  const { portLeast, portMost } = victim;
  return {
    address: formatAddress(...victim.address),
    ...places.placeOf(victim.address),
    packets: victim.packets,
    targets: victim.targets.size,
    first: victim.first_s,
    last: victim.last_s,
    service_ports: services.map(([key, packets]) => ({ proto: key >>> 16, port: key & 0xffff, packets })),
    our_ports: portMost < 0 ? null : { least: portLeast, most: portMost },
    timeline: victim.timeline?.series() ?? { from: victim.first_s, step_s: 0, packets: [1] },
  };
}

/** Moore et al. 2001 and CAIDA's RSDoS: fewer packets, or a shorter time, is not called an attack. */
export const ATTACK_PACKETS_LEAST = 25;
export const ATTACK_SECONDS_LEAST = 60;

/** Answers from which on it means something that they all go to one port of ours. */
const ONE_PORT_LEAST = 10;

/** True when there is enough, for long enough, and not to one port of ours only, as a SYN-ACK scanner sends. */
export function burns(victim: VictimRow): boolean {
  return looksAttacked(victim.packets, victim.last - victim.first, isOnePort(victim));
}

function looksAttacked(packets: number, seconds: number, isOne: boolean): boolean {
  return packets >= ATTACK_PACKETS_LEAST && seconds >= ATTACK_SECONDS_LEAST && !isOne;
}

/** Answers to one single port of ours: of an attack whose sources are forged at random there would be many. */
export function isOnePort({ packets, our_ports }: VictimRow): boolean {
  return packets >= ONE_PORT_LEAST && our_ports !== null && our_ports.least === our_ports.most;
}
