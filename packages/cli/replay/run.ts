/** The work of `noroshi replay`: the sensor's path over captures, until the center has everything. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDiskFull } from '@noroshi/kit/durable.ts';
import { SILENT } from '@noroshi/kit/log.ts';
import { CenterError, type ReplayOutcome, type ReplayProgress, runReplay } from '@noroshi/sensor/main.ts';
import { telescopeOf } from '../analyze/run.ts';
import { Interrupted, Refusal, refusalOf } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { Progress } from '../io/progress.ts';
import { captureRefusal, refuseFolders, reportDamage } from '../io/read-captures.ts';
import { named } from '../look/style.ts';
import { DEMO_CENTER, demoFolders, replayTokenFile } from '../places.ts';
import type { ReplayValues } from '../verbs/replay.ts';
import { sensorOf } from './identity.ts';
import { reportOf, summaryOf } from './summary.ts';
import { WaitingTold } from './waiting.ts';

/** Segments that wait on disk when the captures are read faster than the center takes them. */
const SPOOL_BYTES = 512 * 1024 ** 2;
const NAME = /^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?$/;
/** How long an interrupted replay may take to let go. */
const END_MS = 2000;

export async function runReplayVerb(io: Io, files: readonly string[], values: ReplayValues): Promise<number> {
  telescopeOf(values.prefixes);
  refuseFolders(files);
  const center = values.center ?? DEMO_CENTER;
  const token = tokenOf(io, values);
  const sensor = await nameOf(io, files, values.as);
  const start_ms = performance.now();
  const outcome = await replay(io, files, values, { sensor, center, token });
  const seconds = (performance.now() - start_ms) / 1000;
  const facts = { sensor, center, outcome, seconds };
  io.out.write(values.json ? `${JSON.stringify(summaryOf(facts))}\n` : reportOf(facts, io.style));
  io.out.flush();
  return reportDamage(io, outcome.damage);
}

interface Target {
  readonly sensor: string;
  readonly center: string;
  readonly token: string | undefined;
}

async function replay(
  io: Io,
  files: readonly string[],
  values: ReplayValues,
  { sensor, center, token }: Target,
): Promise<ReplayOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-replay-'));
  const progress = new Progress(io);
  const waiting = new WaitingTold((line) => progress.say(line));
  const stop = new AbortController();
  let hasBegun = false;
  const work = runReplay({
    sensor,
    center: { url: center, token },
    spool: { folder, bytesMax: SPOOL_BYTES },
    compression: 'none',
    log: SILENT,
    signal: stop.signal,
    paths: files,
    workers: values.workers,
    ...(values.prefixes.length === 0 ? {} : { prefixes: values.prefixes }),
    onProgress: (at) => {
      io.interrupt.check();
      // Segments are cut only when the center has answered once.
      hasBegun = at.segments > 0;
      progress.update(at.packets, shareOf(at), waiting.hear(at.status, Date.now()));
    },
  });
  try {
    const outcome = await io.interrupt.orStop(work);
    waiting.hear(outcome.status, Date.now());
    return outcome;
  } catch (error) {
    stop.abort(error);
    await Promise.race([work.catch(() => {}), wait(END_MS, undefined, { ref: false })]);
    throw sentenceOf(error, files, folder, hasBegun);
  } finally {
    progress.clear();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Done is what was read and what the center has taken of it; undefined when nobody knows how much there is to read. */
function shareOf({ bytesRead, bytesTotal, segments, status }: ReplayProgress): number | undefined {
  if (bytesTotal === undefined) return undefined;
  return (bytesRead / bytesTotal) * ((status.stored + status.duplicate + 1) / (segments + 1));
}

/** Throws Refusal. */
async function nameOf(io: Io, files: readonly string[], as: string | undefined): Promise<string> {
  if (as !== undefined) {
    if (!NAME.test(as)) {
      throw new Refusal('usage', `Cannot name the replay ${named(as)}: a name has a-z, 0-9 and hyphens, at most 56`);
    }
    return as.startsWith('replay-') ? as : `replay-${as}`;
  }
  try {
    return await io.interrupt.orStop(sensorOf(files));
  } catch (error) {
    throw captureRefusal(files, error);
  }
}

/**
 * The token, from the file that is named or, for a center on this machine, the one that `npm start` has left; undefined without any.
 * Throws Refusal.
 */
function tokenOf({ env }: Io, { tokenFile, center = DEMO_CENTER }: ReplayValues): string | undefined {
  if (tokenFile !== undefined) {
    try {
      return readFileSync(tokenFile, 'utf8').trim();
    } catch (error) {
      throw refusalOf('read', named(tokenFile), error);
    }
  }
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(URL.parse(center)?.hostname ?? '');
  const place = demoFolders(env)
    .map(replayTokenFile)
    .find((file) => existsSync(file));
  return isHere && place !== undefined ? readFileSync(place, 'utf8').trim() : undefined;
}

function sentenceOf(error: unknown, files: readonly string[], folder: string, hasBegun: boolean): unknown {
  if (error instanceof Interrupted) return error;
  if (error instanceof CenterError) {
    return new Refusal('io', `${error.message}${adviceOn(error, hasBegun)}`);
  }
  if (error instanceof TypeError && error.message.startsWith('Cannot use the center')) {
    return new Refusal('usage', error.message);
  }
  if (isDiskFull(error)) return refusalOf('write', named(folder), error);
  return captureRefusal(files, error);
}

function adviceOn({ kind, message }: CenterError, hasBegun: boolean): string {
  // The TLS library's words; nobody else in this sentence speaks of certificates.
  if (kind === 'unreachable' && message.includes('certificate')) return ADVICE_CERTIFICATE;
  return hasBegun && kind === 'unreachable' ? ADVICE_AGAIN : ADVICE[kind];
}

const ADVICE_CERTIFICATE =
  '. NODE_EXTRA_CA_CERTS=FILE in the environment names an authority to trust beside the usual ones';
const ADVICE_AGAIN =
  '. Run the same again when it answers: nothing is lost, and what it has by then is not counted twice';
const ADVICE: Readonly<Record<CenterError['kind'], string>> = {
  unreachable: '. Start one with npm start, or name another with --center',
  forbidden: '. --token-file names the file with its token',
  refused: '. What the center has already of these captures stays; --as stores them anew under another name',
};
