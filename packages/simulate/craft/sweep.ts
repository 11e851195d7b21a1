/**
 * A scanner's walk over the telescope: every address once per round in an order that looks random, as ZMap's cyclic group
 * and masscan's shuffle do it, without a list. IPv4: a full-period linear congruential step (Hull and Dobell 1962) over the
 * next power of two, numbers beyond the telescope skipped. IPv6 has no "every address": there each step is a draw.
 */
import { Host } from './prefix.ts';
import type { Random } from './random.ts';
import type { Telescope } from './telescope.ts';

export class Sweep {
  /** Complete rounds so far. */
  round = 0;
  private readonly telescope: Telescope;
  private readonly net: 4 | 6;
  private readonly random: Random;
  private readonly host = new Host();
  private readonly mask: number;
  private readonly step: number;
  private readonly multiplier: number;
  private state: number;
  private seen = 0;

  constructor(telescope: Telescope, net: 4 | 6, random: Random) {
    this.telescope = telescope;
    this.net = net;
    this.random = random;
    this.mask = 2 ** Math.ceil(Math.log2(Math.max(2, telescope.addresses4))) - 1;
    this.multiplier = (random.word() & ~7) | 5;
    this.step = random.word() | 1;
    this.state = random.word();
  }

  /** The next address; the host moves with every call. */
  next(): Host {
    if (this.net === 6) return this.telescope.pick(this.random, 6, this.host);
    let index: number;
    do {
      this.state = (Math.imul(this.state, this.multiplier) + this.step) | 0;
      index = (this.state & this.mask) >>> 0;
    } while (index >= this.telescope.addresses4);
    if (++this.seen === this.telescope.addresses4) {
      this.seen = 0;
      this.round++;
    }
    return this.telescope.at4(index, this.host);
  }
}
