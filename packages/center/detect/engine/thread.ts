/** The work of the thread: rows become bins, and each bin goes to each task's detector. */
import { BinCollector } from '../bins.ts';
import type { Detector } from '../detector.ts';
import { readRows } from '../read/rows.ts';
import { BlockRunner, type Failure, type Harvest, type RunCounts } from './blocks.ts';
import {
  STATE_STEPS,
  STATE_TASK,
  type TaskHarvest,
  type ThreadAnswer,
  type ThreadRequest,
  type ThreadTask,
} from './protocol.ts';

/** Failures of one task that are told of; all are counted. */
const FAILURES_TOLD_MAX = 10;

export class DetectorThread {
  private readonly detectors: ReadonlyMap<string, Detector>;
  private readonly state: Int32Array;
  private readonly now_ms: () => number;
  private readonly runners = new Map<number, BlockRunner>();

  constructor(detectors: readonly Detector[], state: Int32Array, now_ms: () => number) {
    this.detectors = new Map(detectors.map((detector) => [detector.id, detector]));
    this.state = state;
    this.now_ms = now_ms;
  }

  answer(request: ThreadRequest): ThreadAnswer {
    const { tasks, rows: bytes, exposures, close_ms, ended } = request;
    for (const id of ended) this.runners.delete(id);
    const collector = new BinCollector();
    let rows = 0;
    if (bytes !== undefined) {
      const { batch, minutes } = readRows(bytes);
      rows = batch.rows;
      collector.add(batch, minutes);
    }
    const works = tasks.map((task) => ({ id: task.id, runner: this.runnerOf(task), time_ms: 0 }));
    const before = works.map(({ runner }) => ({ ...runner.counts }));
    const bins = collector.take(Number.POSITIVE_INFINITY, exposures);
    for (const bin of bins) for (const work of works) this.during(work, () => work.runner.step(bin));
    for (const work of works) this.during(work, () => work.runner.advance(close_ms));
    const harvests = works.map(({ id, runner, time_ms }, index) => {
      return harvestOf(id, runner.take(), difference(runner.counts, before[index]), time_ms);
    });
    return { harvests, rows, minutes: bins.length };
  }

  private runnerOf({ id, detector: name, feed }: ThreadTask): BlockRunner {
    let runner = this.runners.get(id);
    if (runner === undefined) {
      const detector = this.detectors.get(name);
      if (detector === undefined) throw new Error(`Cannot run ${name}: there is no such detector`);
      runner = new BlockRunner(detector, { feed });
      this.runners.set(id, runner);
    }
    return runner;
  }

  private during(work: { readonly id: number; time_ms: number }, act: () => void): void {
    const start_ms = this.now_ms();
    Atomics.store(this.state, STATE_TASK, work.id);
    Atomics.add(this.state, STATE_STEPS, 1);
    act();
    Atomics.store(this.state, STATE_TASK, 0);
    work.time_ms += this.now_ms() - start_ms;
  }
}

function harvestOf(id: number, harvest: Harvest, counts: RunCounts, time_ms: number): TaskHarvest {
  const failures: readonly Failure[] = harvest.failures.slice(0, FAILURES_TOLD_MAX);
  return { id, sightings: harvest.sightings, sources: harvest.sources, failures, counts, time_ms };
}

function difference(now: RunCounts, before: RunCounts): RunCounts {
  return {
    applied: now.applied - before.applied,
    not_applied: now.not_applied - before.not_applied,
    failed: now.failed - before.failed,
    unanswered: now.unanswered - before.unanswered,
    dropped: now.dropped - before.dropped,
  };
}
