/**
 * A simulated world in which time goes on: a small telescope, who sends to it, and a minute of which is the same whoever generates
 * it, and when. Pure: no clock, no file.
 *
 *     const world = new World({ seed: 7 });
 *     for (const bytes of world.tape(from_ms).until(to_ms)) …      // one pcap stream of everything from then to then
 *
 * Time is cut into slices that are generated each by itself (residents.ts). Traffic swells by day and week, grows slowly, and has
 * outbreaks and attacks, so that ranks change; acknowledged research scanners take part ({@link ACKNOWLEDGED_SCANNERS}).
 */
import { ORGANISATIONS } from '../actors/census.ts';
import { parsePrefix } from '../craft/prefix.ts';
import { Slices } from '../craft/slice.ts';
import { Telescope } from '../craft/telescope.ts';
import { DAY_S } from './level.ts';
import { outbreaksOf } from './outbreaks.ts';
import { bornOn, perform, type Resident } from './residents.ts';
import { LIFE_DAYS_MAX, type Role, rolesOf } from './roles.ts';
import { SLICE_S, Tape } from './tape.ts';

export interface WorldOptions {
  /** Low 32 bits count. Default 1. */
  readonly seed?: number;
  /** The telescope, in CIDR notation; default {@link WORLD_PREFIXES}. */
  readonly prefixes?: readonly string[];
  /** Mean packets a day and IPv4 address; before growth and outbreaks, default 8,000: about 9,100 in 2026, near what Japan’s police count (9,500 in 2024). */
  readonly packetsPerAddressDay?: number;
}

/** 64 IPv4 addresses and one IPv6 network, in the same space as the simulator's telescope (options.ts). */
export const WORLD_PREFIXES: readonly string[] = ['25.37.0.0/26', '2d00:6e6f:726f:7368::/64'];

/** An organisation that says where it scans from. */
export interface AcknowledgedScanner {
  readonly organisation: string;
  readonly prefix: string;
}

/** The invented research scanners of the world: what an operator's list would say of them. */
export const ACKNOWLEDGED_SCANNERS: readonly AcknowledgedScanner[] = ORGANISATIONS.flatMap(({ name, prefixes }) =>
  prefixes.map((prefix) => ({ organisation: name, prefix })),
);

const PACKETS_PER_ADDRESS_DAY = 8000;
/** Days of residents that are remembered: a slice needs those born up to LIFE_DAYS_MAX days before it. */
const DAYS_REMEMBERED = LIFE_DAYS_MAX + 2;
const RECORD = { snap_bytes: 65_535, perSecond: 1e6 } as const;

export class World {
  readonly prefixes: readonly string[];
  private readonly seed: number;
  private readonly telescope: Telescope;
  private readonly packetsPerDay: number;
  private readonly roles: readonly Role[];
  private readonly born = new Map<number, readonly Resident[]>();

  /** Throws RangeError for a prefix that is none. */
  constructor(options: WorldOptions = {}) {
    this.seed = (options.seed ?? 1) | 0;
    this.prefixes = options.prefixes ?? WORLD_PREFIXES;
    this.telescope = new Telescope(
      this.prefixes.map((text) => {
        const prefix = parsePrefix(text);
        if (prefix === undefined) throw new RangeError(`Cannot simulate: prefix ${text} is not an address/length`);
        return prefix;
      }),
    );
    const addresses = Math.max(1, this.telescope.addresses4);
    this.packetsPerDay = addresses * (options.packetsPerAddressDay ?? PACKETS_PER_ADDRESS_DAY);
    this.roles = rolesOf(([4, 6] as const).filter((net) => this.telescope.has(net)));
  }

  /**
   * Everything from a moment (Unix ms) on.
   * @param isContinued leaves out the head of the stream: another tape has given it
   */
  tape(from_ms: number, isContinued = false): Tape {
    return new Tape(this, from_ms, isContinued);
  }

  /** The packets of slice `number` (slices since 1970) in time order. */
  slice(number: number): Slices {
    const stretch = { start_s: number * SLICE_S, duration_s: SLICE_S };
    const acts = this.livingIn(stretch.start_s).flatMap((one) => perform(one, stretch, this.telescope) ?? []);
    const streams = acts.flatMap((act) => act.streams);
    return new Slices(streams, SLICE_S, { ...RECORD, start_s: stretch.start_s });
  }

  private livingIn(start_s: number): Resident[] {
    const day = Math.floor(start_s / DAY_S);
    const days = Array.from({ length: LIFE_DAYS_MAX + 1 }, (_, before) => day - LIFE_DAYS_MAX + before);
    for (const remembered of this.born.keys()) {
      if (Math.abs(remembered - day) > DAYS_REMEMBERED) this.born.delete(remembered);
    }
    return days.flatMap((one) => {
      return this.bornOn(one).filter(({ birth_s, death_s }) => birth_s < start_s + SLICE_S && death_s > start_s);
    });
  }

  private bornOn(day: number): readonly Resident[] {
    let residents = this.born.get(day);
    if (residents === undefined) {
      const roles = [...this.roles, ...outbreaksOf(this.seed, day)];
      residents = roles.flatMap((role) => bornOn(role, day, this.packetsPerDay, this.seed, this.telescope));
      this.born.set(day, residents);
    }
    return residents;
  }
}
