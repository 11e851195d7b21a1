/** `noroshi up --check`: everything that a configuration names is opened once, and nothing is changed. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SILENT } from '@noroshi/kit/log.ts';
import { stateOf } from '@noroshi/kit/system-error.ts';
import type { Config } from '../config/schema.ts';
import { chosenDetectors } from '../detect/chosen.ts';
import { ledgerPlace, readTables, storePlace, tlsOf } from './named.ts';
import { askServer, type Server } from '../store/server.ts';
import { StoreError } from '../store/store.ts';

export interface Checked {
  /** Why the center would not start; sentences. */
  readonly faults: readonly string[];
  /** What it would start without, and wait for or do without; sentences. */
  readonly absent: readonly string[];
}

export async function checkConfig(config: Config): Promise<Checked> {
  const faults: string[] = [];
  const absent: string[] = [];
  const attempt = (action: () => unknown, into = faults): void => {
    try {
      action();
    } catch (error) {
      into.push(stateOf(error));
    }
  };
  attempt(() => canBeMade(config.state_folder));
  attempt(() => tlsOf(config));
  attempt(() => {
    // The tables are read whole: a file may begin well.
    const { networks, holders } = readTables(config, SILENT);
    for (const rows of [networks(), holders()]) for (const _ of rows);
  });
  if (config.detect.enabled) {
    attempt(() => chosenDetectors(config.detect.detectors));
    attempt(() => ledgerPlace(config), absent);
  }
  let place: ReturnType<typeof storePlace> | undefined;
  attempt(() => (place = storePlace(config)));
  if (place !== undefined && 'url' in place) await ask(place, faults, absent);
  return { faults, absent };
}

/** A server that nobody reaches is waited for; one that says no stops the start. */
async function ask(server: Server, faults: string[], absent: string[]): Promise<void> {
  try {
    await askServer(server);
  } catch (error) {
    const isPassing = error instanceof StoreError && (error.kind === 'unreachable' || error.kind === 'timeout');
    if (isPassing) absent.push(`${error.message}; the center would answer 503 until it is there`);
    else faults.push(stateOf(error));
  }
}

/** Throws Error with a sentence when the folder is not there and its place takes none. */
function canBeMade(folder: string): void {
  for (let at = folder; ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found === undefined && at !== dirname(at)) continue;
    if (found?.isDirectory() !== true) throw new Error(`Cannot use ${folder}: ${at} is no folder`);
    try {
      accessSync(at, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new Error(`Cannot use ${folder}: nothing may be written in ${at}`, { cause: error });
    }
    return;
  }
}
