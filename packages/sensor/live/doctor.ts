/** `noroshi sensor doctor`: what this machine lacks for a sensor, and how to get it. Looks only; the trial captures write nothing. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@noroshi/kit/programs.ts';
import { meaningOfHead } from '../uplink/answer.ts';
import { Center } from '../uplink/center.ts';
import { stateOf } from '../uplink/uplink.ts';
import { CaptureChild } from './capture-child.ts';
import { anyProgram, argumentsOf, type CaptureProgram, howToGet, PROGRAMS } from './capture-program.ts';
import { freeBytes } from './disk-room.ts';
import { filterOf } from './filter.ts';
import { linkState } from './link.ts';
import { wordsOf } from './live-error.ts';
import { centerOf } from './run-live.ts';
import type { SensorConfig } from './sensor-config.ts';

/** `missing`: a sensor cannot work so; `better`: it can, but somebody should look; `ok`. */
export type Health = 'ok' | 'better' | 'missing';

export interface Diagnosis {
  readonly what: string;
  readonly health: Health;
  /** What was found. Never an address of the sensor. */
  readonly found: string;
  /** How to get it; '' when nothing is to be done. */
  readonly remedy: string;
}

/** Longest time for one question to a program or to the center. */
const ASK_MS_MAX = 5000;
const TRIAL_MS_MAX = 3000;
const MEBIBYTE = 1024 * 1024;
/** Least Node that runs the sources as they stand (type stripping without a flag). */
const NODE_MIN = [22, 18] as const;

/**
 * Everything that is looked at, in the order of the way from the wire to the center.
 * @param config without one, only what every sensor needs
 */
export async function diagnose(config: SensorConfig | undefined): Promise<Diagnosis[]> {
  const program = await anyProgram(config?.capture.program ?? 'auto').catch((error: unknown) => wordsOf(error));
  const interfaces = config === undefined || typeof program === 'string' ? [] : await trials(config, program);
  return [
    nodeVersion(),
    capture(program),
    ...interfaces,
    await clock(),
    ...(config === undefined ? [] : [disk(config), await center(config)]),
    nftables(),
  ];
}

/** 0: nothing is missing; 1: something should be better; 3: something is missing. */
export function exitCodeOf(found: readonly Diagnosis[]): 0 | 1 | 3 {
  if (found.some(({ health }) => health === 'missing')) return 3;
  return found.some(({ health }) => health === 'better') ? 1 : 0;
}

const WORDS: Readonly<Record<Health, string>> = { ok: 'ok', better: 'better', missing: 'MISSING' };

/** A line for each, and the remedy below it. */
export function diagnosisText(found: readonly Diagnosis[]): string {
  return found
    .map(({ what, health, found: said, remedy }) => {
      const line = `${WORDS[health].padEnd(8)}${what.padEnd(20)}${said}\n`;
      return remedy === '' ? line : `${line}${' '.repeat(28)}→ ${remedy}\n`;
    })
    .join('');
}

function ok(what: string, found: string): Diagnosis {
  return { what, health: 'ok', found, remedy: '' };
}

function nodeVersion(): Diagnosis {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  const found = `Node ${process.versions.node}`;
  return isEnough
    ? ok('node', found)
    : {
        what: 'node',
        health: 'missing',
        found,
        remedy: `Node ${NODE_MIN.join('.')} or newer; the .deb brings its own`,
      };
}

function capture(program: CaptureProgram | string): Diagnosis {
  if (typeof program !== 'string') return ok('capture program', `${program.name} ${program.version}, ${program.path}`);
  const others = PROGRAMS.filter((name) => findProgram(name) !== undefined);
  const remedy = others.length > 0 ? `or set capture.program to ${others.join(' or ')}` : howToGet('tcpdump');
  return { what: 'capture program', health: 'missing', found: program, remedy };
}

/** Each interface: there, up, and a capture on it begins. */
async function trials(config: SensorConfig, program: CaptureProgram): Promise<Diagnosis[]> {
  const all: Diagnosis[] = [];
  for (const { name, prefixes } of config.interfaces) {
    const link = linkState(name);
    const what = `interface ${name}`;
    if (link === 'absent') {
      all.push({
        what,
        health: 'missing',
        found: 'there is no such interface',
        remedy: 'ip link shows those there are',
      });
      continue;
    }
    const failure = await trial(config, program, name, prefixes);
    if (failure !== undefined) all.push({ what, health: 'missing', found: failure, remedy: remedyOf(failure) });
    else if (link === 'down') {
      all.push({ what, health: 'better', found: 'is down, or has no carrier', remedy: `ip link set ${name} up` });
    } else all.push(ok(what, `up; capturing works; ${prefixes.length} prefixes`));
  }
  return all;
}

function remedyOf(failure: string): string {
  if (!/permission|not permitted/i.test(failure)) return '';
  return 'run as root, or with CAP_NET_RAW as the systemd unit does (AmbientCapabilities=CAP_NET_RAW)';
}

/** Why a capture does not begin; undefined when it does. */
async function trial(
  { capture: options, managers }: SensorConfig,
  program: CaptureProgram,
  name: string,
  prefixes: readonly string[],
): Promise<string | undefined> {
  const filter = filterOf(prefixes, { managers, center: undefined });
  const settled = Promise.withResolvers<void>();
  const child = new CaptureChild({
    path: program.path,
    arguments: argumentsOf(program.name, { ...options, interface: name, filter }),
    takesSignals: false,
    onChange: () => {
      if (child.state !== 'starting') settled.resolve();
    },
  });
  const late = setTimeout(() => settled.resolve(), TRIAL_MS_MAX);
  await settled.promise;
  clearTimeout(late);
  const { state, ending } = child;
  await child.stop();
  if (state === 'ended') return `capturing fails: ${ending}`;
  return state === 'listening' ? undefined : 'capturing does not begin within 3 s';
}

async function clock(): Promise<Diagnosis> {
  const what = 'clock';
  const remedy = 'apt-get install systemd-timesyncd, or chrony; figures count by minutes of UTC';
  const said = await ask('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  if (said === 'yes') return ok(what, 'is synchronised');
  if (said === 'no') return { what, health: 'better', found: 'is not synchronised', remedy };
  const chrony = await ask('chronyc', ['-n', 'tracking']);
  if (/^Leap status\s*: Normal/m.test(chrony)) return ok(what, 'is synchronised (chrony)');
  return { what, health: 'better', found: 'nobody here says whether it is synchronised', remedy };
}

/** What a program prints, trimmed; '' when it is not there or fails. */
async function ask(name: string, args: readonly string[]): Promise<string> {
  const path = findProgram(name);
  if (path === undefined) return '';
  try {
    return (await promisify(execFile)(path, [...args], { timeout: ASK_MS_MAX })).stdout.trim();
  } catch {
    return '';
  }
}

function disk({ state_folder, spool_bytes, ring_bytes }: SensorConfig): Diagnosis {
  const what = 'disk';
  try {
    const free = freeBytes(existing(state_folder));
    const needed = spool_bytes + ring_bytes;
    const found = `${Math.floor(free / MEBIBYTE)} MiB free for ${state_folder}`;
    if (free >= needed) return ok(what, found);
    const remedy = `spool and ring may take ${needed / MEBIBYTE} MiB: more room, or less in spool.mebibytes, ring.mebibytes`;
    return { what, health: 'better', found, remedy };
  } catch (error) {
    return { what, health: 'missing', found: `cannot look at ${state_folder}: ${wordsOf(error)}`, remedy: '' };
  }
}

/** The folder, or the nearest one above it that is there. */
function existing(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined && dirname(folder) !== folder
    ? existing(dirname(folder))
    : folder;
}

async function center(config: SensorConfig): Promise<Diagnosis> {
  const what = 'center';
  const { url } = config.center;
  let connection: Center | undefined;
  try {
    connection = new Center({ ...centerOf(config), connectionsMax: 1, silence_ms: ASK_MS_MAX, now_ms: Date.now });
    const answer = await connection.head({ sensor: config.name, sequence: 0 }, AbortSignal.timeout(ASK_MS_MAX));
    const meaning = meaningOfHead(answer, Date.now());
    if (meaning.kind === 'forbidden') {
      const remedy = 'the center’s configuration names the sensor with the SHA-256 of its token (noroshi up --init)';
      return { what, health: 'missing', found: `${url} does not accept this sensor: ${meaning.sentence}`, remedy };
    }
    if (meaning.kind === 'trouble') return { what, health: 'better', found: `${url}: ${meaning.sentence}`, remedy: '' };
    return ok(what, `${url} answers and accepts this sensor`);
  } catch (error) {
    const remedy = 'segments wait in the spool until it answers';
    return { what, health: 'missing', found: `cannot reach ${url}: ${stateOf(error)}`, remedy };
  } finally {
    connection?.close();
  }
}

function nftables(): Diagnosis {
  const path = findProgram('nft');
  if (path !== undefined) return ok('nftables', path);
  const remedy = 'apt-get install nftables: keeps the kernel from answering for the addresses';
  return { what: 'nftables', health: 'better', found: 'no program nft', remedy };
}
