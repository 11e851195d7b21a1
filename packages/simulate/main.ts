/**
 * Telescope traffic with known truth, deterministic by seed.
 *
 *     const simulation = simulate({ seed: 7, packets: 1_000_000 });
 *     for (const bytes of simulation.batches()) …        // a pcap file, in one buffer that is used again and again
 *     simulation.truth()                                  // what really happened: complete when the batches have ended
 *
 * `simulateToBytes` does both in memory for tests; `writeSimulation` (writer.ts) writes `X.pcap` and `X.truth.jsonl`.
 */
import { type SimulateOptions, settle } from './options.ts';
import { Simulation } from './simulation.ts';
import type { Truth } from './truth.ts';

export { type Rhythm, RHYTHMS, SCENARIOS, type Scenario, type SimulateOptions } from './options.ts';
export type { Simulation } from './simulation.ts';
export { EVENT_KINDS, type EventKind, TRUTH_SCHEMA, type Truth, type TruthEvent, truthLines } from './truth.ts';

/**
 * Plans a simulation; nothing is generated yet.
 * @throws RangeError with one sentence when the options make no sense
 */
export function simulate(options: SimulateOptions = {}): Simulation {
  return new Simulation(settle(options));
}

/** A whole capture and its truth in memory: for tests and small demonstrations. */
export function simulateToBytes(options: SimulateOptions = {}): { bytes: Uint8Array; truth: Truth } {
  const simulation = simulate(options);
  const parts: Uint8Array[] = [];
  for (const batch of simulation.batches()) parts.push(batch.slice());
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, truth: simulation.truth() };
}
