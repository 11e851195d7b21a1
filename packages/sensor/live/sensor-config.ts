/** A sensor's configuration: read, checked, completed, paths absolute. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Level, LogFormat } from '@noroshi/kit/log.ts';
import { Telescope } from '../flow/telescope.ts';
import type { ProgramName } from './capture-program.ts';
import { CONFIG_KEYS, type ConfigKey, type ConfigValue, type KeyName } from './config-keys.ts';
import { type Complaint, type ConfigEntries, readEntries } from './config-text.ts';

export interface InterfaceConfig {
  readonly name: string;
  readonly prefixes: readonly string[];
}

export interface SensorConfig {
  readonly name: string;
  readonly interfaces: readonly InterfaceConfig[];
  readonly managers: readonly string[];
  readonly state_folder: string;
  readonly center: {
    readonly url: string;
    readonly token_file: string | undefined;
    readonly certificate_file: string | undefined;
    readonly key_file: string | undefined;
    readonly authority_file: string | undefined;
  };
  readonly capture: {
    readonly program: ProgramName | 'auto';
    readonly user: string | undefined;
    readonly snapBytes: number;
    readonly bufferMebibytes: number;
    readonly isPromiscuous: boolean;
  };
  readonly spool_bytes: number;
  /** 0: no raw packets are kept. */
  readonly ring_bytes: number;
  readonly ring_hours: number;
  readonly log: { readonly level: Level; readonly format: LogFormat; readonly status_ms: number };
  readonly metrics_file: string | undefined;
}

/** `Cannot read sensor.conf: line 3: unknown key "nmae" (did you mean name?); …`. Keys are foreign text. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly complaints: readonly Complaint[];

  constructor(file: string, complaints: readonly Complaint[]) {
    super(`Cannot read ${file}: ${complaints.map(complaintText).join('; ')}`);
    this.complaints = complaints;
  }
}

/** `line 3: …`; what is missing has no line. */
export function complaintText({ line, sentence }: Complaint): string {
  return line === 0 ? sentence : `line ${line}: ${sentence}`;
}

const CONFIG_BYTES_MAX = 1024 * 1024;
/** libpcap optimises a filter of 256 prefixes in half a second, one of 1,024 in six. */
const PREFIXES_MAX = 256;
const MEBIBYTE = 1024 * 1024;

/** Throws ConfigError, or the file system's error when the file cannot be read. */
export function loadSensorConfig(file: string): SensorConfig {
  if (statSync(file).size > CONFIG_BYTES_MAX) {
    throw new ConfigError(file, [{ line: 0, sentence: `the file is larger than ${CONFIG_BYTES_MAX} bytes` }]);
  }
  return parseSensorConfig(readFileSync(file, 'utf8'), file, dirname(resolve(file)));
}

/**
 * @param file name of the text, for errors
 * @param folder where relative paths start
 * @throws ConfigError
 */
export function parseSensorConfig(text: string, file: string, folder: string): SensorConfig {
  const { entries, complaints } = readEntries(text);
  const interfaces = interfacesOf(entries, complaints);
  checkPrefixes(entries, 'manager', complaints);
  checkTogether(entries, complaints);
  complaints.sort((a, b) => a.line - b.line);
  if (complaints.length > 0) throw new ConfigError(file, complaints);
  const path = (name: KeyName): string | undefined => {
    const value = textOf(entries, name);
    return value === undefined ? undefined : resolve(folder, value);
  };
  return {
    name: textOf(entries, 'name') ?? '',
    interfaces,
    managers: listOf(entries, 'manager'),
    state_folder: path('state_folder') ?? '',
    center: {
      url: textOf(entries, 'center.url') ?? '',
      token_file: path('center.token_file'),
      certificate_file: path('center.certificate_file'),
      key_file: path('center.key_file'),
      authority_file: path('center.authority_file'),
    },
    capture: {
      program: textOf(entries, 'capture.program') as ProgramName | 'auto',
      user: textOf(entries, 'capture.user'),
      snapBytes: numberOf(entries, 'capture.snap_bytes'),
      bufferMebibytes: numberOf(entries, 'capture.buffer_mebibytes'),
      isPromiscuous: valueOf(entries, 'capture.promiscuous') === true,
    },
    spool_bytes: numberOf(entries, 'spool.mebibytes') * MEBIBYTE,
    ring_bytes: numberOf(entries, 'ring.mebibytes') * MEBIBYTE,
    ring_hours: numberOf(entries, 'ring.hours'),
    log: {
      level: textOf(entries, 'log.level') as Level,
      format: textOf(entries, 'log.format') as LogFormat,
      status_ms: numberOf(entries, 'log.status_seconds') * 1000,
    },
    metrics_file: path('metrics_file'),
  };
}

/** Every prefix of the sensor, once. */
export function prefixesOf({ interfaces }: Pick<SensorConfig, 'interfaces'>): string[] {
  return [...new Set(interfaces.flatMap(({ prefixes }) => prefixes))];
}

function interfacesOf(entries: ConfigEntries, complaints: Complaint[]): InterfaceConfig[] {
  const seen = new Set<string>();
  let count = 0;
  return (entries.get('interface') ?? []).map(({ line, value }) => {
    const [name = '', ...prefixes] = String(value).split(/[\s,]+/);
    if (seen.has(name)) complaints.push({ line, sentence: 'interface names one that stands above already' });
    seen.add(name);
    count += prefixes.length;
    if (count > PREFIXES_MAX) complaints.push({ line, sentence: `interface makes more than ${PREFIXES_MAX} prefixes` });
    if (prefixes.some((prefix) => !isPrefix(prefix))) {
      complaints.push({ line, sentence: 'interface names something that is neither address nor address/length' });
    }
    return { name, prefixes };
  });
}

function checkPrefixes(entries: ConfigEntries, name: KeyName, complaints: Complaint[]): void {
  for (const { line, value } of entries.get(name) ?? []) {
    if (!isPrefix(String(value))) complaints.push({ line, sentence: `${name} is neither address nor address/length` });
  }
}

function checkTogether(entries: ConfigEntries, complaints: Complaint[]): void {
  const [url] = entries.get('center.url') ?? [];
  const at = (name: KeyName): number => entries.get(name)?.[0].line ?? 0;
  if (url !== undefined && !/^https?:\/\/[^\s@]+$/.test(String(url.value))) {
    complaints.push({ line: url.line, sentence: 'center.url is no http:// or https:// address' });
  }
  if (entries.has('center.certificate_file') !== entries.has('center.key_file')) {
    const line = Math.max(at('center.certificate_file'), at('center.key_file'));
    complaints.push({ line, sentence: 'center.certificate_file and center.key_file go together' });
  }
  if (url !== undefined && !entries.has('center.token_file') && !entries.has('center.certificate_file')) {
    complaints.push({ line: url.line, sentence: 'center has neither token_file nor certificate_file' });
  }
}

function isPrefix(text: string): boolean {
  try {
    Telescope.of([text]);
    return true;
  } catch {
    return false;
  }
}

function valueOf(entries: ConfigEntries, name: KeyName): ConfigValue | undefined {
  const known: ConfigKey | undefined = CONFIG_KEYS.find((key) => key.name === name);
  return entries.get(name)?.[0].value ?? known?.initially;
}

function textOf(entries: ConfigEntries, name: KeyName): string | undefined {
  const value = valueOf(entries, name);
  return value === undefined ? undefined : String(value);
}

function numberOf(entries: ConfigEntries, name: KeyName): number {
  return Number(valueOf(entries, name));
}

function listOf(entries: ConfigEntries, name: KeyName): string[] {
  return (entries.get(name) ?? []).map(({ value }) => String(value));
}
