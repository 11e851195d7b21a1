/**
 * What `noroshi sensor` and `noroshi evidence` do, apart from how their options are read: used by the command line and by the small
 * program of the sensor's own package (bin/noroshi-sensor.mjs).
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createLog, type Log } from '@noroshi/kit/log.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { sensorTemplate } from './config-template.ts';
import { diagnose, diagnosisText, exitCodeOf } from './doctor.ts';
import { type EvidenceOptions, makeEvidence, type Manifest } from './evidence-run.ts';
import { sizeOf } from './filter.ts';
import { LiveError, wordsOf } from './live-error.ts';
import { ringFolder, runLive } from './run-live.ts';
import {
  complaintText,
  ConfigError,
  loadSensorConfig,
  parseSensorConfig,
  prefixesOf,
  type SensorConfig,
} from './sensor-config.ts';

/** Options of `noroshi sensor`; those beside `config` say the same as its keys, to try it without a file. */
export interface SensorValues {
  readonly config: string | undefined;
  readonly init: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
  readonly name: string | undefined;
  readonly interface: readonly string[];
  readonly prefixes: readonly string[];
  readonly center: string | undefined;
  readonly tokenFile: string | undefined;
  readonly state: string | undefined;
}

export interface Streams {
  readonly out: (text: string) => void;
  readonly errors: (text: string) => void;
}

const ACTIONS = new Set(['run', 'doctor']);

/** Something that runs as long as the sensor does. */
export type Beside = (config: SensorConfig, log: Log) => { stop(): Promise<void> };

/**
 * Runs until the signal is aborted, or does what was asked beside that; the exit code. Throws LiveError, ConfigError and the file
 * system's errors.
 * @param args nothing, or `doctor`
 * @param beside is started when the sensor itself runs, and stopped when it has ended
 */
export async function runSensorCommand(
  args: readonly string[],
  values: SensorValues,
  { out, errors }: Streams,
  signal: AbortSignal,
  beside?: Beside,
): Promise<number> {
  const [action = 'run', ...more] = args;
  if (!ACTIONS.has(action) || more.length > 0) {
    throw new LiveError('usage', `Cannot do ${JSON.stringify(args.join(' '))}: a sensor runs, or asks its doctor`);
  }
  if (values.init !== undefined) {
    writeTemplate(values.init);
    out(`Wrote ${safe(values.init)}: say there what the sensor listens on, then noroshi sensor --config … --check\n`);
    return 0;
  }
  if (action === 'doctor') return doctor(values, out);
  const config = configOf(values);
  if (values.check) {
    out(checkText(config));
    return 0;
  }
  const log = createLog({ part: 'sensor', ...config.log, write: errors, now_ms: Date.now });
  const companion = beside?.(config, log);
  try {
    await runLive(config, log, signal);
  } finally {
    await companion?.stop();
  }
  log.flush();
  return 0;
}

async function doctor(values: SensorValues, out: Streams['out']): Promise<number> {
  const isGiven = values.config !== undefined || values.interface.length > 0;
  const found = await diagnose(isGiven ? configOf(values) : undefined);
  out(values.json ? `${JSON.stringify({ checks: found, exit_code: exitCodeOf(found) })}\n` : safeLines(found));
  return exitCodeOf(found);
}

function safeLines(found: Parameters<typeof diagnosisText>[0]): string {
  return diagnosisText(found).split('\n').map(safe).join('\n');
}

/** The configuration in the file, or the one that the options make. Throws ConfigError, LiveError and the file system's errors. */
function configOf(values: SensorValues): SensorConfig {
  const { config, name, prefixes, center, tokenFile, state } = values;
  const given = [name, center, tokenFile, state, ...values.interface, ...prefixes];
  if (config !== undefined) {
    if (given.some((value) => value !== undefined)) {
      throw new LiveError(
        'usage',
        'Cannot run a sensor: --config says it all; the other options are for trying without one',
      );
    }
    return loadSensorConfig(config);
  }
  if (values.interface.length === 0) {
    throw new LiveError('usage', 'Cannot run a sensor: --config names its configuration (--init FILE writes one)');
  }
  const line = (key: string, value: string | undefined): string[] => (value === undefined ? [] : [`${key} = ${value}`]);
  const lines = [
    ...line('name', name ?? 'sensor-1'),
    ...values.interface.flatMap((one) => line('interface', `${one} ${prefixes.join(' ')}`)),
    ...line('center.url', center),
    ...line('center.token_file', tokenFile),
    ...line('state_folder', state),
  ];
  return parseSensorConfig(lines.join('\n'), 'the options', process.cwd());
}

/** Writes a commented configuration. Throws LiveError. */
function writeTemplate(file: string): void {
  if (existsSync(file)) throw new LiveError('io', `Cannot write ${file}: it exists already`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, sensorTemplate(), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new LiveError('io', `Cannot write ${file}: ${wordsOf(error)}`);
  }
}

/** What would run; addresses are counted, never shown. */
function checkText(config: SensorConfig): string {
  const { name, interfaces, center, capture, state_folder, ring_bytes, ring_hours } = config;
  const { addresses, networks64 } = sizeOf(prefixesOf(config));
  const rows = [
    ['sensor', name],
    ['listens on', `${addresses} IPv4 addresses, ${networks64} IPv6 networks of 64 bits`],
    ...interfaces.map((one) => ['', `${one.name}: ${one.prefixes.length} prefixes`]),
    ['captures through', `${capture.program}, ${capture.snapBytes} bytes of a packet`],
    ['sends to', center.url],
    [
      'proves itself by',
      [center.token_file && 'token', center.certificate_file && 'certificate'].filter(Boolean).join(' and '),
    ],
    ['state', state_folder],
    ['raw packets', ring_bytes === 0 ? 'are not kept' : `${ring_bytes / 2 ** 20} MiB, ${ring_hours} hours at most`],
  ];
  return `It is right. It would run:\n${rows.map(([key, value]) => `  ${key.padEnd(18)}${safe(value)}\n`).join('')}`;
}

/** Options of `noroshi evidence`. */
export interface EvidenceValues {
  /** Configuration of the sensor whose ring it is. */
  readonly config: string | undefined;
  readonly ring: string | undefined;
  readonly subject: string | undefined;
  readonly service: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly finding: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** Cuts evidence; the exit code: 0, or 1 when a capture was damaged. Throws LiveError, ConfigError, the file system's errors. */
export async function runEvidenceCommand(
  captures: readonly string[],
  values: EvidenceValues,
  { out }: Streams,
  version: string,
): Promise<number> {
  const { config, finding, subject, service, from, to } = values;
  const ring = values.ring ?? (config === undefined ? undefined : ringFolder(loadSensorConfig(config).state_folder));
  if (values.out === undefined) throw new LiveError('usage', 'Cannot cut evidence: --out names the capture to write');
  if (ring === undefined && captures.length === 0) {
    throw new LiveError('usage', 'Cannot cut evidence: --config, --ring or captures say from what');
  }
  const options: EvidenceOptions = {
    ring,
    captures,
    finding,
    subject,
    service,
    from,
    to,
    out: values.out,
    now_ms: Date.now(),
    version,
  };
  const manifest = await makeEvidence(options);
  out(values.json ? `${JSON.stringify(manifest)}\n` : evidenceText(manifest, values.out));
  return manifest.damage.length === 0 ? 0 : 1;
}

function evidenceText({ files, counts, damage }: Manifest, out: string): string {
  const lines = [
    `${counts.matched} of ${counts.read} packets are evidence`,
    ...files.map(({ file, packets, sha256 }) => `  ${safe(file)}  ${packets} packets  SHA-256 ${sha256}`),
    ...damage.map(({ file, kind }) => `  ${safe(file)} is damaged (${kind}): what stood before was read`),
    `The manifest is ${safe(out)}.json`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What went wrong in a sentence, and the exit code; undefined for a fault of ours. */
export function sentenceOf(error: unknown): { readonly sentence: string; readonly code: number } | undefined {
  if (error instanceof LiveError) return { sentence: error.message, code: error.kind === 'usage' ? 2 : 3 };
  if (error instanceof ConfigError) {
    const lines = error.complaints.map((complaint) => `  ${complaintText(complaint)}`);
    const [first] = error.message.split(': ', 1);
    return { sentence: lines.length === 1 ? error.message : `${first}:\n${lines.join('\n')}`, code: 2 };
  }
  if (error instanceof Error && 'syscall' in error) return { sentence: `Cannot go on: ${error.message}`, code: 3 };
  return undefined;
}
