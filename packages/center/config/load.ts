/** Reads a configuration file. Everything wrong with it is said at once, each with its line. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Complaint, COMPLAINTS_MAX, complaintsOf } from './complaint.ts';
import { type Config, configSchema } from './schema.ts';

/** Largest file: ten thousand sensors with their prefixes fit. */
export const CONFIG_BYTES_MAX = 8 * 1024 * 1024;

/** `Cannot read noroshi.yaml: line 3: unknown key prot (did you mean listen.port?); line 7: …`. Keys are foreign text. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly complaints: readonly Complaint[];

  constructor(file: string, complaints: readonly Complaint[]) {
    const lines = complaints.map(({ line, sentence }) => `line ${line}: ${sentence}`);
    super(`Cannot read ${file}: ${lines.join('; ')}`);
    this.complaints = complaints;
  }
}

/**
 * The configuration in a file, its paths absolute.
 * @throws ConfigError, or the file system's error when the file cannot be read
 */
export function loadConfig(file: string): Config {
  if (statSync(file).size > CONFIG_BYTES_MAX) {
    throw new ConfigError(file, [{ line: 1, sentence: `the file is larger than ${CONFIG_BYTES_MAX} bytes` }]);
  }
  return withAbsolutePaths(parseConfig(readFileSync(file, 'utf8'), file), dirname(resolve(file)));
}

/**
 * The configuration in a text; its paths as they stand there.
 * @param file name of the text, for errors
 * @throws ConfigError
 */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const complaints = document.errors.slice(0, COMPLAINTS_MAX).map(({ pos, message }) => {
      return { line: lines.linePos(pos[0]).line, sentence: `not YAML: ${message}` };
    });
    throw new ConfigError(file, complaints);
  }
  const checked = configSchema.safeParse(plainOf(document, file));
  if (!checked.success) throw new ConfigError(file, complaintsOf(checked.error.issues, document.contents, lines));
  return checked.data;
}

function plainOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // Aliases of aliases of aliases, or one of nothing.
    throw new ConfigError(file, [{ line: 1, sentence: `not YAML: ${error instanceof Error ? error.message : ''}` }]);
  }
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute = (path: string): string => resolve(folder, path);
  const { store, tables, listen, ledger } = config;
  return {
    ...config,
    state_folder: absolute(config.state_folder),
    listen: listen.tls === undefined ? listen : { ...listen, tls: mapped(listen.tls, absolute) },
    store: { ...store, ...mapped({ path: store.path, password_file: store.password_file }, absolute) },
    scanner_lists: config.scanner_lists.map(absolute),
    tables: mapped(tables, absolute),
    ledger: mapped(ledger, absolute),
  };
}

/** The same paths, absolute; what is not said stays away. */
function mapped<T extends Record<string, string | undefined>>(paths: T, absolute: (path: string) => string): T {
  const said = Object.entries(paths).flatMap(([key, path]) => (path === undefined ? [] : [[key, absolute(path)]]));
  return Object.fromEntries(said) as T;
}
