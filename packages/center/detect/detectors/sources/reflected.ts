/**
 * Which of our addresses are reflected at: somebody forges them in requests, and servers everywhere answer to them. A victim's answers
 * spread over the telescope evenly, so every address has about as many answering sources as the next; a reflected one has far more.
 */

/** Answering sources of an address in an hour below which nobody speaks of a reflection. */
export const REFLECTION_SOURCES_MIN = 30;
/**
 * So many standard deviations above the mean of the others. Victims' answers are at most Poisson: with a mean of 15 an address reaches
 * 15 + 8 · √15 = 46 with a chance below 2 · 10⁻⁹ (Chernoff), with a greater mean more rarely, so 65,536 addresses give less than one
 * false alarm in 300 days.
 */
const DEVIATIONS = 8;
/** The mean is that of the lower nine tenths of all addresses: the reflected ones do not raise their own measure. */
const LOWER_SHARE = 0.9;
/** The lower tenths need addresses to speak of. */
const ADDRESSES_MIN = 10;

/**
 * By target 1 or 0; undefined when there is none. `answerers`: distinct answering sources by target, of the targets that were met;
 * the others of the telescope's `addresses` had none. In a telescope of less than ten addresses nothing can be told.
 */
export function reflectedTargets(answerers: Uint32Array, addresses: number): Uint8Array | undefined {
  const size = Math.max(answerers.length, Math.round(addresses));
  if (size < ADDRESSES_MIN) return undefined;
  const sorted = answerers.slice().sort();
  const silent = size - sorted.length;
  const lower = Math.floor(size * LOWER_SHARE);
  let sum = 0;
  for (let place = silent; place < lower; place++) sum += sorted[place - silent];
  const mean = sum / lower;
  const threshold = Math.max(REFLECTION_SOURCES_MIN, mean + DEVIATIONS * Math.sqrt(mean));
  if (sorted.length === 0 || sorted[sorted.length - 1] < threshold) return undefined;
  return Uint8Array.from(answerers, (count) => (count >= threshold ? 1 : 0));
}
