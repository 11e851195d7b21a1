/** One worker of parallel.ts: takes tasks, posts encoded row groups and, per task, that it is done. */
import { fstatSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import type { RowStore } from '@noroshi/wire/flow/row-store.ts';
import type { RowGroupMeta } from '@noroshi/wire/segment/parquet.ts';
import { DaySplitter, type RowFacts } from './days.ts';
import { Destinations, type DestinationsData } from './destinations.ts';
import { GroupEncoder, type Compression } from './flow-file.ts';
import { Outbox, type OutboxMemory, type Place } from './outbox.ts';
import { feed, FileInput } from '../source/input.ts';
import type { Task } from '../flow/planner.ts';
import { FlowStage, type StageCounters } from '../flow/stage.ts';
import type { TallyData } from '../flow/tally.ts';
import { Telescope } from '../flow/telescope.ts';

export interface WorkerSetup {
  readonly path: string;
  readonly compression: Compression;
  readonly rowsPerMinuteMax: number;
  readonly prefixes: readonly string[] | undefined;
  /** Whether rows of different UTC days come in groups of their own, with their facts. */
  readonly isPerDay: boolean;
  readonly countsDestinations: boolean;
  readonly outbox: OutboxMemory;
}

export type WorkerMessage =
  | {
      readonly kind: 'group';
      readonly task: number;
      /** Its bytes in the outbox. */
      readonly places: readonly Place[];
      readonly meta: RowGroupMeta;
      readonly digest: string;
      readonly facts: RowFacts | undefined;
    }
  | { readonly kind: 'progress'; readonly packets: number; readonly bytes: number }
  /** Has read its task and will soon want another. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly task: number;
      /** Of all this worker's tasks so far. */
      readonly counters: StageCounters;
      readonly tally: TallyData;
      readonly destinations: DestinationsData;
    };

/** Packets between two messages of progress. */
const PROGRESS_PACKETS = 262_144;

const setup = workerData as WorkerSetup;
if (parentPort === null) throw new Error('Cannot run worker.ts: it is started by parallel.ts');
const port = parentPort;
const outbox = new Outbox(setup.outbox);
const encoder = new GroupEncoder(setup.compression);
const fd = openSync(setup.path, 'r');
const bytesTotal = fstatSync(fd).size;
const splitter = new DaySplitter();
const destinations = new Destinations();
let memory = new CaptureReader();
let current = 0;
const stage = new FlowStage(emit, {
  rowsPerMinuteMax: setup.rowsPerMinuteMax,
  ...(setup.prefixes === undefined ? {} : { telescope: Telescope.of(setup.prefixes) }),
});

port.on('message', (task: Task) => {
  current = task.number;
  run(task);
  post({ kind: 'ready' });
  const counters = stage.close();
  const tally = stage.tally.take();
  post({ kind: 'done', task: task.number, counters, tally, destinations: destinations.take() });
});

function run(task: Task): void {
  const input = new FileInput(setup.path, fd, bytesTotal, task.offset);
  const reader = readerAt(task);
  let offset = task.offset;
  for (let left = task.packets; left > 0 && !reader.isDone; ) {
    const taken = stage.take(reader, Math.min(left, PROGRESS_PACKETS));
    left -= taken;
    if (taken > 0) post({ kind: 'progress', packets: taken, bytes: reader.offset - offset });
    offset = reader.offset;
    // A plain file answers at once.
    if (left > 0 && taken < PROGRESS_PACKETS) void feed(reader, input);
  }
}

/**
 * A reader in the memory of the one before: a view of its own would be young, and every packet stores it in objects that are
 * old, which the garbage collector wants to hear of each time (8 % of a capture of repeats).
 */
function readerAt({ offset, state }: Task): CaptureReader {
  const reader = new CaptureReader(0, offset, state);
  reader.bytes = memory.bytes;
  reader.data = memory.data;
  memory = reader;
  return reader;
}

function emit(store: RowStore): void {
  if (setup.countsDestinations) destinations.add(store);
  if (!setup.isPerDay) postGroup(store, undefined);
  else for (const { facts, store: part } of splitter.split(store)) postGroup(part, facts);
}

function postGroup(store: RowStore, facts: RowFacts | undefined): void {
  const { chunks, meta, digest } = encoder.encode(store);
  const places = outbox.put(chunks, meta.byteLength);
  post({ kind: 'group', task: current, places, meta, digest, facts });
}

function post(message: WorkerMessage): void {
  port.postMessage(message);
}
