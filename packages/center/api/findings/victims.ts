/** Findings about addresses, gathered by address: who was under attack, since when, how hard. Pure. */
import type { VictimPointShape, VictimShape } from '@noroshi/wire/api/finding.ts';
import type { Finding } from '../../ledger/ledger.ts';
import type { Sighting } from '../../ledger/sighting.ts';
import { isoOf, type Places, placeShape } from './shapes.ts';

/** Services named of one victim. */
const SERVICES_MAX = 12;
/** Points of a timeline, about; wider steps where there would be more. */
export const TIMELINE_POINTS_MAX = 2160;
/** Minutes. */
const STEPS = [1, 5, 15, 60, 360, 1440] as const;
const MINUTE_MS = 60_000;

type Rate = Pick<VictimShape, 'attack_pps' | 'attack_pps_low' | 'attack_pps_high'>;
type Figures = Readonly<Record<string, number>>;

const NO_RATE: Rate = { attack_pps: null, attack_pps_low: null, attack_pps_high: null };

/** Refuted ones are none, duplicates and superseded ones are told elsewhere. */
export const VICTIM_STATES = ['candidate', 'confirmed', 'expired'] as const;

/** Victims, those under attack first, the hardest hit first. */
export function victimsOf(findings: readonly Finding[], places: Places): VictimShape[] {
  const byAddress = Map.groupBy(findings, ({ subject }) => subject.value);
  return [...byAddress].map(([address, own]) => victimOf(address, own, places)).sort(byWeight);
}

/** @param findings about this address, at least one */
export function victimOf(address: string, findings: readonly Finding[], places: Places): VictimShape {
  const rates = findings.map(({ figures }) => rateOf(figures));
  return {
    address,
    ...placeShape(places, address),
    attacks: findings.length,
    first: isoOf(Math.min(...findings.map(({ first_ms }) => first_ms))),
    last: isoOf(Math.max(...findings.map(({ last_ms }) => last_ms))),
    is_open: findings.some(({ is_open }) => is_open),
    packets: findings.reduce((sum, { figures }) => sum + (figures.packets ?? 0), 0),
    ...rates.reduce((most, rate) => ((rate.attack_pps ?? -1) > (most.attack_pps ?? -1) ? rate : most), NO_RATE),
    services: servicesOf(findings),
    confidence: Math.max(...findings.map(({ confidence }) => confidence)),
  };
}

function byWeight(a: VictimShape, b: VictimShape): number {
  return (
    Number(b.is_open) - Number(a.is_open) ||
    (b.attack_pps ?? -1) - (a.attack_pps ?? -1) ||
    b.packets - a.packets ||
    (a.address < b.address ? -1 : 1)
  );
}

/** Most packets first. */
function servicesOf(findings: readonly Finding[]): string[] {
  const packets = new Map<string, number>();
  for (const { aspect, figures } of findings) {
    if (aspect !== '') packets.set(aspect, (packets.get(aspect) ?? 0) + (figures.packets ?? 0));
  }
  return [...packets]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SERVICES_MAX)
    .map(([service]) => service);
}

/** The rate of one sighting or finding; all or nothing of it is there. */
function rateOf({ attack_pps, attack_pps_low, attack_pps_high }: Figures): Rate {
  if (attack_pps === undefined) return NO_RATE;
  return {
    attack_pps,
    attack_pps_low: attack_pps_low ?? attack_pps,
    attack_pps_high: attack_pps_high ?? attack_pps,
  };
}

/** The least width of points that keeps them fewer than TIMELINE_POINTS_MAX; a multiple of the detector's bins. */
export function stepMinutes(span_ms: number, bin_minutes: number): number {
  const wide = STEPS.filter((step) => step % bin_minutes === 0);
  return wide.find((step) => span_ms / (step * MINUTE_MS) <= TIMELINE_POINTS_MAX) ?? wide.at(-1) ?? bin_minutes;
}

/**
 * What came back, step by step. Attacks on several services at the same time add up within a bin, their bounds as well (which
 * makes the band wider than it need be); of a step the strongest bin is shown.
 */
export function timelineOf(sightings: readonly Sighting[], step_minutes: number): VictimPointShape[] {
  const step_ms = step_minutes * MINUTE_MS;
  const bins = new Map<number, { packets: number; rate: Rate }>();
  for (const { bin_ms, figures } of sightings) {
    const bin = bins.get(bin_ms) ?? { packets: 0, rate: NO_RATE };
    bins.set(bin_ms, { packets: bin.packets + (figures.packets ?? 0), rate: added(bin.rate, rateOf(figures)) });
  }
  const points = new Map<number, { packets: number; rate: Rate }>();
  for (const [bin_ms, { packets, rate }] of [...bins].sort(([a], [b]) => a - b)) {
    const at_ms = Math.floor(bin_ms / step_ms) * step_ms;
    const point = points.get(at_ms) ?? { packets: 0, rate: NO_RATE };
    const strongest = (rate.attack_pps ?? -1) > (point.rate.attack_pps ?? -1) ? rate : point.rate;
    points.set(at_ms, { packets: point.packets + packets, rate: strongest });
  }
  return [...points].map(([at_ms, { packets, rate }]) => ({ at: isoOf(at_ms), packets, ...rate }));
}

function added(a: Rate, b: Rate): Rate {
  if (a.attack_pps === null) return b;
  if (b.attack_pps === null) return a;
  return {
    attack_pps: a.attack_pps + b.attack_pps,
    attack_pps_low: (a.attack_pps_low ?? 0) + (b.attack_pps_low ?? 0),
    attack_pps_high: (a.attack_pps_high ?? 0) + (b.attack_pps_high ?? 0),
  };
}
