/** The little statistics that the DoS detectors need: gamma and negative binomial distributions, and how many draws differ. */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const LANCZOS_G = 7;
const TERMS_MAX = 20_000;
const ENOUGH = 1e-14;
const HALVINGS = 200;

/** ln Γ(x) for x > 0 (Lanczos 1964, g = 7). */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  let sum: number = LANCZOS[0];
  for (let place = 1; place < LANCZOS.length; place++) sum += LANCZOS[place] / (x - 1 + place);
  const t = x + LANCZOS_G - 0.5;
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** P(Γ ≤ x) of a gamma variable of this shape, scale 1: by series below the mean, by continued fraction above. */
export function gammaCdf(x: number, shape: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(shape * Math.log(x) - x - lnGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; n < TERMS_MAX && term > sum * ENOUGH; n++) sum += term *= x / (shape + n);
    return Math.min(1, front * sum);
  }
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < TERMS_MAX; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < ENOUGH) break;
  }
  return 1 - front * fraction;
}

/** x with P(Γ ≤ x) = `share`; also the mean at which a Poisson count reaches `shape` with that probability. */
export function gammaQuantile(share: number, shape: number): number {
  let low = 0;
  let high = shape + 10 * Math.sqrt(shape) + 20;
  for (let turn = 0; turn < HALVINGS && high - low > 1e-12 * high; turn++) {
    const middle = (low + high) / 2;
    if (gammaCdf(middle, shape) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Counts so large are as good as normal: Wilson and Hilferty's cube is then within 10⁻⁵ of the exact quantile. */
const EXACT_MAX = 10_000;
const NORMAL_975 = 1.959963984540054;

/**
 * The exact 95 % interval of a Poisson process's rate in which `gaps` gaps between neighbours lasted `lasted` together: the
 * sum of the gaps is gamma distributed. Answers per unit of `lasted`.
 */
export function rateInterval(gaps: number, lasted: number): readonly [low: number, high: number] {
  if (gaps <= EXACT_MAX) return [gammaQuantile(0.025, gaps) / lasted, gammaQuantile(0.975, gaps) / lasted];
  const cube = (z: number): number => gaps * (1 - 1 / (9 * gaps) + z / (3 * Math.sqrt(gaps))) ** 3;
  return [cube(-NORMAL_975) / lasted, cube(NORMAL_975) / lasted];
}

/**
 * P(X ≥ k) of a negative binomial variable: Poisson counts whose rate is gamma distributed with this shape. `share` is the
 * time watched now over the time known altogether.
 */
export function negativeBinomialTail(k: number, shape: number, share: number): number {
  if (k <= 0) return 1;
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  const lnTerm = lnGamma(shape + k) - lnGamma(shape) - lnGamma(k + 1) + shape * Math.log1p(-share);
  let term = Math.exp(lnTerm + k * Math.log(share));
  let sum = term;
  for (let x = k; x < k + TERMS_MAX && term > sum * ENOUGH; x++) sum += term *= (share * (shape + x)) / (x + 1);
  return Math.min(1, sum);
}

/** How many different ones are expected of `draws` uniform draws out of `size`; `size` Infinity: all. */
export function expectedDistinct(size: number, draws: number): number {
  return Number.isFinite(size) ? -size * Math.expm1(draws * Math.log1p(-1 / Math.max(1 + 1e-9, size))) : draws;
}
