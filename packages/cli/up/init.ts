/** `noroshi up --init FOLDER`: a configuration to begin with. The token is written once, and nobody but its owner reads it. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configTemplate, tokenDigest } from '@noroshi/center/config/template.ts';
import { makeFolder } from '@noroshi/kit/folder.ts';
import { Refusal, refusalOf } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { named } from '../look/style.ts';

const SENSOR = 'sensor-1';
const TOKEN_BYTES = 32;

/** A secret that nobody guesses, in letters that survive a header. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Writes `noroshi.yaml` and `sensor-1.token`; overwrites nothing. Throws Refusal. */
export function writeInitial(io: Io, folder: string): void {
  const config = join(folder, 'noroshi.yaml');
  const secret = join(folder, `${SENSOR}.token`);
  for (const file of [config, secret]) {
    if (existsSync(file)) throw new Refusal('io', `Cannot write ${named(file)}: it exists already`);
  }
  const token = newToken();
  const text = configTemplate({ name: SENSOR, feed: 'network', token_sha256: tokenDigest(token) });
  try {
    makeFolder(folder);
    writeFileSync(secret, `${token}\n`, { mode: 0o600, flag: 'wx' });
    writeFileSync(config, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw refusalOf('write', named(folder), error);
  }
  io.out.write(`Wrote ${named(config)}: a center with one sensor, ${SENSOR}
  and ${named(secret)}: its token. Only the sensor needs it; the configuration holds its SHA-256.

${io.style.bold('Next')}
  npx noroshi up --config ${named(config)} --check
      ${io.style.dim('what would run')}
  npx noroshi up --config ${named(config)}
      ${io.style.dim('run it')}
`);
}
