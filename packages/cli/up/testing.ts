/** A center as a child process, for tests that see what an operator and a sensor see. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mmdbOf } from '@noroshi/center/enrich/testing.ts';
import { tokenDigest } from '@noroshi/center/config/template.ts';
import { startNoroshi } from '../testing.ts';

export const TOKEN = 'token-of-a-test';

export interface RunningCenter {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote to standard error so far. */
  log(): string;
  /** Sends a signal and waits for the end: its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Look-up tables of one network each, `country.mmdb` and `asn.mmdb`: the bundled ones take long to load. */
export function writeTables(folder: string): { readonly country_file: string; readonly asn_file: string } {
  const files = { country_file: join(folder, 'country.mmdb'), asn_file: join(folder, 'asn.mmdb') };
  const holder = { autonomous_system_number: 64_500, autonomous_system_organization: 'Test' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(files.country_file, mmdbOf([{ prefix: '192.0.2.0/24', record: { country_code: 'JP' } }], 24));
  writeFileSync(files.asn_file, mmdbOf([{ prefix: '192.0.2.0/24', record: holder }], 24));
  return files;
}

/** Writes a configuration for `sensor-1` (network) and `replay-*`, more of it as YAML lines, into a folder. */
export function writeConfig(folder: string, more = '', hasPortal = false): string {
  const file = join(folder, 'noroshi.yaml');
  const digest = tokenDigest(TOKEN);
  writeTables(folder);
  writeFileSync(
    file,
    `state_folder: state
portal: ${hasPortal}
tables: { country_file: country.mmdb, asn_file: asn.mmdb }
limits: { requests_per_minute: 1000000 }
sensors:
  - { name: sensor-1, feed: network, token_sha256: ${digest} }
  - { name: "replay-*", feed: replay, token_sha256: ${digest} }
${more.includes('listen:') ? '' : 'listen: { port: 0 }\n'}${more}`,
  );
  return file;
}

/** Runs `noroshi up` until the test ends; resolves when it answers. Throws Error with what it said when it does not. */
export async function runCenter(context: { after(fn: () => void): void }, config: string): Promise<RunningCenter> {
  const child = startNoroshi(['up', '--config', config]);
  context.after(() => child.kill('SIGKILL'));
  let out = '';
  let log = '';
  child.stderr?.on('data', (part: Buffer) => (log += part.toString()));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (part: Buffer) => {
      out += part.toString();
      const found = /Answering at (\S+)/.exec(out)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`The center ended: ${log}`)));
  });
  return {
    url,
    child,
    log: () => log,
    end: async (signal) => {
      child.kill(signal);
      const [code, by] = await ended;
      return code ?? by;
    },
  };
}
