/** What a figure is made of. */
import type { FigureDefinition } from '@noroshi/wire/api/figures.ts';

/** Whose packets: everybody's, or everybody's but acknowledged scanners'. */
export type Who = 'all' | 'plain';

/**
 * Roll-ups as a figure's SQL sees them; the texts are in relations.ts.
 *
 *   hours     table `hours`, one hour at a time
 *   sources   one row a day and source of accesses: `<who>_packets`, `<who>_mirai`, `<who>_marked` (0 or 1), `<who>_ports`
 *             (distinct ports)
 *   victims   one row a day and victim of backscatter: `<who>_packets`
 */
export const RELATIONS = ['hours', 'sources', 'victims'] as const;
export type Relation = (typeof RELATIONS)[number];

/**
 * How counts of days become the figure of a period; with worked examples in measure.ts.
 *
 *   rate       Σ packets ÷ Σ exposure
 *   distinct   mean of the days' distinct counts, a day weighing as much as it was covered
 *   share      Σ packets ÷ Σ accesses
 *   spacing    Σ exposure ÷ Σ packets, seconds
 */
export type Measure = 'rate' | 'distinct' | 'share' | 'spacing';

/** A definition, and how it is counted. */
export interface FigureSource extends FigureDefinition {
  readonly from: Relation;
  readonly measure: Measure;
  /** SQL expression over the relation that counts one hour (`hours`) or one day. Holds nothing from outside. */
  readonly sql: (who: Who) => string;
  /** False where leaving the scanners out makes no sense. */
  readonly hasPlain: boolean;
}
