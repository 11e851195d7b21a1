/**
 * A telescope's flow rows with known truth, minute by minute, for large telescopes and long times: statistical, not packet by
 * packet. Every minute is the same whoever asks for it, and when; the same options give the same rows. IPv4 only: where rates of
 * attacks can be estimated. Pure: no clock, no file.
 *
 *     const world = new RowWorld({ seed: 7, addresses: 65_536 });
 *     for (const minute of world.minutes(from_ms, to_ms)) …         // rows as columns, who listened
 *     world.truth()                                                 // what really happened in the minutes made so far
 *
 * Nothing here knows what a detector asks for.
 */
import type { FlowColumnName } from '@noroshi/wire/flow/columns.ts';
import type { ColumnData } from '@noroshi/wire/segment/parquet.ts';
import { gamma, poisson, Random } from '../craft/random.ts';
import type { TruthEvent } from '../truth.ts';
import { hashOf } from '../world/level.ts';
import { ADDRESSES_MAX } from './address.ts';
import type { Life } from './life.ts';
import { Pad, type Tally } from './pad.ts';
import { outbreakRole, REFERENCE_ADDRESSES, type Role, ROLES } from './roles.ts';
import type { Act } from './sender.ts';
import { Sheet } from './sheet.ts';

export interface RowOptions {
  /** Low 32 bits count. Default 1. */
  readonly seed?: number;
  /** IPv4 addresses of the telescope, 1 … ADDRESSES_MAX. Default 4,096. */
  readonly addresses?: number;
  /** Mean packets a day and address, attacks apart. Default 2,000. */
  readonly packetsPerAddressDay?: number;
  /** Attacks a day, and what looks like one (roles.ts). Default 240; 0: none. */
  readonly attacksPerDay?: number;
  /** First answers a minute that an attack lets us see, spread evenly over the orders of magnitude. */
  readonly answers_pm?: readonly [least: number, most: number];
  /** Roles that take part; default all. */
  readonly roles?: readonly Role[];
}

/** One minute: good until the next one is asked for. */
export interface RowMinute {
  readonly minute_ms: number;
  readonly rows: number;
  readonly columns: Record<FlowColumnName, ColumnData>;
  readonly exposure: { readonly addresses: number; readonly networks64: number };
}

interface Sender extends Act {
  readonly id: string;
  readonly role: Role;
}

const DAY_S = 86_400;
const HOUR_S = 3600;
const PACKETS_PER_ADDRESS_DAY = 2000;
const ATTACKS_PER_DAY = 240;
const ANSWERS_PM = [0.3, 3000] as const;
/** How fast a sender's packets grow with the telescope; the number of senders grows with the rest. */
const SIZE_EXPONENT = 0.75;
/** Spread of sizes: shape of the gamma distribution. */
const SIZE_SHAPE = 1.5;
/** Longest life, days: how far back a sender may have come. */
const LIFE_DAYS_MAX = 1;
/** Repetitions come this long after a life's end. */
const ECHO_S = 10;
const OUTBREAK = { chance: 0.25, share: [2, 14] } as const;
const PULSE_S = { on: [10, 120], off: [10, 600] } as const;

export class RowWorld {
  readonly addresses: number;
  private readonly seed: number;
  private readonly packetsPerDay: number;
  private readonly attacksPerDay: number;
  private readonly answers_pm: readonly [number, number];
  private readonly roles: readonly Role[];
  private readonly pad: Pad;
  private readonly sheet = new Sheet();
  private readonly born = new Map<number, readonly Sender[]>();
  private hour = -1;
  private living: readonly Sender[] = [];
  private readonly tallies = new Map<string, { readonly sender: Sender; readonly tally: Tally }>();

  /** Throws RangeError when the number of addresses is out of range. */
  constructor(options: RowOptions = {}) {
    this.seed = (options.seed ?? 1) | 0;
    this.addresses = options.addresses ?? REFERENCE_ADDRESSES;
    if (!(this.addresses >= 1 && this.addresses <= ADDRESSES_MAX)) {
      throw new RangeError(`Cannot simulate rows: ${this.addresses} addresses, the limits are 1 and ${ADDRESSES_MAX}`);
    }
    this.packetsPerDay = (options.packetsPerAddressDay ?? PACKETS_PER_ADDRESS_DAY) * this.addresses;
    this.attacksPerDay = options.attacksPerDay ?? ATTACKS_PER_DAY;
    this.answers_pm = options.answers_pm ?? ANSWERS_PM;
    this.roles = options.roles ?? ROLES;
    this.pad = new Pad(this.sheet, this.addresses);
  }

  /** Every minute that begins in [from_ms, to_ms), in order. */
  *minutes(from_ms: number, to_ms: number): Generator<RowMinute, void, void> {
    for (let minute_ms = Math.ceil(from_ms / 60_000) * 60_000; minute_ms < to_ms; minute_ms += 60_000) {
      yield this.minute(minute_ms);
    }
  }

  /** What happened in the minutes made so far: senders that sent something, in the order in which they were met. */
  truth(): TruthEvent[] {
    return Array.from(this.tallies.values(), ({ sender: { id, role, detail }, tally }) => {
      const { packets, answers, first_s, last_s } = tally;
      const counted = role.isAttack === true ? { answers } : {};
      const about = { kind: role.kind, id, actor: role.name, net: 4, start: first_s, end: last_s, packets } as const;
      return { ...about, ...detail, ...counted };
    });
  }

  /** Forgets what happened so far. */
  forget(): void {
    this.tallies.clear();
  }

  private minute(minute_ms: number): RowMinute {
    const { pad, sheet, addresses } = this;
    sheet.clear();
    pad.minute_s = minute_ms / 1000;
    for (const sender of this.livingAt(pad.minute_s)) {
      if (sender.life.birth_s >= pad.minute_s + 60 || sender.life.death_s + ECHO_S <= pad.minute_s) continue;
      const tally = this.tallies.get(sender.id)?.tally ?? { packets: 0, answers: 0, first_s: 0, last_s: 0 };
      pad.tally = tally;
      sender.act(pad);
      if (tally.packets > 0 && !this.tallies.has(sender.id)) this.tallies.set(sender.id, { sender, tally });
    }
    const exposure = { addresses, networks64: 0 };
    return { minute_ms, rows: sheet.rows, columns: sheet.columns(minute_ms), exposure };
  }

  /** Those who may send in the hour of a time. */
  private livingAt(time_s: number): readonly Sender[] {
    const hour = Math.floor(time_s / HOUR_S);
    if (hour === this.hour) return this.living;
    const [from_s, to_s] = [hour * HOUR_S, (hour + 1) * HOUR_S];
    const day = Math.floor(from_s / DAY_S);
    for (const known of this.born.keys()) if (Math.abs(known - day) > LIFE_DAYS_MAX + 1) this.born.delete(known);
    const days = Array.from({ length: LIFE_DAYS_MAX + 1 }, (_, before) => day - LIFE_DAYS_MAX + before);
    this.hour = hour;
    this.living = days.flatMap((one) =>
      this.bornOn(one).filter(({ life }) => life.birth_s < to_s && life.death_s + ECHO_S > from_s),
    );
    return this.living;
  }

  private bornOn(day: number): readonly Sender[] {
    let senders = this.born.get(day);
    if (senders === undefined) {
      senders = [...this.roles, ...this.outbreakOf(day)].flatMap((role) => this.bornTo(role, day));
      this.born.set(day, senders);
    }
    return senders;
  }

  /** Not every day has one; only where bots live at all. */
  private outbreakOf(day: number): Role[] {
    const random = new Random(this.seed, hashOf('outbreak'), day);
    if (!this.roles.some(({ kind }) => kind === 'bot') || !random.chance(OUTBREAK.chance)) return [];
    return [outbreakRole(random, random.logarithmic(...OUTBREAK.share))];
  }

  private bornTo(role: Role, day: number): Sender[] {
    const random = new Random(this.seed, hashOf(role.name), day);
    if (role.life_s === undefined) return [this.always(role, day)];
    return Array.from({ length: poisson(random, this.birthsOf(role)) }, (_, number) => {
      return this.settle(role, `${role.name}/${day}-${number}`, day, random.fork());
    });
  }

  private birthsOf(role: Role): number {
    if (role.isAttack === true) return (this.attacksPerDay * role.weight) / weightOf(ROLES.filter(isAttack));
    return (this.packetsPerDay * shareOf(role)) / this.sizeOf(role);
  }

  private sizeOf({ size = 1 }: Role): number {
    return Math.max(2, size * (this.addresses / REFERENCE_ADDRESSES) ** SIZE_EXPONENT);
  }

  private settle(role: Role, id: string, day: number, random: Random): Sender {
    const [least, most] = role.life_s ?? [DAY_S, DAY_S];
    const birth_s = (day + random.unit()) * DAY_S;
    const lasts_s = random.logarithmic(least, most);
    const life: Life = { birth_s, death_s: birth_s + lasts_s, ...pulseOf(role, lasts_s, random) };
    const rate_pm = role.isAttack === true ? this.strengthOf(role, random) : this.paceOf(role, lasts_s, random);
    const isRhythmic = role.isAttack !== true;
    return { id, role, ...role.begin({ random, life, rate_pm, addresses: this.addresses, isRhythmic }) };
  }

  private strengthOf({ rate_pm }: Role, random: Random): number {
    return random.logarithmic(...(rate_pm ?? this.answers_pm));
  }

  private paceOf(role: Role, lasts_s: number, random: Random): number {
    return (this.sizeOf(role) * (gamma(random, SIZE_SHAPE) / SIZE_SHAPE) * 60) / lasts_s;
  }

  /** A role that is one sender, always: the same every day. */
  private always(role: Role, day: number): Sender {
    const random = new Random(this.seed, hashOf(role.name), 0);
    const life: Life = { birth_s: day * DAY_S, death_s: (day + 1) * DAY_S - ECHO_S };
    const rate_pm = (this.packetsPerDay * shareOf(role) * 60) / DAY_S;
    return {
      id: role.name,
      role,
      ...role.begin({ random, life, rate_pm, addresses: this.addresses, isRhythmic: true }),
    };
  }
}

const isAttack = (role: Role): boolean => role.isAttack === true;

function weightOf(roles: readonly Role[]): number {
  return roles.reduce((sum, { weight }) => sum + weight, 0);
}

/** Share of the packets that are no attack's. */
function shareOf(role: Role): number {
  return role.weight / weightOf(ROLES.filter((one) => !isAttack(one)));
}

function pulseOf(role: Role, lasts_s: number, random: Random): { readonly pulse_s?: readonly [number, number] } {
  if (role.isPulsed !== true) return {};
  const on_s = Math.min(random.logarithmic(...PULSE_S.on), lasts_s / 2);
  return { pulse_s: [on_s, Math.min(random.logarithmic(...PULSE_S.off), lasts_s / 4)] };
}
