/** The work of `noroshi respond`. */
import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { createLog, type Log } from '@noroshi/kit/log.ts';
import { takeRules } from '@noroshi/sensor/respond/kernel.ts';
import { RespondError } from '@noroshi/sensor/respond/respond-error.ts';
import {
  checkTerritory,
  LISTEN_PORT,
  type Responder,
  type ResponderOptions,
  startResponder,
} from '@noroshi/sensor/respond/responder.ts';
import { commandsOf, commandText } from '@noroshi/sensor/respond/rules.ts';
import { EXIT, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { startOrStop, untilStopped } from '../io/running.ts';
import type { RespondValues } from '../verbs/respond.ts';
import { filesMax } from './open-files.ts';

const MEBIBYTE = 2 ** 20;
const TELL_MS = 60_000;
const RANDOM_BYTES = 4096;

/** Runs until Ctrl-C or SIGTERM. Throws Refusal. */
export async function runRespond(io: Io, values: RespondValues): Promise<number> {
  if (values.clean) {
    await takeRules();
    io.out.write('The rules of noroshi respond are gone\n');
    return EXIT.ok.code;
  }
  try {
    return values.dryRun ? tell(io, values) : await serve(io, optionsOf(values));
  } catch (error) {
    throw error instanceof RespondError ? new Refusal('io', error.message) : error;
  }
}

function tell(io: Io, { prefixes, except }: RespondValues): number {
  checkTerritory({ prefixes, except }, machineAddresses());
  const commands = commandsOf({ prefixes, except, port: LISTEN_PORT });
  io.out.write(`${commands.map(commandText).join('\n')}\n`);
  return EXIT.ok.code;
}

async function serve(io: Io, options: ResponderOptions): Promise<number> {
  const write = (line: string): void => {
    io.errors.write(line);
    io.errors.flush();
  };
  const log = createLog({ part: 'respond', write, now_ms: Date.now });
  const onFailure = (sentence: string): void => log.warning('limits', sentence);
  const surroundings = {
    now_ms: Date.now,
    random: randomByte(),
    memory_bytes: () => process.memoryUsage.rss(),
    files_max: filesMax(),
    machine: machineAddresses(),
    onFailure,
  };
  const responder = await startOrStop(io, () => startResponder(options, surroundings));
  log.info('started', `Answering for ${options.prefixes.length} prefixes on all TCP ports`, { process: process.pid });
  const telling = setInterval(() => count(log, responder), TELL_MS);
  await untilStopped(io);
  clearInterval(telling);
  await responder.stop();
  count(log, responder);
  log.info('stopped', 'The rules are gone, everybody was sent away');
  return EXIT.ok.code;
}

function count(log: Log, { counts, journal }: Responder): void {
  log.info('visitors', `${counts.open} visitors now, ${counts.accepted} since the start`, {
    ...counts,
    left_out: journal.dropped,
  });
}

function optionsOf(values: RespondValues): ResponderOptions {
  if (values.state === undefined) {
    throw new Refusal('usage', 'Cannot respond: --state names the folder for what visitors do');
  }
  return {
    prefixes: values.prefixes,
    except: values.except,
    port: LISTEN_PORT,
    folder: resolve(values.state),
    folder_bytes_max: values.disk * MEBIBYTE,
    limits: {
      connections: values.connections,
      connections_per_source: values.perSource,
      visit_ms: values.visitSeconds * 1000,
      idle_ms: values.idleSeconds * 1000,
      memory_bytes: values.memory * MEBIBYTE,
    },
  };
}

function machineAddresses(): { address: string; name: string }[] {
  return Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.map(({ address }) => ({ address: address.split('%', 1)[0] ?? '', name })),
  );
}

/** Bytes one at a time out of larger draws. */
function randomByte(): () => number {
  let bytes = randomBytes(RANDOM_BYTES);
  let next = 0;
  return () => {
    if (next === RANDOM_BYTES) {
      bytes = randomBytes(RANDOM_BYTES);
      next = 0;
    }
    return bytes[next++] ?? 0;
  };
}
