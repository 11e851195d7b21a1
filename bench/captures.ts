/** The captures, made by our own simulator, in a directory of their own that is removed at the end. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '@noroshi/kit/programs.ts';
import type { BenchOptions, BenchScenario } from './options.ts';
import type { Run, Runner } from './process.ts';
import { CLI, NODE } from './tools.ts';

/** Event time of a capture: enough minutes to share among workers. */
export const EVENT_MINUTES = 120;
/** How many times as large the capture of the memory test is. */
export const MEMORY_TIMES = 4;
const SHM = '/dev/shm';
/** One packet's at the most, and what the hungriest program takes beside. */
const CAPTURE_BYTES_A_PACKET = 120;
const OUTPUT_BYTES_A_PACKET = 100;
const BYTES_BESIDE = 4 * 2 ** 30;

export interface Capture {
  readonly scenario: BenchScenario;
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
  /** How it was made. */
  readonly run: Run;
}

export class Captures {
  readonly out: string;
  private readonly base: string;
  private readonly runner: Runner;

  /**
   * @param base directory of the captures
   * @param out directory that a program's output goes to, made anew for each
   */
  constructor(base: string, out: string, runner: Runner) {
    this.base = base;
    this.out = out;
    this.runner = runner;
  }

  /** Writes a capture of `packets` packets at the rate at which `packetsUsual` fill the event minutes. */
  async make(scenario: BenchScenario, packets: number, packetsUsual: number): Promise<Capture> {
    const path = join(this.base, `${scenario}.pcap`);
    const duration_s = (EVENT_MINUTES * 60 * packets) / packetsUsual;
    const run = await this.runner.run({
      argv: [NODE, CLI, ...simulateArgs(scenario, packets, duration_s, path)],
      cores: '0',
    });
    if (run.failure !== undefined) throw new Error(`Cannot make a capture: ${run.failure}`);
    return { scenario, path, packets, bytes: statSync(path).size, run };
  }

  /** Path of the first packets of a capture, cut by tcpdump; the capture's own when that is all of them. */
  async prefix(capture: Capture, packets: number): Promise<string> {
    if (packets >= capture.packets) return capture.path;
    const path = join(this.base, `${capture.scenario}-${packets}.pcap`);
    if (existsSync(path)) return path;
    const argv = [findProgram('tcpdump') ?? 'tcpdump', '-r', capture.path, '-c', String(packets), '-w', '-'];
    const run = await this.runner.run({ argv, cores: '0', stdout: path });
    if (run.failure !== undefined) throw new Error(`Cannot cut a capture: ${run.failure}`);
    return path;
  }

  /** Removes every capture. */
  clear(): void {
    rmSync(this.base, { recursive: true, force: true });
    mkdirSync(this.base);
    // tcpdump gives its privileges up before it reads.
    chmodSync(this.base, 0o755);
  }
}

export function simulateArgs(scenario: string, packets: number, duration_s: number, path: string): readonly string[] {
  return [
    'simulate',
    '--scenario',
    scenario,
    '--packets',
    String(packets),
    '--duration',
    String(duration_s),
    '--out',
    path,
  ];
}

/** A new directory with room for the captures. Throws when there is none. */
export function makeDirectory({ dir, packets, memory }: BenchOptions): string {
  const bytes = packets * (memory ? MEMORY_TIMES : 1) * CAPTURE_BYTES_A_PACKET;
  const isRoomy = existsSync(SHM) && freeOf(SHM) > bytes && freemem() > bytes + BYTES_BESIDE;
  return directoryIn(dir ?? (isRoomy ? SHM : tmpdir()), bytes);
}

/**
 * A new directory with room for a program's output, on a disk as in life: in memory the time to find pages would be measured, which
 * on virtual machines is anything between 0.3 and 3 s a gigabyte. Throws when there is no room.
 */
export function makeOutput({ outDir, packets, memory }: BenchOptions): string {
  return directoryIn(outDir ?? tmpdir(), packets * (memory ? MEMORY_TIMES : 1) * OUTPUT_BYTES_A_PACKET);
}

function directoryIn(parent: string, bytes: number): string {
  mkdirSync(parent, { recursive: true });
  const gigabytes = Math.ceil(bytes / 1e9);
  if (freeOf(parent) < bytes) throw new Error(`Cannot start: ${parent} has less than ${gigabytes} GB free`);
  return mkdtempSync(join(parent, 'noroshi-bench-'));
}

function freeOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
