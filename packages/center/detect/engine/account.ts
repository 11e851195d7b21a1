/** The engine's numbers and log lines. */
import type { Log } from '@noroshi/kit/log.ts';
import type { Counter, Metrics } from '@noroshi/kit/metrics.ts';
import type { FeedName } from '@noroshi/wire/api/feed.ts';
import type { Detector } from '../detector.ts';
import type { TaskHarvest, ThreadAnswer } from './protocol.ts';

const NO_COUNTS: DetectorCounts = { applied: 0, not_applied: 0, failed: 0 };

/** Minutes of a detector in one feed since the start; those that were repeated count again. */
export interface DetectorCounts {
  readonly applied: number;
  readonly not_applied: number;
  /** Throws. */
  readonly failed: number;
}

export class Account {
  /** By feed and detector. */
  readonly counts = new Map<string, DetectorCounts>();
  private readonly log: Log;
  private readonly minutes: Counter;
  private readonly rows: Counter;
  private readonly steps: Counter;
  private readonly failures: Counter;
  private readonly sightings: Counter;
  private readonly time_ms: Counter;
  private readonly late: Counter;
  private readonly lost: Counter;
  private readonly troubles: Counter;
  private isInTrouble = false;

  constructor(metrics: Metrics, log: Log, lag_ms: () => number) {
    const counter = (name: string, sentence: string): Counter => metrics.counter(`noroshi_detect_${name}`, sentence);
    this.log = log;
    this.minutes = counter('minutes_total', 'Minutes read for detectors, warm-up and repetition included.');
    this.rows = counter('rows_total', 'Flow rows read for detectors.');
    this.steps = counter('steps_total', 'Minutes of a detector, by what became of them.');
    this.failures = counter('failures_total', 'Throws of a detector.');
    this.sightings = counter('sightings_total', 'Sightings of a detector.');
    this.time_ms = counter('time_ms_total', 'Time spent in a detector.');
    this.late = counter('late_segments_total', 'Segments that came late: what they change is answered again.');
    this.lost = counter('left_out_total', 'Detectors left out until the next start.');
    this.troubles = counter('troubles_total', 'Rounds that failed because the database or the ledger did.');
    metrics.gauge(
      'noroshi_detect_lag_seconds',
      'How far detectors are behind the watermark, event time.',
      () => lag_ms() / 1000,
    );
  }

  read({ minutes, rows }: ThreadAnswer): void {
    this.minutes.add(minutes);
    this.rows.add(rows);
    this.isInTrouble = false;
  }

  harvest(feed: FeedName, { id: detector }: Detector, { sightings, failures, counts, time_ms }: TaskHarvest): void {
    const { applied, not_applied, failed } = this.counts.get(`${feed} ${detector}`) ?? NO_COUNTS;
    this.counts.set(`${feed} ${detector}`, {
      applied: applied + counts.applied,
      not_applied: not_applied + counts.not_applied,
      failed: failed + counts.failed,
    });
    for (const outcome of ['applied', 'not_applied', 'unanswered'] as const) {
      if (counts[outcome] > 0) this.steps.add(counts[outcome], { detector, outcome });
    }
    if (counts.failed > 0) this.failures.add(counts.failed, { detector });
    if (counts.dropped > 0) this.sightings.add(counts.dropped, { detector, outcome: 'dropped' });
    if (sightings.length > 0) this.sightings.add(sightings.length, { detector, outcome: 'kept' });
    this.time_ms.add(Math.round(time_ms), { detector });
    for (const { minute_ms, message } of failures) {
      const minute = new Date(minute_ms).toISOString();
      this.log.error('detector_failed', `Cannot run ${detector} to the end of its block: ${message}`, { minute });
    }
  }

  segment(fate: 'late' | 'too_old'): void {
    this.late.add(1, { fate });
  }

  leftOut(detector: string, state: string): void {
    this.lost.add(1, { detector });
    this.log.error('detector_left_out', `Cannot go on with ${detector}: ${state}; it is left out until the next start`);
  }

  threadEnded(state: string): void {
    this.log.error('thread', `Cannot go on with the detectors: ${state}; they begin again`);
  }

  trouble(error: unknown): void {
    this.troubles.add();
    this.isInTrouble = true;
    const state = error instanceof Error ? error.message : String(error);
    this.log.warning('waiting', `Detectors wait: ${state}; trying again`);
  }

  /** The first round after trouble that went well. */
  well(): void {
    if (this.isInTrouble) this.log.info('resumed', 'Detectors go on');
    this.isInTrouble = false;
  }
}
