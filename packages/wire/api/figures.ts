/**
 * Published figures: what the API answers, the page draws and the report prints. Shares are 0 … 1, times Unix ms of event time.
 * Days begin at 00:00 UTC or at the center's offset from it. Numbers are not rounded: a definition's `digits` says how many a
 * reader is shown, and a change is the difference of the unrounded values.
 */
import type { FeedName } from './feed.ts';

/** A stretch of whole days. */
export interface Period {
  /** `2021-02-03`, `2021-02`, or `from/to` with an exclusive end, e.g. `2021-02-01/2021-02-08`. */
  readonly name: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly days: number;
}

/** What stands under every figure: how much listened, for how long, and what was lost. */
export interface Exposure {
  readonly sensors: number;
  /** Mean number of IPv4 addresses that listened while anything did. */
  readonly addresses: number;
  /** Mean number of IPv6 networks of 64 bits. */
  readonly networks64: number;
  readonly address_seconds: number;
  /** Share of the period during which sensors listened, over all sensors that took part. */
  readonly uptime: number;
  readonly received: number;
  readonly kept: number;
  readonly filtered: number;
  readonly dropped: number;
  /** dropped ÷ received. */
  readonly loss: number;
}

/** 95 % confidence interval, in the figure's unit; wide when the days differ much from each other. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Null where there is nothing to divide by, or nothing to compare with. */
export interface Measured {
  readonly value: number | null;
  /** Null also where one day cannot tell how much days differ. */
  readonly interval: Interval | null;
  readonly previous: number | null;
  /** value − previous. */
  readonly change: number | null;
  /** 100 × change ÷ previous. */
  readonly change_percent: number | null;
}

export interface Text {
  readonly ja: string;
  readonly en: string;
}

/** What a figure is divided by: days, days × IPv4 addresses, days × IPv6 networks of 64 bits, or accesses. */
export const DENOMINATORS = ['day', 'address_day', 'network64_day', 'access'] as const;
export type Denominator = (typeof DENOMINATORS)[number];

/** One definition per figure; API, page, report and documentation derive from it. */
export interface FigureDefinition {
  readonly id: string;
  readonly name: Text;
  readonly sentence: Text;
  readonly unit: Text;
  readonly denominator: Denominator;
  /** Digits behind the point, as published; of a share, of its percentage. */
  readonly digits: number;
  /** A number from 0 to 1, shown as a percentage. */
  readonly is_share: boolean;
  /** Steps that its series can have. */
  readonly steps: readonly Step[];
}

export interface Figure {
  readonly id: string;
  readonly all: Measured;
  readonly without_scanners: Measured;
}

export interface Summary {
  readonly feed: FeedName;
  readonly is_simulated: boolean;
  readonly period: Period;
  readonly previous: Period;
  readonly exposure: Exposure;
  readonly previous_exposure: Exposure;
  readonly figures: readonly Figure[];
}

export const DIMENSIONS = ['ports', 'countries', 'networks', 'marks', 'scanners', 'victims'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface RankRow {
  /** `445/tcp`, `JP`, `AS2516`, `mirai`, an organisation's name, an address. Foreign text: escape before showing. */
  readonly key: string;
  /** What a person calls it: a service, a country, an AS holder; '' when nothing is known. Foreign text. */
  readonly label: Text;
  readonly packets: number;
  /** Per day and address; for victims per day. */
  readonly rate: number | null;
  /** Mean distinct sources a day; of ports and marks an estimate (HyperLogLog, standard error 1.2 % and 0.2 %); null where it is not kept. */
  readonly sources: number | null;
  /** Of the ranking's `all_packets`; a packet with several marks counts for each, so shares of marks may exceed 1 together. */
  readonly share: number;
  readonly rank: number;
  readonly previous_rank: number | null;
  readonly previous_rate: number | null;
  readonly change: number | null;
  readonly change_percent: number | null;
}

export interface Ranking {
  readonly feed: FeedName;
  readonly is_simulated: boolean;
  readonly dimension: Dimension;
  readonly without_scanners: boolean;
  readonly period: Period;
  readonly previous: Period;
  readonly exposure: Exposure;
  /** What shares are of: all accesses of the period, of those who take part; of victims `total_packets`. */
  readonly all_packets: number;
  /** Packets of all rows, shown or not; one with several marks counts for each. */
  readonly total_packets: number;
  /** Rows there are; `rows` holds the first `limit`. */
  readonly total_rows: number;
  readonly rows: readonly RankRow[];
}

export const STEPS = ['hour', 'day'] as const;
export type Step = (typeof STEPS)[number];

export interface SeriesPoint {
  readonly from_ms: number;
  /** In the figure's unit; null where nothing listened. */
  readonly value: number | null;
  readonly without_scanners: number | null;
}

export interface Series {
  readonly feed: FeedName;
  readonly is_simulated: boolean;
  readonly figure: string;
  readonly step: Step;
  readonly period: Period;
  readonly points: readonly SeriesPoint[];
}

/** The whole path in figures: every packet that sensors received is kept, filtered or dropped, and every kept one is stored. */
export interface Conservation {
  readonly feed: FeedName;
  readonly segments: number;
  readonly received: number;
  readonly kept: number;
  readonly filtered: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  /** Packets in the stored rows of these segments. */
  readonly stored: number;
  /** Packets in rows of segments that are being stored; no other count has them, nor `segments`. */
  readonly under_way: number;
  /** Packets of rows that were given up after the retention time; only the roll-ups know them still. */
  readonly expired: number;
  /** Packets of these segments in the roll-ups; kept = stored + expired = rolled_up, or something is wrong. */
  readonly rolled_up: number;
  /** Segments that were refused, by the last word of the problem's type, since the center's data directory began. */
  readonly refused: Readonly<Record<string, number>>;
  readonly is_conserved: boolean;
}
