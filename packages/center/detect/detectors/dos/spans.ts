/**
 * When answers come so close together that everyday background does not explain them.
 *
 * The background of a source is a Poisson process whose rate nobody knows: gamma distributed over sources with shape
 * {@link SHAPE} (most send next to nothing, a few much: overdispersed). Behind any one answer, the number of further answers
 * within a time is then negative binomial. `n` answers within a span are an alarm when the chance of n − 1 further ones is at
 * most {@link ALPHA}. As every answer ends at most one window of each of the {@link COUNTS}, background raises at most
 * 5 × 10⁻⁸ false alarms an answer: one in twenty million, whatever the number of sources; a day with a million answers of
 * background has 0.05, before the tests of spread and ports, which only take away.
 *
 * Windows are continuous: they begin and end with answers, not with the clock.
 */
import { gammaQuantile, negativeBinomialTail } from './statistics.ts';

const SHAPE = 0.5;
export const ALPHA = 1e-8;
/** Sizes of the windows, in answers. */
export const COUNTS = [8, 12, 16, 24, 32] as const;
export const COUNT_MOST = 32;
/** No window is longer. */
export const SPAN_MAX_MS = 3_600_000;
/**
 * Mean further answers of a source of background in an hour, per address that listens: the answers to 70 forged packets a
 * second over all of IPv4. Thresholds scale with the telescope through this.
 */
const BACKGROUND_PER_ADDRESS_HOUR = 0.25 / 4096;
const HOUR_MS = 3_600_000;
/** IPv6 telescopes have no share of the Internet; their background is taken to be that of so many IPv4 addresses. */
export const ADDRESSES_OF_IPV6 = 4096;

/** Mean further answers an hour that a source of background has at a telescope of so many addresses. */
export function backgroundPerHour(addresses: number): number {
  return Math.max(1, addresses) * BACKGROUND_PER_ADDRESS_HOUR;
}

/** Time that the prior knowledge of a source's rate is worth: shape ÷ mean. */
export function priorTime_ms(perHour: number): number {
  return (SHAPE / perHour) * HOUR_MS;
}

/** Span ÷ prior time at which `count` answers are just an alarm, with no other knowledge of the source. */
const RATIOS: readonly number[] = COUNTS.map((count) => {
  let low = 0;
  let high = 1;
  for (let turn = 0; turn < 60; turn++) {
    const share = (low + high) / 2;
    if (negativeBinomialTail(count - 1, SHAPE, share) > ALPHA) high = share;
    else low = share;
  }
  return low / (1 - low);
});

/** Longest span of the `place`-th count of {@link COUNTS} that is an alarm, when nothing else is known of the source. */
export function spanLimit_ms(place: number, perHour: number): number {
  return Math.min(SPAN_MAX_MS, RATIOS[place] * priorTime_ms(perHour));
}

/**
 * Whether a window is too much for this source, given what it did before: `before` answers in the `known_ms` in front of the
 * window.
 */
export function isTooMany(count: number, span_ms: number, perHour: number, before: number, known_ms: number): boolean {
  const time_ms = priorTime_ms(perHour) + known_ms;
  return negativeBinomialTail(count - 1, SHAPE + before, span_ms / (time_ms + span_ms)) <= ALPHA;
}

const POWER = 0.95;

/**
 * The detection limit of dos/victim: an attack of so many forged packets a second, uniform over IPv4, answered once each, that
 * lasts (or strikes in one pulse) `duration_s`, is found with a probability of 95 % or more at a telescope of so many
 * addresses. A lower bound of the probability: that some window of {@link COUNTS} answers at the beginning of the attack is
 * short enough, where the service's ordinary background is no more than the prior.
 */
export function detectionLimit_pps(addresses: number, duration_s = 60): number {
  const perHour = backgroundPerHour(addresses);
  const rates = COUNTS.map((count, place) => {
    const window_s = Math.min(duration_s, spanLimit_ms(place, perHour) / 1000);
    return gammaQuantile(POWER, count) / window_s;
  });
  return (Math.min(...rates) * 2 ** 32) / addresses;
}
