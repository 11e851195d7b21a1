/** The one place of the simulator that touches files: a capture and, beside it, its truth. */
import { setImmediate as turn } from 'node:timers/promises';
import { isWrittenInPlace, PartFile } from '@noroshi/kit/part-file.ts';
import { type SimulateOptions, simulate } from './main.ts';
import { type Truth, truthLines } from './truth.ts';

export interface Written {
  readonly capture: string;
  /** Undefined for a device, a FIFO or standard output, beside which nothing can lie. */
  readonly truthFile: string | undefined;
  readonly truth: Truth;
}

/** Packets written so far, packets of the whole capture, bytes so far. Called after each batch (a few MiB). */
export type Progress = (packets: number, packetsTotal: number, bytes: number) => void;

/** Characters of lines that are written at once. */
const LINES_CHARS = 64 * 1024;

/** `dir/a.pcap` → `dir/a.truth.jsonl`; undefined where {@link Written} has none. */
export function truthFileOf(capture: string): string | undefined {
  return isWrittenInPlace(capture) ? undefined : `${capture.replace(/\.(pcap|cap|dmp)$/, '')}.truth.jsonl`;
}

/**
 * Writes a capture and its truth, both whole or not at all; both are overwritten. Memory does not grow with the capture.
 * @throws the file system's error; RangeError when the options make no sense; what `onProgress` throws
 */
export async function writeSimulation(
  capture: string,
  options: SimulateOptions = {},
  onProgress: Progress = () => undefined,
): Promise<Written> {
  const simulation = simulate(options);
  const truthFile = truthFileOf(capture);
  const files: PartFile[] = [];
  try {
    const file = new PartFile(capture);
    files.push(file);
    for (const batch of simulation.batches()) {
      file.write(batch);
      await turn();
      onProgress(simulation.packets, simulation.packetsTotal, simulation.bytes);
    }
    const truth = simulation.truth();
    if (truthFile !== undefined) {
      const beside = new PartFile(truthFile);
      files.unshift(beside);
      writeLines(beside, truthLines(truth));
    }
    for (const one of files) one.finish();
    return { capture, truthFile, truth };
  } catch (error) {
    for (const one of files) one.abandon();
    throw error;
  }
}

function writeLines(file: PartFile, lines: Iterable<string>): void {
  let gathered = '';
  for (const line of lines) {
    gathered += `${line}\n`;
    if (gathered.length < LINES_CHARS) continue;
    file.write(Buffer.from(gathered));
    gathered = '';
  }
  file.write(Buffer.from(gathered));
}
