/** Outbreaks: one or two a week, each a port that devices all at once look for; it rises in a day and fades over the next ones. */
import { outbreakActor } from '../actors/outbreak.ts';
import { Random } from '../craft/random.ts';
import type { Region } from '../craft/space.ts';
import { hashOf } from './level.ts';
import type { Role } from './roles.ts';

const WEEK_DAYS = 7;
/** Days that an outbreak is felt. */
const DAYS_MAX = 6;
/** What is left of it a day later. */
const FADING = 0.6;
/** Share of all packets on its strongest day: from, to. */
const PEAK = [0.02, 0.14] as const;
const MARKED_SHARE = 0.5;
/** Ports of management interfaces, cameras, recorders, phones, databases that were looked for in such a way. */
const PORTS = [
  37_215, 52_869, 5555, 60_001, 7547, 9530, 34_567, 8291, 2375, 5985, 1433, 6379, 10_000, 4433, 8545, 26_657, 50_050,
  8728, 9034, 23_231, 81, 5431, 49_152, 1911,
];
const HOMES: readonly (readonly Region[])[] = [
  ['asia', 'asia', 'asia', 'latin-america'],
  ['latin-america', 'latin-america', 'africa'],
  ['europe', 'asia'],
  ['north-america', 'europe', 'asia'],
];

/** Outbreaks felt on a day (since 1970), each as a role. */
export function outbreaksOf(seed: number, day: number): Role[] {
  const week = Math.floor(day / WEEK_DAYS);
  return [week - 1, week].flatMap((one) => beginningIn(seed, one)).filter((role) => role.shareOf(day) > 0);
}

function beginningIn(seed: number, week: number): Role[] {
  const random = new Random(seed, hashOf('outbreaks'), week);
  return Array.from({ length: random.between(1, 2) }, (_, number) => {
    const from = week * WEEK_DAYS + random.below(WEEK_DAYS);
    const peak = random.logarithmic(...PEAK);
    const port = random.pick(PORTS);
    const actor = outbreakActor({ port, isMarked: random.chance(MARKED_SHARE), homes: random.pick(HOMES) });
    return {
      name: `outbreak/${week}/${number}`,
      actor,
      shareOf: (day) => (day < from || day >= from + DAYS_MAX ? 0 : peak * strengthOf(day - from)),
      size: 80,
      life_s: [7200, 172_800],
      restlessness: 0,
    };
  });
}

function strengthOf(age_days: number): number {
  return age_days === 0 ? FADING : FADING ** (age_days - 1);
}
