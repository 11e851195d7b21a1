/** The evaluation's answer: scores by detector and size as figures with intervals. What `--json` prints. */
import { type Estimate, quantile, rate, share } from './intervals.ts';
import { ABOVE, type Score } from './score.ts';

export interface EstimateRow {
  /** Null where nothing was counted. */
  readonly value: number | null;
  readonly low: number;
  /** Null: no bound. */
  readonly high: number | null;
}

export interface EvaluationRow {
  readonly detector: string;
  readonly addresses: number;
  readonly precision: EstimateRow;
  /** Above the detection limit where the detector states one; else over all events. */
  readonly recall: EstimateRow;
  readonly recall_of: string;
  readonly bands: readonly {
    readonly name: string;
    readonly events: number;
    readonly found: number;
    readonly recall: EstimateRow;
  }[];
  readonly findings: Readonly<Record<'true' | 'double' | 'tolerated' | 'false', number>>;
  readonly quiet_days: number;
  readonly quiet_alerts: number;
  readonly alerts_per_day: EstimateRow;
  /** Seconds from the end of a sighting's bin until the sighting is there: median and the largest. */
  readonly delay_s: { readonly median: number | null; readonly most: number | null };
  /** Seconds from an event's first packet to the end of the bin of its first sighting. */
  readonly onset_s: { readonly median: number | null; readonly p90: number | null };
  /** Estimated over true rate of attacks: median, and what a tenth is below and above. */
  readonly rate_ratio: { readonly median: number | null; readonly p10: number | null; readonly p90: number | null };
  /** Share of 95 % intervals that hold the true rate. */
  readonly coverage: EstimateRow;
  readonly failures: number;
  readonly wrong: readonly string[];
}

export function figuresOf(score: Score): EvaluationRow {
  const { verdicts, bands, quiet_days, quiet_alerts, delays_s, onsets_s, ratios } = score;
  const above = bands[ABOVE];
  const all = Object.values(bands).reduce(
    (sum, { wanted, found }) => ({ wanted: sum.wanted + wanted, found: sum.found + found }),
    { wanted: 0, found: 0 },
  );
  const asked = above ?? all;
  return {
    detector: score.detector,
    addresses: score.addresses,
    precision: row(share(verdicts.true, verdicts.true + verdicts.false + verdicts.double)),
    recall: row(share(asked.found, asked.wanted)),
    recall_of: above === undefined ? 'all events' : ABOVE,
    bands: Object.entries(bands)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { wanted, found }]) => ({ name, events: wanted, found, recall: row(share(found, wanted)) })),
    findings: verdicts,
    quiet_days,
    quiet_alerts,
    alerts_per_day: row(rate(quiet_alerts, quiet_days)),
    delay_s: { median: number(quantile(delays_s, 0.5)), most: number(quantile(delays_s, 1)) },
    onset_s: { median: number(quantile(onsets_s, 0.5)), p90: number(quantile(onsets_s, 0.9)) },
    rate_ratio: {
      median: number(quantile(ratios, 0.5)),
      p10: number(quantile(ratios, 0.1)),
      p90: number(quantile(ratios, 0.9)),
    },
    coverage: row(share(score.covered, score.coverable)),
    failures: score.failures,
    wrong: score.wrong,
  };
}

function row({ value, low, high }: Estimate): EstimateRow {
  return { value: number(value), low: Number(low.toFixed(4)), high: number(high) };
}

/** Null for what is no number; four digits are plenty. */
function number(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
