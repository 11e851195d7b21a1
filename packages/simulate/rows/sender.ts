/** A sender of rows: one instance of a role, with its life and what the truth shall say of it. */
import { Random, scramble } from '../craft/random.ts';
import type { EventDetail } from '../truth.ts';
import type { Life } from './life.ts';
import type { Pad, Spray } from './pad.ts';

/** Where a sender comes from: who it is and when it lives is drawn from `random` alone. */
export interface Birth {
  readonly random: Random;
  readonly life: Life;
  /** First packets a minute while it is at work. */
  readonly rate_pm: number;
  /** Addresses of the telescope. */
  readonly addresses: number;
  readonly isRhythmic: boolean;
}

/** What a sender does, and who it is. */
export interface Act {
  readonly life: Life;
  readonly detail: EventDetail;
  /** Writes what it sends in the pad's minute. */
  readonly act: (pad: Pad) => void;
}

/** A generator for a minute and a part of it, for a sender: drawn once. */
function minutes(random: Random): (minute_s: number, part: number) => Random {
  const [a, b, c] = [random.word(), random.word(), random.word()];
  return (minute_s, part) => new Random(a ^ scramble(minute_s), b + part, c);
}

/** A sender whose packets come at random. */
export function sprayer(birth: Birth, detail: EventDetail, spray: Pick<Spray, 'draw'> & Partial<Spray>): Act {
  const { life, rate_pm, isRhythmic } = birth;
  const generator = minutes(birth.random);
  const whole: Spray = { life, rate_pm, isRhythmic, delays_s: [], ...spray };
  return { life: whole.life, detail, act: (pad) => pad.spray(whole, generator) };
}

/** What the truth says of the strength of an attack: the telescope sees N of 2³² forged sources. */
export function strength({ rate_pm, addresses }: Birth): { attack_pps: number } {
  return { attack_pps: Number((((rate_pm / 60) * 2 ** 32) / addresses).toPrecision(4)) };
}
