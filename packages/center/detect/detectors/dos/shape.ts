/**
 * Whether answers look like those to an attack whose sources are forged all over the Internet: spread evenly over our addresses,
 * and, where they know it, over the ports that the attacker drew. What does not: a server that has lost its way (one of ours), reflection
 * (few of ours), SYN-ACK scans (one port, or few).
 */
import type { Answers } from './rings.ts';
import { expectedDistinct } from './statistics.ts';

/** Least number of our addresses. */
const TARGETS_LEAST = 4;
/** Least share of the addresses that uniform sources would have met. */
const SPREAD_LEAST = 0.7;
/** Least share of different forged ports. 32 uniform draws out of 1,000 ports differ to 98 %, 8 out of five to 52 %. */
const PORTS_LEAST = 0.85;
/** Where the attacked ports are as many as the answers, so many answers are asked for: a scanner may draw its source ports. */
const ANSWERS_WITH_MANY_PORTS = 32;
const NETWORK_ADDRESSES = 256;
/** A /24 of ours that gets more than its share by a chance of this is what somebody forges. */
const ONE_NETWORK_CHANCE = 1e-4;

/** How many of the elements [from, to) differ after `& mask`. Quadratic: at most 32 of them. */
export function distinct(words: Uint32Array, from: number, to: number, mask: number): number {
  let count = 0;
  for (let place = from; place < to; place++) {
    let before = from;
    while (before < place && ((words[before] ^ words[place]) & mask) !== 0) before++;
    if (before === place) count++;
  }
  return count;
}

/** Spread over our addresses. @param addresses Infinity when there is no number (IPv6) */
export function isSpread(answers: Answers, from: number, to: number, addresses: number): boolean {
  const targets = distinct(answers.targets, from, to, -1);
  const expected = expectedDistinct(addresses, to - from);
  if (targets < TARGETS_LEAST || targets < SPREAD_LEAST * expected) return false;
  if (!Number.isFinite(addresses) || addresses <= NETWORK_ADDRESSES) return true;
  const most = mostAlike(answers.targets, from, to, 0xffffff00);
  return chanceOfMost(to - from, most, NETWORK_ADDRESSES / addresses) >= ONE_NETWORK_CHANCE;
}

/** Ports as an attacker draws them; true when the answers do not know them. */
export function hasDrawnPorts(answers: Answers, from: number, to: number): boolean {
  let known = 0;
  for (let place = from; place < to; place++) if (answers.ports[place] >>> 16 !== 0) known++;
  if (known < (to - from) / 2) return true;
  const forged = distinct(answers.ports, from, to, 0xffff0000);
  if (forged < PORTS_LEAST * known) return false;
  const attacked = distinct(answers.ports, from, to, 0xffff);
  return attacked <= (to - from) / 2 || (to - from >= ANSWERS_WITH_MANY_PORTS && attacked <= forged);
}

/** How often the most frequent value after `& mask` is there. */
export function mostAlike(words: Uint32Array, from: number, to: number, mask: number): number {
  let most = 0;
  for (let place = from; place < to; place++) {
    let alike = 0;
    for (let other = from; other < to; other++) if (((words[other] ^ words[place]) & mask) === 0) alike++;
    if (alike > most) most = alike;
  }
  return most;
}

/** P(X ≥ most) of a binomial variable, times the number of networks it could have been: a bound for the largest of them. */
function chanceOfMost(draws: number, most: number, share: number): number {
  let term = 1;
  let sum = 0;
  for (let hits = 0; hits <= draws; hits++) {
    if (hits >= most) sum += term * (1 - share) ** (draws - hits);
    term *= (share * (draws - hits)) / (hits + 1);
  }
  return Math.min(1, sum / share);
}
