/**
 * `npm start` without captures: a center in this process, a simulated sensor as its child, one line that says how they stand.
 */
import { appendFileSync, statSync, truncateSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '@noroshi/center/config/schema.ts';
import type { Center } from '@noroshi/center/main.ts';
import { createLog, type Log } from '@noroshi/kit/log.ts';
import { safe } from '@noroshi/kit/safe.ts';
import type { DemoLine } from '../demo/sensor.ts';
import { EXIT, Interrupted, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { briefly } from '../look/time.ts';
import { DEMO_CENTER, demoFolders, replayTokenFile } from '../places.ts';
import { preparePortal } from '../up/portal.ts';
import { startOrStop, untilStopped } from '../io/running.ts';
import { begin } from '../up/serve.ts';
import type { StartValues } from '../verbs/start.ts';
import { type DemoFolder, prepareFolder } from './folder.ts';
import { KeptProcess } from '../kept/kept-process.ts';
import { historyLine, liveLine, Status } from './status.ts';
import { openingText, runningText } from './words.ts';

const SENSOR = fileURLToPath(import.meta.resolve('../demo/sensor.ts'));
/** The log begins anew at a start when it has grown beyond this. */
const LOG_BYTES_MAX = 16 * 1024 * 1024;

export async function runObservatory(io: Io, values: StartValues): Promise<number> {
  const demo = prepareFolder(io.env, values);
  const status = new Status(io, () => performance.now());
  // A terminal that was closed is a Ctrl-C.
  process.once('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  const write = logInto(demo.logFile);
  const log = createLog({ part: 'center', write, now_ms: Date.now });
  try {
    const center = await startOrStop(io, (signal) => startCenterPart(status, demo.config, log, signal));
    await watch(io, { values, demo, center, status, write });
    status.clear();
    return EXIT.ok.code;
  } catch (error) {
    status.clear();
    if (error instanceof Interrupted) return EXIT.ok.code;
    throw error;
  }
}

async function startCenterPart(status: Status, config: Config, log: Log, signal: AbortSignal): Promise<Center> {
  status.show('Preparing the page …');
  const portal = await preparePortal(signal);
  status.show('Opening the database; the first time countries and networks have to be loaded …');
  try {
    return await begin(config, { log, portal });
  } catch (error) {
    if (error instanceof Refusal && error.message.includes('uses the port')) {
      throw new Refusal('io', `${error.message} (--port takes another)`);
    }
    throw error;
  } finally {
    status.clear();
  }
}

interface Parts {
  readonly values: StartValues;
  readonly demo: DemoFolder;
  readonly center: Center;
  readonly status: Status;
  /** Writes a line into the log. */
  readonly write: (line: string) => void;
}

/** Runs until Ctrl-C, then stops the sensor, and the center behind it. */
async function watch(io: Io, { values, demo, center, status, write }: Parts): Promise<void> {
  io.out.write(openingText(center.url, values.days, io.style));
  io.out.flush();
  const start_ms = performance.now();
  let isRunning = false;
  const sensor = new KeptProcess<DemoLine>({
    program: SENSOR,
    args: argsOf(values, demo, center),
    onLine: (line) => {
      if (line.kind !== 'history' && line.kind !== 'live') return;
      // The past is on the page when the center has taken what was told of it.
      const isNow = line.kind === 'live' && line.waiting === 0;
      if (isNow && !isRunning) {
        status.clear();
        io.out.write(runningText(runningOf(io, values, demo, center), io.style));
        io.out.flush();
      }
      isRunning ||= isNow;
      status.show(isRunning ? liveLine(line) : historyLine(line, (performance.now() - start_ms) / 1000));
    },
    onLog: write,
    onDeath: (sentence, pause_ms) => {
      status.say(`The simulated sensor stopped: ${safe(sentence)}; it starts again in ${briefly(pause_ms / 1000)}`);
    },
  });
  await untilStopped(io);
  status.show('Stopping …');
  await sensor.stop();
  await center.stop('asked to');
}

function argsOf({ days, seed }: StartValues, { folder, sensorToken }: DemoFolder, center: Center): string[] {
  const where = ['--center', center.url, '--state', join(folder, 'sensor'), '--token-file', sensorToken];
  return [...where, '--days', String(days), '--seed', String(seed)];
}

function runningOf(io: Io, { state }: StartValues, { folder }: DemoFolder, { url }: Center) {
  const center = url === DEMO_CENTER ? '' : ` --center ${url}`;
  const isKnown = state === undefined || demoFolders(io.env).includes(folder);
  const token = isKnown ? '' : ` --token-file ${replayTokenFile(folder)}`;
  const now = new Date();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7);
  const shown = relative(process.cwd(), folder);
  return {
    url,
    folder: shown.startsWith('..') ? folder : shown,
    replayOptions: `${center}${token}`,
    reportOptions: center,
    month,
  };
}

/** Appends to a file; a log that cannot be written is no reason to stop. */
function logInto(file: string): (line: string) => void {
  try {
    if (statSync(file).size > LOG_BYTES_MAX) truncateSync(file);
  } catch {
    // There is none yet.
  }
  return (line) => {
    try {
      appendFileSync(file, line);
    } catch {
      // Nobody can be told; the page goes on.
    }
  };
}
