/**
 * What each detector of one feed has answered, and what comes next: pure, no clock, no I/O.
 *
 * A detector has one live task, which follows the watermark, and ranges of whole blocks to be answered again because something came
 * late (`todo`), one of which may be at work (`repair`). A task begins `warmup_minutes` in front of a block and reads minutes up to
 * `position_ms`; what lies before `answer_ms` is read for the state alone. Late rows of [f, t) change the answers of those blocks
 * alone whose minutes or warm-up they are in. When the block in which the live task stands is one of them the live task begins anew.
 *
 * A feed of which no sensor is live is settled: blocks that have begun are closed as if nothing were to come. When something comes
 * after all, they are answered again.
 */
import { MINUTE_MS } from '../bins.ts';
import type { Detector } from '../detector.ts';
import { startOfBlock } from './blocks.ts';
import { type Interval, Intervals } from './intervals.ts';

export interface Task {
  readonly id: number;
  readonly detector: Detector;
  /** Minutes before are answered already, or somebody else's. */
  readonly answer_ms: number;
  /** Infinity: the live task. */
  readonly until_ms: number;
  /** Minutes before have been read. */
  position_ms: number;
}

/** What is remembered of a detector between two starts. */
export interface Progress {
  /** Minutes before are answered, but for `todo`. */
  readonly to_ms: number;
  readonly todo: readonly Interval[];
  readonly is_settled: boolean;
}

/** Minutes to be read, and the tasks that read them; all of them stand at `from_ms`. */
export interface Chunk {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly tasks: readonly Task[];
}

/** End of the block in which the last minute before `time_ms` is. */
export function endOfBlock(detector: Detector, time_ms: number): number {
  return startOfBlock(detector, time_ms - MINUTE_MS) + detector.block_minutes * MINUTE_MS;
}

let tasks = 0;

export class DetectorPlan {
  readonly detector: Detector;
  live: Task;
  repair: Task | undefined;
  isSettled: boolean;
  /** Minutes before were answered at some time: what the ledger has been told the detector has seen. */
  high_ms: number;
  private readonly todo: Intervals;

  constructor(detector: Detector, { to_ms, todo, is_settled }: Progress) {
    this.detector = detector;
    this.todo = new Intervals(todo);
    this.isSettled = is_settled;
    this.live = this.taskFrom(to_ms, Number.POSITIVE_INFINITY);
    // A settled detector has nothing to read until something comes.
    if (is_settled) this.live.position_ms = to_ms;
    this.high_ms = to_ms;
  }

  get progress(): Progress {
    const { live, repair, todo } = this;
    const open = new Intervals(todo.all);
    if (repair !== undefined) open.add(repair.answer_ms, repair.until_ms);
    return { to_ms: Math.max(live.answer_ms, live.position_ms), todo: open.all, is_settled: this.isSettled };
  }

  /** Tasks with something to read before the watermark. */
  tasks(watermark_ms: number): Task[] {
    if (this.repair === undefined) {
      const next = this.todo.takeFirst();
      if (next !== undefined) this.repair = this.taskFrom(next.from_ms, next.to_ms);
    }
    return [this.live, this.repair].filter((task) => {
      return task !== undefined && task.position_ms < Math.min(task.until_ms, watermark_ms);
    }) as Task[];
  }

  /** All its states are lost, or to be given up: whatever is at work begins anew. */
  restart(): void {
    const { repair } = this;
    if (repair !== undefined) this.todo.add(repair.answer_ms, repair.until_ms);
    this.repair = undefined;
    if (this.isSettled) return;
    this.live = this.taskFrom(Math.max(this.live.answer_ms, this.live.position_ms), this.live.until_ms);
  }

  /** Rows of [from_ms, to_ms) have come. Answers whether some of them came late. */
  absorb(from_ms: number, to_ms: number): boolean {
    if (this.isSettled) this.unsettle();
    const { detector, live } = this;
    const before_ms = Math.max(live.answer_ms, live.position_ms);
    if (from_ms >= before_ms) return false;
    const first_ms = startOfBlock(detector, from_ms);
    const end_ms = endOfBlock(detector, Math.min(to_ms, before_ms) + detector.warmup_minutes * MINUTE_MS);
    if (end_ms > startOfBlock(detector, before_ms)) this.redo(first_ms);
    else this.addTodo(first_ms, end_ms);
    return true;
  }

  /** The chunk is read up to `to_ms` and its answers are kept. */
  advance(task: Task, to_ms: number): void {
    task.position_ms = to_ms;
    if (task === this.live) this.high_ms = Math.max(this.high_ms, to_ms);
    if (task === this.repair && to_ms >= task.until_ms) this.repair = undefined;
  }

  /** All its blocks are closed: no sensor is live. */
  settle(): void {
    this.isSettled = true;
  }

  private unsettle(): void {
    this.isSettled = false;
    // The blocks that were closed as if nothing came are those in which minutes had been read.
    this.redo(startOfBlock(this.detector, this.live.position_ms));
  }

  private redo(from_ms: number): void {
    this.live = this.taskFrom(from_ms, Number.POSITIVE_INFINITY);
    this.cutTodo(from_ms);
  }

  /** What the live task answers from now on is nobody else's. */
  private cutTodo(from_ms: number): void {
    const { repair } = this;
    if (repair !== undefined && repair.until_ms > from_ms) {
      this.todo.add(repair.answer_ms, repair.until_ms);
      this.repair = undefined;
    }
    this.todo.cut(from_ms);
  }

  private addTodo(from_ms: number, to_ms: number): void {
    this.todo.add(from_ms, to_ms);
    const { repair } = this;
    if (repair === undefined || repair.until_ms <= from_ms || repair.answer_ms >= to_ms) return;
    this.todo.add(repair.answer_ms, repair.until_ms);
    this.repair = undefined;
  }

  private taskFrom(answer_ms: number, until_ms: number): Task {
    const { detector } = this;
    const position_ms = startOfBlock(detector, answer_ms) - detector.warmup_minutes * MINUTE_MS;
    return { id: ++tasks, detector, answer_ms, until_ms, position_ms };
  }
}

/** How far behind the watermark a task is that lives: it goes first. */
const LIVE_MS = 2 * 3_600_000;

/**
 * What is read next: for those that live first, so that history to be caught up with does not hold them up; then for those that are
 * furthest back, up to where others stand, with whom they go on. Undefined: there is nothing to do.
 * @param span_ms how much may be read at once from a time on
 * @param present when anything came at all
 */
export function nextChunk(
  plans: readonly DetectorPlan[],
  watermark_ms: number,
  present: Intervals,
  span_ms: (from_ms: number) => number,
): Chunk | undefined {
  const all = plans.flatMap((plan) => plan.tasks(watermark_ms));
  if (all.length === 0) return undefined;
  const positions = all.map(({ position_ms }) => position_ms);
  const living = positions.filter((position_ms) => watermark_ms - position_ms <= LIVE_MS);
  const from_ms = living.length > 0 ? Math.max(...living) : Math.min(...positions);
  const chosen = all.filter(({ position_ms }) => position_ms === from_ms);
  const behind = Math.max(present.next(from_ms) ?? watermark_ms, from_ms);
  const ends = [
    watermark_ms,
    behind > from_ms ? behind : from_ms + span_ms(from_ms),
    ...chosen.map(({ until_ms }) => until_ms),
    ...chosen.map(({ answer_ms }) => answer_ms).filter((answer_ms) => answer_ms > from_ms),
    ...positions.filter((position_ms) => position_ms > from_ms),
  ];
  return { from_ms, to_ms: Math.min(...ends), tasks: chosen };
}
