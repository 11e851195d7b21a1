/** A live sensor, from its configuration to its end: capture programs → feed → segments → spool → center. */
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@noroshi/kit/folder.ts';
import { LockedError } from '@noroshi/kit/lock.ts';
import type { Log } from '@noroshi/kit/log.ts';
import { type CenterAddress, runSensor } from '../main.ts';
import { CaptureChild } from './capture-child.ts';
import { anyProgram, argumentsOf, type CaptureProgram } from './capture-program.ts';
import { filterOf, type LeftOut } from './filter.ts';
import { linkState } from './link.ts';
import { LiveError, wordsOf } from './live-error.ts';
import { LiveFeed } from './live-feed.ts';
import { Port } from './port.ts';
import { RawRing } from './raw-ring.ts';
import { prefixesOf, type SensorConfig } from './sensor-config.ts';
import { Standing } from './standing.ts';
import type { Clock } from './step-watch.ts';

/** Longest time that a name is looked up for: the filter waits for it. */
const LOOKUP_MS_MAX = 5000;

const CLOCK: Clock = { now_ms: Date.now, monotonic_ms: () => performance.now() };

/**
 * Runs until the signal is aborted; then everything that was captured is in the spool, and what the center took within
 * `drain_ms` is gone from there. Throws LiveError.
 */
export async function runLive(config: SensorConfig, log: Log, signal: AbortSignal, drain_ms?: number): Promise<void> {
  const program = await anyProgram(config.capture.program);
  const spoolFolder = join(config.state_folder, 'spool');
  const center = centerOf(config);
  const bell = new Bell();
  const ports = portsOf(config, program, log, bell);
  const feed = new LiveFeed({
    ports,
    clock: CLOCK,
    log: log.named('live'),
    tape: ringOf(config, log),
    wait: (pause_ms) => bell.wait(pause_ms),
  });
  signal.addEventListener('abort', () => bell.ring(), { once: true });
  const standing = new Standing(config, ports, feed, log);
  log.info('start', `Capturing through ${program.name} ${program.version}`, { sensor: config.name });
  try {
    await runSensor({
      sensor: config.name,
      center,
      spool: { folder: spoolFolder, bytesMax: config.spool_bytes },
      compression: 'zstd',
      log,
      signal,
      prefixes: prefixesOf(config),
      feed: (resume_ms, stop) => feed.pieces(resume_ms, stop),
      onProgress: (progress) => standing.take(progress),
      ...(drain_ms === undefined ? {} : { drain_ms }),
    });
  } catch (error) {
    throw error instanceof LockedError || isSystemError(error) ? new LiveError('io', wordsOf(error)) : error;
  } finally {
    await Promise.all(ports.map((port) => port.stop()));
    standing.end();
  }
}

/** Address and secrets of the center. Throws LiveError. */
export function centerOf({ center }: Pick<SensorConfig, 'center'>): CenterAddress {
  const read = (file: string | undefined): string | undefined => (file === undefined ? undefined : secretIn(file));
  const certificate = read(center.certificate_file);
  const key = read(center.key_file);
  const authority = read(center.authority_file);
  return {
    url: center.url,
    token: read(center.token_file)?.trim(),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(authority === undefined ? {} : { authority }),
  };
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LiveError('io', `Cannot read ${file}: ${wordsOf(error)}`);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function portsOf(config: SensorConfig, program: CaptureProgram, log: Log, bell: Bell): Port[] {
  let streams = 0;
  return config.interfaces.map(
    ({ name, prefixes }) =>
      new Port({
        interface: name,
        prefixes,
        log: log.named('live'),
        monotonic_ms: CLOCK.monotonic_ms,
        random: Math.random,
        link: (interface_) => linkState(interface_),
        nextStream: () => ++streams,
        start: async () => {
          const filter = filterOf(prefixes, await leftOut(config, log));
          return new CaptureChild({
            path: program.path,
            arguments: argumentsOf(program.name, { ...config.capture, interface: name, filter }),
            takesSignals: program.name === 'tcpdump',
            onChange: () => bell.ring(),
          });
        },
      }),
  );
}

/** What the kernel shall not hand on; the center's addresses are looked up anew whenever a capture starts. */
async function leftOut({ managers, center }: SensorConfig, log: Log): Promise<LeftOut> {
  const { hostname, port, protocol } = new URL(center.url);
  const late = AbortSignal.timeout(LOOKUP_MS_MAX);
  try {
    const given = await Promise.race([
      lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }),
      new Promise<never>((_resolve, reject) => {
        late.addEventListener('abort', () => reject(new Error('no answer in time')));
      }),
    ]);
    const addresses = given.map(({ address }) => address);
    return { managers, center: { addresses, port: Number(port) || (protocol === 'https:' ? 443 : 80) } };
  } catch (error) {
    const message = 'Cannot look up the center: packets between it and us are not left out if they go to our addresses';
    log.warning('lookup', `${message} (${(error as NodeJS.ErrnoException).code ?? 'no answer'})`);
    return { managers, center: undefined };
  }
}

/** Throws LiveError when the folder cannot be made. */
function ringOf({ ring_bytes, ring_hours, state_folder }: SensorConfig, log: Log): RawRing | undefined {
  if (ring_bytes === 0) return undefined;
  const folder = ringFolder(state_folder);
  try {
    makeFolder(state_folder, 0o700);
    return new RawRing({
      folder,
      hoursMax: ring_hours,
      bytesMax: ring_bytes,
      log: log.named('ring'),
      now_ms: Date.now,
    });
  } catch (error) {
    throw new LiveError('io', `Cannot keep raw packets in ${folder}: ${wordsOf(error)}`);
  }
}

/** Where a sensor with this state folder keeps raw packets. */
export function ringFolder(state_folder: string): string {
  return join(state_folder, 'ring');
}

/** Wakes whoever waits; a ring that nobody heard is heard by the next wait. */
class Bell {
  private wake: (() => void) | undefined;
  private isRung = false;

  ring(): void {
    this.isRung = true;
    this.wake?.();
  }

  async wait(pause_ms: number): Promise<void> {
    if (!this.isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause_ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.wake = undefined;
    this.isRung = false;
  }
}
