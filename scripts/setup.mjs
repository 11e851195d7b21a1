// Makes a checkout ready to run: every npm script starts here. Plain JavaScript without a dependency, because it runs on
// whatever Node (>= 20) the machine has; what it installs contains Node 24 (the npm package `node`), and the scripts name
// that one by path afterwards: a shell that has once found the system's `node` remembers it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 20;
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const NODE = join(ROOT, 'node_modules/.bin/node');
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|E5\d\d)\b/;

/** @typedef {{ version?: string, integrity?: string, link?: boolean, bin?: object, optional?: boolean }} Entry */

/**
 * The packages of a lock file; undefined when there is none or it was cut short.
 * @param {string} path
 * @returns {Record<string, Entry> | undefined}
 */
function readLock(path) {
  try {
    return /** @type {{ packages?: Record<string, Entry> }} */ (JSON.parse(readFileSync(path, 'utf8'))).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm's own stamp, written last, is the lock file of what it really installed: comparing it with ours tells a finished
 * install of these very versions from an absent, interrupted or outdated one, whoever ran it.
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  const found = readLock(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined || found === undefined || !existsSync(join(root, 'node_modules/.bin/node'))) return false;
  return Object.entries(wanted).every(([path, entry]) => path === '' || isSame(entry, found[path]));
}

/**
 * @param {Entry} wanted
 * @param {Entry | undefined} found
 */
function isSame(wanted, found) {
  // Builds for other platforms stand in the lock file but are never installed.
  if (found === undefined) return wanted.optional === true;
  const essence = (/** @type {Entry} */ { version, integrity, link, bin }) => [version, integrity, link, bin];
  return JSON.stringify(essence(wanted)) === JSON.stringify(essence(found));
}

/**
 * npm must not run on the Node inside the node_modules that it is about to replace.
 * @param {string} path
 */
function withoutOwnBinaries(path) {
  return path
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
    .join(delimiter);
}

/**
 * One sentence: what went wrong, as far as npm's output tells.
 * @param {string} output
 * @param {string} state
 */
export function explainFailure(output, state) {
  const code = UNREACHABLE.exec(output)?.[1];
  if (code !== undefined) return `Cannot install dependencies: the npm registry is unreachable (${code})`;
  const said = output
    .split('\n')
    .flatMap((line) => /^npm error (?!code )(?<said>\S.*)/.exec(line)?.groups?.['said'] ?? []);
  return `Cannot install dependencies: npm install ${state}${said.length === 0 ? '' : ` (${said[0]})`}`;
}

/**
 * `npm install --no-save` takes exactly what the lock file names and leaves it alone, like `npm ci`. But `npm ci` also
 * demands that the lock file name the builds for every other platform, which a registry mirror need not carry.
 */
function install() {
  console.log('Installing dependencies …');
  // npm takes its own stamp at its word: where the Node is missing in spite of it, only a new start helps.
  if (!existsSync(NODE)) rmSync(join(ROOT, 'node_modules'), { recursive: true, force: true });
  const env = { ...process.env, PATH: withoutOwnBinaries(process.env.PATH ?? '') };
  const args = ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier'];
  const npm = spawnSync('npm', args, { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (npm.error !== undefined) return `Cannot install dependencies: npm does not start (${npm.error.message})`;
  if (npm.status !== 0) return explainFailure(npm.stderr, `ended with ${npm.status ?? npm.signal}`);
  return isInstalled(ROOT) ? undefined : 'Cannot install dependencies: npm install left node_modules incomplete';
}

function main() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < NODE_MAJOR_MIN) return `Cannot start: Node ${process.versions.node} is older than ${NODE_MAJOR_MIN}`;
  return isInstalled(ROOT) ? undefined : install();
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const failure = main();
  if (failure !== undefined) {
    console.error(failure);
    process.exitCode = 1;
  }
}
