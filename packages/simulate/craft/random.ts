/**
 * Pseudo-random numbers: sfc32, the 32-bit "small fast counting" generator of Chris Doty-Humphrey's PractRand
 * (https://pracrand.sourceforge.net; period ≥ 2³², on average 2¹²⁷). Every stream of packets has a generator of its own,
 * so that what one actor draws never moves another, and a copy of a generator walks the same sequence again: that is how
 * retransmissions know what they repeat without remembering it.
 */
const WARM_UP_ROUNDS = 15;
const TO_UNIT = 2 ** -32;
/** Means up to here are drawn arrival by arrival. */
const POISSON_COUNTED_MAX = 64;

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  /** Any three 32-bit words. */
  constructor(seed0: number, seed1 = 0, seed2 = 0) {
    this.a = seed0 | 0;
    this.b = seed1 | 0;
    this.c = seed2 | 0;
    this.counter = 1;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.word();
  }

  /** 32 random bits as a signed number. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }

  /** 0 ≤ x < 1, in steps of 2⁻³². */
  unit(): number {
    return (this.word() >>> 0) * TO_UNIT;
  }

  /** An integer, 0 ≤ x < `count`, `count` ≤ 2³². */
  below(count: number): number {
    return Math.floor((this.word() >>> 0) * TO_UNIT * count);
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** 16 random bits. */
  half(): number {
    return this.word() >>> 16;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Exponentially distributed with mean 1; never 0. */
  exponential(): number {
    return -Math.log(((this.word() >>> 0) + 0.5) * TO_UNIT);
  }

  /** Spread evenly over the orders of magnitude between two positive bounds. */
  logarithmic(least: number, most: number): number {
    return least * (most / least) ** this.unit();
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  /** A generator whose sequence has nothing to do with the rest of this one's. */
  fork(): Random {
    return new Random(this.word(), this.word(), this.word());
  }

  /** A generator that will draw what this one will draw. */
  copy(): Random {
    const twin = new Random(0);
    twin.a = this.a;
    twin.b = this.b;
    twin.c = this.c;
    twin.counter = this.counter;
    return twin;
  }
}

/**
 * Gamma distributed with the given shape and scale 1 (Marsaglia and Tsang 2000): given `shape` Poisson events, what the
 * mean behind them may have been.
 */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * random.unit() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.unit()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * Poisson distributed with the given mean: arrivals of a unit process are counted (exact, as many draws as arrivals); from 64 on
 * the normal distribution rounded, whose error is below the spread's own by far.
 */
export function poisson(random: Random, mean: number): number {
  if (mean >= POISSON_COUNTED_MAX) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let count = 0;
  for (let at = random.exponential(); at < mean; at += random.exponential()) count++;
  return count;
}

/** Standard normal (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.unit());
}

/** Scrambles 32 bits (MurmurHash3's finalizer): the k-th member of a set that is never stored. */
export function scramble(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
