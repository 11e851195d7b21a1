/** The demonstration's folder: tokens, the list of scanners that the simulation acknowledges, and the configuration made of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, configSchema } from '@noroshi/center/config/schema.ts';
import { tokenDigest } from '@noroshi/center/config/template.ts';
import { makeFolder } from '@noroshi/kit/folder.ts';
import { ACKNOWLEDGED_SCANNERS } from '@noroshi/simulate/world/world.ts';
import { DEMO_SENSOR } from '../demo/sensor.ts';
import { Refusal, refusalOf } from '../io/exit.ts';
import { demoFolders, replayTokenFile } from '../places.ts';
import { newToken } from '../up/init.ts';

export interface DemoFolder {
  readonly folder: string;
  readonly config: Config;
  /** Token of the simulated sensor. */
  readonly sensorToken: string;
  readonly logFile: string;
}

export interface FolderOptions {
  /** Where; undefined: the first of demoFolders that can be made. */
  readonly state: string | undefined;
  readonly port: number;
  /** An operator's mmdb instead of the bundled tables. */
  readonly geo: string | undefined;
  readonly asn: string | undefined;
}

/** Makes what is missing, keeps what is there. Throws Refusal. */
export function prepareFolder(env: NodeJS.ProcessEnv, { state, port, geo, asn }: FolderOptions): DemoFolder {
  const folder = state === undefined ? firstThatCanBeMade(demoFolders(env)) : made(state);
  const sensorToken = join(folder, 'sensor.token');
  const config = configSchema.parse({
    listen: { port },
    state_folder: folder,
    scanner_lists: [writeScannerList(folder)],
    tables: { country_file: geo, asn_file: asn },
    sensors: [
      { name: DEMO_SENSOR, feed: 'simulation', token_sha256: tokenDigest(tokenIn(sensorToken)) },
      { name: 'replay-*', feed: 'replay', token_sha256: tokenDigest(tokenIn(replayTokenFile(folder))) },
    ],
  });
  return { folder, config, sensorToken, logFile: join(folder, 'noroshi.log') };
}

/** What the invented research scanners say of themselves, as a list that an operator would have. Throws Refusal. */
function writeScannerList(folder: string): string {
  const file = join(folder, 'acknowledged-scanners.txt');
  const lines = ACKNOWLEDGED_SCANNERS.map(({ prefix, organisation }) => `${prefix} ${organisation}\n`);
  try {
    writeFileSync(file, `# Invented, like the whole simulation.\n${lines.join('')}`);
  } catch (error) {
    throw refusalOf('write', file, error);
  }
  return file;
}

/** The token in a file that only its owner reads; a new one where there is none. Throws Refusal. */
function tokenIn(file: string): string {
  try {
    if (!existsSync(file)) writeFileSync(file, `${newToken()}\n`, { mode: 0o600, flag: 'wx' });
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw refusalOf('write', file, error);
  }
}

function made(folder: string): string {
  try {
    makeFolder(folder, 0o700);
    return folder;
  } catch (error) {
    throw refusalOf('write', folder, error);
  }
}

function firstThatCanBeMade(folders: readonly string[]): string {
  const sentences: string[] = [];
  for (const folder of folders) {
    try {
      return made(folder);
    } catch (error) {
      sentences.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Refusal('io', `${sentences.join('; ')} (--state names another folder)`);
}
