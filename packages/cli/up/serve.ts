/** Runs a center until somebody stops it. */
import type { Config } from '@noroshi/center/config/schema.ts';
import { type Center, StartError, startCenter, type Surroundings } from '@noroshi/center/main.ts';
import { createLog, type Log } from '@noroshi/kit/log.ts';
import { EXIT, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { startOrStop, untilStopped } from '../io/running.ts';
import { VERSION } from '../version.ts';
import { preparePortal } from './portal.ts';

export async function serve(io: Io, config: Config): Promise<number> {
  const log = createLog({ part: 'center', ...config.log, write: writeTo(io), now_ms: Date.now });
  const running: { center?: Center } = {};
  // From the beginning on: a hang-up that nobody listens for ends the process.
  const reload = (): void => void reloadTables(running.center, log);
  process.on('SIGHUP', reload);
  const center = await startOrStop(io, async (signal) => {
    const portal = config.portal ? await preparePortal(signal) : undefined;
    return begin(config, { log, portal });
  });
  running.center = center;
  io.out.write(`Answering at ${center.url} · Ctrl-C stops\n`);
  io.out.flush();
  await untilStopped(io);
  await center.stop('asked to');
  process.off('SIGHUP', reload);
  return EXIT.ok.code;
}

/** Writes each line at once: what is said last is what matters when a process dies. */
function writeTo(io: Io): (line: string) => void {
  return (line) => {
    io.errors.write(line);
    io.errors.flush();
  };
}

/** A center in this process. Throws Refusal. */
export async function begin(config: Config, surroundings: Pick<Surroundings, 'log' | 'portal'>): Promise<Center> {
  try {
    return await startCenter(config, { ...surroundings, now_ms: Date.now, random: Math.random, version: VERSION });
  } catch (error) {
    if (error instanceof StartError) throw new Refusal('io', error.message);
    throw error;
  }
}

async function reloadTables(center: Center | undefined, log: Log): Promise<void> {
  try {
    await center?.reload();
    log.info('reloaded', 'Scanner lists and look-up tables were read again');
  } catch (error) {
    const state = error instanceof Error ? error.message : String(error);
    log.error('reload_failed', `Cannot read the tables again, the old ones stay: ${state}`);
  }
}
