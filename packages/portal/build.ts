/**
 * Builds the page into `dist`, once for each state of its sources: a second call finds the same digest and does nothing.
 *
 *   node packages/portal/build.ts
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const ROOT = import.meta.dirname;
const WIRE = resolve(ROOT, '../wire/api');
const PORTAL_DIST = join(ROOT, 'dist');
/** Beside the packages, where nobody looks for sources; on the same disk, so that a finished folder can be renamed. */
const WORKSHOP = join(ROOT, 'node_modules');
const DIGEST_FILE = '.digest';
/** Smaller ones fit into one packet anyway. */
const COMPRESSED_BYTES_MIN = 1024;

/** What the page is made of; its packages are in the lock file's care, their versions in package.json. */
const SOURCES = ['index.html', 'build.ts', 'package.json', 'public/**/*', 'src/**/*.{ts,svelte,css}'];

export interface PortalBuild {
  /** The folder to be served at `/`. */
  readonly folder: string;
  /** False when it was up to date. */
  readonly isNew: boolean;
}

/** Throws what Vite throws: a source that does not compile. Takes about two seconds, or some ms when nothing changed. */
export async function buildPortal(): Promise<PortalBuild> {
  const digest = digestSources();
  if (readDigest() === digest) return { folder: PORTAL_DIST, isNew: false };
  mkdirSync(WORKSHOP, { recursive: true });
  const made = mkdtempSync(join(WORKSHOP, '.dist-'));
  try {
    await bundle(made);
    compress(made);
    writeFileSync(join(made, DIGEST_FILE), digest);
    chmodSync(made, 0o755);
    replaceDist(made, digest);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return { folder: PORTAL_DIST, isNew: true };
}

async function bundle(outDir: string): Promise<void> {
  // Vite is loaded only when there is something to build: it costs more than the comparison.
  const [{ build }, { svelte }] = await Promise.all([import('vite'), import('@sveltejs/vite-plugin-svelte')]);
  await build({
    root: ROOT,
    configFile: false,
    // Relative addresses: the page may live behind a path of a bigger site.
    base: './',
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    build: {
      outDir,
      emptyOutDir: true,
      // No `data:` addresses, which would be one more thing to allow.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // ECharts is one chunk, which comes after the figures.
      chunkSizeWarningLimit: 700,
    },
  });
}

/** `x.js.gz` and `x.js.br` beside `x.js`, for servers that send files as they lie. */
function compress(folder: string): void {
  for (const path of globSync('**/*.{js,css,html,svg}', { cwd: folder })) {
    const bytes = readFileSync(join(folder, path));
    if (bytes.length < COMPRESSED_BYTES_MIN) continue;
    writeFileSync(join(folder, `${path}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(bytes));
  }
}

/** Another process may have built the same in the meantime: then its folder is as good as ours. */
function replaceDist(made: string, digest: string): void {
  rmSync(PORTAL_DIST, { recursive: true, force: true });
  try {
    renameSync(made, PORTAL_DIST);
  } catch (error) {
    if (readDigest() !== digest) throw error;
  }
}

function readDigest(): string | undefined {
  const file = join(PORTAL_DIST, DIGEST_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function digestSources(): string {
  const hash = createHash('sha256');
  const own = globSync(SOURCES, { cwd: ROOT, exclude: (path) => path.endsWith('.test.ts') });
  for (const file of [...own.map((path) => join(ROOT, path)), ...globSync(`${WIRE}/*.ts`)].toSorted()) {
    const bytes = readFileSync(file);
    hash.update(`${file.slice(ROOT.length)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

if (import.meta.main) {
  const { folder, isNew } = await buildPortal();
  process.stdout.write(`${isNew ? 'built' : 'up to date'}: ${folder}\n`);
}
