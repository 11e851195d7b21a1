/** One header mark of a tool or a bot: evidence, not a verdict. Decide per source over n packets. */
export interface Mark {
  /** Name in files and reports; never changes its meaning. */
  readonly name: string;
  readonly sentence: string;
  readonly citation: string;
  /** Chance that a random packet of the shape tested carries it, as an exponent of 2: 16 means 2⁻¹⁶; 0 = not random. */
  readonly chanceExponent: number;
}
