/** A thread in which detectors run: whatever they do, the center goes on answering. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Detector } from '../detector.ts';
import type { ThreadAnswer, ThreadData, ThreadRequest } from './protocol.ts';
import { DetectorThread } from './thread.ts';

const { module, state } = workerData as ThreadData;
const { DETECTORS } = (await import(module)) as { readonly DETECTORS: readonly Detector[] };
const thread = new DetectorThread(DETECTORS, new Int32Array(state), () => performance.now());

parentPort?.on('message', (request: ThreadRequest) => {
  // A worker's port has no origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(answerOf(request));
});

/** A detector's throw is caught further down; what comes here is the rows' fault. */
function answerOf(request: ThreadRequest): ThreadAnswer {
  try {
    return thread.answer(request);
  } catch (error) {
    return { harvests: [], rows: 0, minutes: 0, fault: error instanceof Error ? error.message : String(error) };
  }
}
