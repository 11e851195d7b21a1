/**
 * Who lives in the world. A role is a kind of sender with its share of the traffic; its residents come and go: how many packets one
 * sends in its life, and how long that is.
 */
import type { Actor } from '../actor.ts';
import { ACTORS } from '../actors/all.ts';
import type { EventKind } from '../truth.ts';

export interface Role {
  readonly name: string;
  readonly actor: Actor;
  /** Share of all packets on a day (since 1970), before it wanders. */
  readonly shareOf: (day: number) => number;
  /** Mean packets of a resident. */
  readonly size: number;
  /** Shortest and longest life. Undefined: one resident that was always there and stays. */
  readonly life_s: readonly [number, number] | undefined;
  /** How far its level wanders from week to week: standard deviation of the logarithm. */
  readonly restlessness: number;
}

/** Share of acknowledged research scanners, all together. */
const CENSUS_SHARE = 0.3;
/** Weight of a scenario's actor in the world: telescopes as small as these see fewer attacks than a /20 does. */
const WEIGHTS: Partial<Record<EventKind, number>> = { 'research-scan': 0.5, dos: 0.55, reflection: 0.4, damage: 0.3 };
const HOUR_S = 3600;
const DAY_S = 86_400;
/** Longest life, days: how far back a resident of today may have come. */
export const LIFE_DAYS_MAX = 5;
/** Lives by kind: devices stay infected for days, attacks are over in hours. */
const LIVES: Partial<Record<EventKind, readonly [number, number]>> = {
  'research-scan': [HOUR_S, 3 * DAY_S],
  'vertical-scan': [2 * HOUR_S, DAY_S],
  bot: [HOUR_S, 4 * DAY_S],
  dos: [60, 6 * HOUR_S],
  misconfiguration: [6 * HOUR_S, LIFE_DAYS_MAX * DAY_S],
};
const LIFE: readonly [number, number] = [600, DAY_S];
/** Packets of a resident: mean by kind, else what is typical of the actor. */
const SIZES: Partial<Record<EventKind, number>> = { bot: 120, dos: 300, 'research-scan': 600, 'vertical-scan': 500 };
const RESTLESSNESS: Partial<Record<EventKind, number>> = { dos: 0.5, 'horizontal-scan': 0.35, bot: 0.3, noise: 0.1 };
const RESTLESSNESS_ELSE = 0.25;

/** Everybody who is always about; outbreaks come on top. */
export function rolesOf(nets: readonly (4 | 6)[]): Role[] {
  const able = ACTORS.filter((actor) => actor.nets.some((net) => nets.includes(net)));
  const census = able.filter(({ only }) => only === 'world');
  const others = able.filter(({ only }) => only === undefined);
  const censusTotal = census.reduce((sum, { weight }) => sum + weight, 0);
  const weightOf = ({ kind, weight }: Actor): number => weight * (WEIGHTS[kind] ?? 1);
  const total = others.reduce((sum, actor) => sum + weightOf(actor), 0);
  return [
    ...census.map((actor) => permanent(actor, (CENSUS_SHARE * actor.weight) / censusTotal, 0.1)),
    ...others.map((actor) => {
      const share = ((1 - CENSUS_SHARE) * weightOf(actor)) / total;
      const { kind } = actor;
      // One source that is everybody: it has neither birth nor death.
      if (actor.instances_max === 1) return permanent(actor, share, RESTLESSNESS[kind] ?? RESTLESSNESS_ELSE);
      return {
        name: actor.name,
        actor,
        shareOf: () => share,
        size: SIZES[kind] ?? actor.packets_typical,
        life_s: LIVES[kind] ?? LIFE,
        restlessness: RESTLESSNESS[kind] ?? RESTLESSNESS_ELSE,
      };
    }),
  ];
}

function permanent(actor: Actor, share: number, restlessness: number): Role {
  return { name: actor.name, actor, shareOf: () => share, size: 1, life_s: undefined, restlessness };
}
