/**
 * The sensor of the demonstration, a process of its own: the simulated world, a spool, a center.
 *
 *     node packages/cli/demo/sensor.ts --center http://127.0.0.1:8642 --state var/demo/sensor --token-file var/demo/sensor.token
 *
 * Says how it stands on standard output, a JSON object a line ({@link DemoLine}), and what is odd on standard error. SIGTERM and
 * SIGINT end it in order: what was told is in segments, what the center did not take waits in the spool for the next start.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lifecycle, stopOnSignals } from '@noroshi/kit/lifecycle.ts';
import { createLog, type Log } from '@noroshi/kit/log.ts';
import { pause } from '@noroshi/kit/retry.ts';
import { runSensor, type SensorProgress } from '@noroshi/sensor/main.ts';
import { World } from '@noroshi/simulate/world/world.ts';
import { demoFeed } from './feed.ts';

/** A line of its standard output. Times are Unix ms of event time; packets and segments count from this start on. */
export type DemoLine =
  | (Standing & {
      /** `history`: the past is being told, up to `now_ms`; `live`: it is now. */
      readonly kind: 'history' | 'live';
      readonly now_ms: number;
      /** Of the past that this start has to tell, 0 … 1. */
      readonly share: number;
    })
  | (Standing & { readonly kind: 'end' })
  | { readonly kind: 'failed'; readonly sentence: string };

export interface Standing {
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  readonly packets: number;
  /** Segments that the center has taken, and those that wait. */
  readonly stored: number;
  readonly waiting: number;
  /** Why nothing goes to the center at the moment; null when it does. */
  readonly trouble: string | null;
}

export const DEMO_SENSOR = 'simulated-telescope';
const DAYS = 28;
const DAYS_MAX = 400;
/** Lines of a live demonstration come at this pace; the past reports as often as something moved. */
const LIVE_LINE_MS = 5000;
const HISTORY_LINE_MS = 200;

interface Options {
  readonly center: string;
  readonly state: string;
  readonly token: string;
  readonly days: number;
  readonly seed: number;
}

async function run(options: Options, log: Log, signal: AbortSignal): Promise<void> {
  const world = new World({ seed: options.seed });
  const lines = new Lines();
  await runSensor({
    sensor: DEMO_SENSOR,
    prefixes: world.prefixes,
    compression: 'none',
    center: { url: options.center, token: options.token },
    spool: { folder: join(options.state, 'spool') },
    log,
    signal,
    feed: (resume_ms, stop) =>
      demoFeed({
        world,
        days: options.days,
        resume_ms,
        signal: stop,
        now_ms: Date.now,
        sleep: (pause_ms, until) => pause(pause_ms, until).catch(() => {}),
      }),
    onProgress: (progress) => lines.tell(progress),
  });
  lines.end();
}

/** Progress as lines, not more often than anybody reads them. */
class Lines {
  private told_ms = Number.NEGATIVE_INFINITY;
  private last: Standing = { from_ms: null, to_ms: null, packets: 0, stored: 0, waiting: 0, trouble: null };
  private wasLive = false;

  tell(progress: SensorProgress): void {
    const { isLive, counters, to_ms, waiting, status } = progress;
    this.last = {
      from_ms: progress.from_ms ?? null,
      to_ms: to_ms ?? null,
      packets: counters.received,
      stored: status.stored + status.duplicate,
      waiting,
      trouble: status.trouble ?? null,
    };
    const now_ms = Date.now();
    const pace_ms = isLive ? LIVE_LINE_MS : HISTORY_LINE_MS;
    if (now_ms - this.told_ms < pace_ms && isLive === this.wasLive) return;
    this.told_ms = now_ms;
    this.wasLive = isLive;
    say({ kind: isLive ? 'live' : 'history', now_ms, share: shareOf(this.last, now_ms), ...this.last });
  }

  end(): void {
    say({ kind: 'end', ...this.last });
  }
}

function shareOf({ from_ms, to_ms }: Standing, now_ms: number): number {
  return from_ms === null || to_ms === null ? 0 : Math.min(1, (to_ms - from_ms) / Math.max(1, now_ms - from_ms));
}

function say(line: DemoLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Throws Error with one sentence. */
function optionsOf(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { center: text, state: text, 'token-file': text, days: text, seed: text },
  });
  const { center, state, 'token-file': tokenFile, days, seed } = values;
  if (center === undefined || state === undefined || tokenFile === undefined) {
    throw new Error('Cannot start the simulated sensor: --center, --state and --token-file are needed');
  }
  const token = readFileSync(tokenFile, 'utf8').trim();
  return {
    center,
    state,
    token,
    days: wholeOf('--days', days, DAYS, 0, DAYS_MAX),
    seed: wholeOf('--seed', seed, 1, 0, 2 ** 32),
  };
}

function wholeOf(name: string, text: string | undefined, fallback: number, least: number, most: number): number {
  const number = text === undefined ? fallback : Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`Cannot start the simulated sensor: ${name} is not a number from ${least} to ${most}`);
}

if (import.meta.main) {
  const log = createLog({ part: 'sensor', write: (line) => process.stderr.write(line), now_ms: Date.now });
  const lifecycle = new Lifecycle(log);
  const forget = stopOnSignals(lifecycle);
  try {
    await run(optionsOf(process.argv.slice(2)), log, lifecycle.signal);
  } catch (error) {
    say({ kind: 'failed', sentence: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  } finally {
    forget();
    log.flush();
  }
}
