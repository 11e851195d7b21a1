/**
 * The program that captures: tcpdump or dumpcap, a child that holds the privilege and writes pcap to its standard output. What is
 * known of each stands here: its version, its arguments, and what it says of itself on standard error.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '@noroshi/kit/programs.ts';
import { LiveError } from './live-error.ts';

export const PROGRAMS = ['tcpdump', 'dumpcap'] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export interface CaptureProgram {
  readonly name: ProgramName;
  readonly path: string;
  readonly version: string;
}

/** Oldest versions whose words capture-meter.ts knows. */
const VERSIONS_MIN: Readonly<Record<ProgramName, readonly [number, number]>> = { tcpdump: [4, 99], dumpcap: [3, 0] };
const PACKAGES: Readonly<Record<ProgramName, string>> = { tcpdump: 'tcpdump', dumpcap: 'wireshark-common' };
const VERSION_MS_MAX = 5000;

/** How to get what is missing, for Debian. */
export function howToGet(name: ProgramName): string {
  return `apt-get install ${PACKAGES[name]}`;
}

/** `4.99.3` out of what the program prints for --version; undefined when it names no version. */
export function versionIn(name: ProgramName, text: string): string | undefined {
  const shape = name === 'tcpdump' ? /^tcpdump version (\d+\.\d+[\w.]*)/m : /^Dumpcap \(Wireshark\) (\d+\.\d+[\w.]*)/m;
  return shape.exec(text)?.[1];
}

/** Whether this version does what is asked of it. */
export function isNewEnough(name: ProgramName, version: string): boolean {
  const [major, minor] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [majorMin, minorMin] = VERSIONS_MIN[name];
  return major > majorMin || (major === majorMin && minor >= minorMin);
}

/** Throws LiveError: not there, says no version, or too old. */
export async function captureProgram(name: ProgramName, path?: string): Promise<CaptureProgram> {
  const found = findProgram(name, path);
  if (found === undefined) {
    throw new LiveError('io', `Cannot capture: no program ${name} on the PATH (${howToGet(name)})`);
  }
  const version = versionIn(name, await said(found));
  if (version === undefined) throw new LiveError('io', `Cannot capture: ${found} does not say its version`);
  if (!isNewEnough(name, version)) {
    const least = VERSIONS_MIN[name].join('.');
    throw new LiveError('io', `Cannot capture: ${found} is version ${version}, ${least} or newer is needed`);
  }
  return { name, path: found, version };
}

/** The first program that is there and new enough. Throws the LiveError of the first. */
export async function anyProgram(wanted: ProgramName | 'auto', path?: string): Promise<CaptureProgram> {
  if (wanted !== 'auto') return captureProgram(wanted, path);
  let first: unknown;
  for (const name of PROGRAMS) {
    try {
      return await captureProgram(name, path);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

async function said(path: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(path, ['--version'], { timeout: VERSION_MS_MAX });
    return `${stdout}\n${stderr}`;
  } catch {
    return '';
  }
}

export interface CaptureArguments {
  readonly interface: string;
  readonly filter: string;
  /** Bytes kept of each packet. */
  readonly snapBytes: number;
  /** Room in the kernel for packets that the program has not fetched yet. */
  readonly bufferMebibytes: number;
  readonly isPromiscuous: boolean;
  /** Whom tcpdump becomes once it has opened the interface; undefined: its own default, which in Debian is the user tcpdump. */
  readonly user: string | undefined;
}

/**
 * The command line that writes pcap to standard output. tcpdump writes each packet at once (-U): 0.65 µs a packet instead of 0.1.
 * The cheap way, asking it twice a second with SIGUSR2 to write what it holds back, was tried and left: it flushes in the signal's
 * handler, in the middle of a write, and under load the stream is damaged within seconds (4.99.3).
 */
export function argumentsOf(name: ProgramName, options: CaptureArguments): string[] {
  const { filter, snapBytes, bufferMebibytes, isPromiscuous, user } = options;
  const common = ['-i', options.interface, '-w', '-', '-s', String(snapBytes), ...(isPromiscuous ? [] : ['-p'])];
  if (name === 'dumpcap') return [...common, '-q', '-P', '-B', String(bufferMebibytes), '-f', filter];
  const drops = user === undefined ? [] : ['-Z', user];
  return [...common, '-n', '-U', '-B', String(bufferMebibytes * 1024), ...drops, filter];
}
