/** The one place of the simulator that touches files: a capture and, beside it, its truth. */
import { open, writeFile } from 'node:fs/promises';
import { type SimulateOptions, simulate } from './main.ts';
import { type Truth, truthLines } from './truth.ts';

export interface Written {
  readonly capture: string;
  readonly truthFile: string;
  readonly truth: Truth;
}

/** Packets written so far, packets of the whole capture, bytes so far. Called after each batch (a few MiB). */
export type Progress = (packets: number, packetsTotal: number, bytes: number) => void;

/** `dir/a.pcap` → `dir/a.truth.jsonl`. */
export function truthFileOf(capture: string): string {
  return `${capture.replace(/\.(pcap|cap|dmp)$/, '')}.truth.jsonl`;
}

/**
 * Writes a capture and its truth; both are overwritten. Memory does not grow with the capture.
 * @throws the file system's error; RangeError when the options make no sense
 */
export async function writeSimulation(
  capture: string,
  options: SimulateOptions = {},
  onProgress: Progress = () => undefined,
): Promise<Written> {
  const simulation = simulate(options);
  const file = await open(capture, 'w');
  try {
    for (const batch of simulation.batches()) {
      await writeAll(file, batch);
      onProgress(simulation.packets, simulation.packetsTotal, simulation.bytes);
    }
  } finally {
    await file.close();
  }
  const truth = simulation.truth();
  const truthFile = truthFileOf(capture);
  await writeFile(truthFile, terminated(truthLines(truth)));
  return { capture, truthFile, truth };
}

async function writeAll(file: { write(bytes: Uint8Array): Promise<{ bytesWritten: number }> }, bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes.subarray(at))).bytesWritten;
}

function* terminated(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
