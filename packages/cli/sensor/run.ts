/** The work of `noroshi sensor` and `noroshi evidence`: the sensor's own, with the program's output, signals and exit codes. */
import {
  type Beside,
  runEvidenceCommand,
  runSensorCommand,
  sentenceOf,
  type Streams,
} from '@noroshi/sensor/live/command.ts';
import { isWrittenInPlace } from '@noroshi/kit/part-file.ts';
import { Interrupted, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { shownOut } from '../io/out-file.ts';
import type { EvidenceOptionValues } from '../verbs/evidence.ts';
import type { SensorOptionValues } from '../verbs/sensor.ts';
import { VERSION } from '../version.ts';
import { keepResponder } from './responder.ts';

/** Runs until Ctrl-C or SIGTERM; then everything that was captured is in the spool. Throws Refusal. */
export async function runSensorVerb(io: Io, args: readonly string[], values: SensorOptionValues): Promise<number> {
  const stop = new AbortController();
  const streams = streamsOf(io);
  const beside: Beside = (config, log) => keepResponder(config, values.except, log, streams.errors);
  const work = runSensorCommand(args, values, streams, stop.signal, values.respond ? beside : undefined);
  await io.interrupt.orStop(work).catch((error: unknown) => {
    // What went wrong with the work itself comes out below.
    if (error instanceof Interrupted) stop.abort(error);
  });
  return finished(work);
}

/** Throws Refusal. */
export async function runEvidenceVerb(io: Io, files: readonly string[], values: EvidenceOptionValues): Promise<number> {
  if (values.out !== undefined && isWrittenInPlace(values.out)) {
    throw new Refusal('usage', `Cannot write evidence to ${shownOut(values.out)}: its manifest goes beside it`);
  }
  return finished(runEvidenceCommand(files, values, streamsOf(io), VERSION));
}

async function finished(work: Promise<number>): Promise<number> {
  try {
    return await work;
  } catch (error) {
    throw refused(error);
  }
}

/** Lines are written at once: what is said last is what matters when a process dies. */
function streamsOf(io: Io): Streams {
  return {
    out: (text) => io.out.write(text),
    errors: (text) => {
      io.errors.write(text);
      io.errors.flush();
    },
  };
}

function refused(error: unknown): unknown {
  const told = sentenceOf(error);
  if (told === undefined) return error;
  return new Refusal(
    told.code === 2 ? 'usage' : 'io',
    told.sentence.replace(/:\n\s*/, ': ').replaceAll(/\n\s*/g, '; '),
  );
}
