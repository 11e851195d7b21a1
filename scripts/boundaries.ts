/**
 * Who may import whom. The table is the rule; `npm test` holds every source file against it.
 *
 * `node:` stands for Node's own modules, `npm` for the packages that the room's own package.json declares. A room may
 * always import itself. Rooms meet by name (`@noroshi/wire/net/ipv4.ts`), never by a path that climbs out.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

const ROOT = resolve(import.meta.dirname, '..');
const ALL_PACKAGES = ['wire', 'kit', 'sensor', 'center', 'portal', 'simulate', 'cli'].map((name) => `packages/${name}`);

const ROOMS: Record<string, readonly string[]> = {
  'packages/wire': [],
  'packages/kit': ['node:'],
  'packages/simulate': ['node:', 'packages/wire', 'packages/kit'],
  'packages/sensor': ['node:', 'packages/wire', 'packages/kit'],
  'packages/center': ['node:', 'packages/wire', 'packages/kit', 'npm'],
  'packages/portal': ['packages/wire', 'npm'],
  'packages/cli': ['node:', ...ALL_PACKAGES, 'npm'],
  scripts: ['node:', ...ALL_PACKAGES, 'npm'],
  bench: ['node:', ...ALL_PACKAGES, 'npm'],
  cases: ['node:', ...ALL_PACKAGES, 'npm'],
};

/** What a *.test.ts, or a file in a folder `testing`, may import beyond its room's row; `npm` here means the checkout's devDependencies as well. */
const TESTS_ALSO: readonly string[] = ['node:', 'packages/simulate', 'packages/kit/testing.ts', 'npm'];

/** Runs in Node and makes what runs in a browser. */
const BUILDS: Record<string, readonly string[]> = { 'packages/portal/build.ts': ['node:'] };

/**
 * Inside these rooms the folders are the stations in the life of a packet: source → flow → segment → spool → uplink. A
 * station may know the one it takes its work from, never the one it hands it to; everything else meets in main.ts.
 * Each row: this folder may import those.
 */
const STATIONS: Record<string, Record<string, readonly string[]>> = {
  'packages/sensor': {
    flow: ['source'],
    segment: ['flow', 'source'],
    spool: ['segment'],
    uplink: ['spool'],
    live: ['source', 'flow', 'segment', 'uplink'],
    bin: ['live'],
    respond: ['flow'],
    testing: ['flow', 'segment'],
  },
  'packages/center': {
    ingest: ['enrich', 'store'],
    query: ['store'],
    publish: ['query'],
    api: ['ingest', 'query', 'publish', 'store', 'ledger', 'detect'],
    detect: ['store', 'ledger'],
    start: ['config', 'enrich', 'store', 'ledger', 'detect'],
  },
};

/** The package.json of each room ('' is the checkout's) as far as it matters here. */
export type Manifests = Record<string, { dependencies?: object; devDependencies?: object } | undefined>;

/** One import that the table does not allow, in words; undefined when it is allowed. */
export function judge(file: string, specifier: string, manifests: Manifests): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return `Cannot place ${file}: no room has this folder`;
  const target = targetOf(file, specifier);
  if (target === undefined) return judgeOutside(file, room, specifier, manifests);
  if (roomOf(target) === room) return judgeFolders(file, target, room);
  if (specifier.startsWith('.')) return `${file} imports ${specifier}: that path climbs out of ${room}`;
  const allowed = allowance(file, room).some((entry) => target === entry || target.startsWith(`${entry}/`));
  return allowed ? undefined : `${file} imports ${specifier}: ${room} may import ${listed(ROOMS[room])}`;
}

function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS).find((room) => path.startsWith(`${room}/`));
}

/** The path in the checkout that a specifier means; undefined for Node's modules and npm packages. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(dirname(file), specifier);
  if (specifier.startsWith('@noroshi/')) return `packages/${specifier.slice('@noroshi/'.length)}`;
  return undefined;
}

function allowance(file: string, room: string): readonly string[] {
  return [...(ROOMS[room] ?? []), ...(BUILDS[file] ?? []), ...(isTest(file) ? TESTS_ALSO : [])];
}

/** Tests, and what a folder `testing` holds for them. */
function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || file.includes('/testing/');
}

function judgeOutside(file: string, room: string, specifier: string, manifests: Manifests): string | undefined {
  const kind = isBuiltin(specifier) ? 'node:' : 'npm';
  if (!allowance(file, room).includes(kind)) {
    return `${file} imports ${specifier}: ${room} may import ${listed(ROOMS[room])}`;
  }
  if (kind === 'npm') {
    const declared = declares(file, room, specifier, manifests);
    return declared ? undefined : `${file} imports ${specifier}: no package.json of ${room} names it`;
  }
  return specifier.startsWith('node:') ? undefined : `${file} imports ${specifier}: say node:${specifier}`;
}

/** A package's own dependencies; the checkout's devDependencies too for tests and for what belongs to no package. */
function declares(file: string, room: string, specifier: string, manifests: Manifests): boolean {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const own = manifests[room]?.dependencies ?? {};
  const developer = isTest(file) || !room.startsWith('packages/');
  return name in own || (developer && name in (manifests['']?.devDependencies ?? {}));
}

function judgeFolders(file: string, target: string, room: string): string | undefined {
  const stations = STATIONS[room];
  const [from, to] = [folderOf(file, room), folderOf(target, room)];
  if (stations === undefined || from === to || to === undefined) return undefined;
  if (from === undefined && /\/main\.ts$|\.test\.ts$/.test(file)) return undefined;
  if (from === undefined) return `${file} imports ${target}: only main.ts may`;
  if (stations[from]?.includes(to)) return undefined;
  return `${file} imports ${target}: ${from} may not know ${to}`;
}

function folderOf(path: string, room: string): string | undefined {
  const parts = path.slice(room.length + 1).split('/');
  return parts.length > 1 ? parts[0] : undefined;
}

function listed(allowed: readonly string[] | undefined): string {
  return allowed === undefined || allowed.length === 0 ? 'nothing' : allowed.join(', ');
}

/** Every module a source names: imports, re-exports, and dynamic imports as far as they are literal. */
export function importsOf(file: string, source: string): string[] {
  if (file.endsWith('.svelte')) return scriptsOf(source).flatMap((script) => importsOf(`${file}.ts`, script));
  const { module } = parseSync(file, source);
  const imported = module.staticImports.map((statement) => statement.moduleRequest.value);
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  );
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    return /^['"`]([^$]*)['"`]$/.exec(source.slice(start, end))?.[1] ?? [];
  });
  return [...new Set([...imported, ...exported, ...dynamic])];
}

/** The scripts of a Svelte component; its markup imports nothing by itself. */
function scriptsOf(source: string): string[] {
  return [...source.matchAll(/<script\b[^>]*>(?<script>.*?)<\/script>/gs)].map(({ groups }) => groups?.script ?? '');
}

function readManifests(): Manifests {
  const manifests: Manifests = {};
  for (const room of ['', ...Object.keys(ROOMS)]) {
    const path = join(ROOT, room, 'package.json');
    if (existsSync(path)) manifests[room] = JSON.parse(readFileSync(path, 'utf8')) as Manifests[string];
  }
  return manifests;
}

/** Every source file of the checkout, as a path from its root. */
export function sourceFiles(): string[] {
  const patterns = ['packages', 'scripts', 'bench', 'cases'].map((folder) => `${folder}/**/*.{ts,mts,js,mjs,svelte}`);
  return globSync(patterns, { cwd: ROOT, exclude: (path) => path.includes('node_modules') }).toSorted();
}

/** All violations in the checkout. */
export function findViolations(): string[] {
  const manifests = readManifests();
  return sourceFiles().flatMap((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    return importsOf(file, source).flatMap((specifier) => judge(file, specifier, manifests) ?? []);
  });
}

if (import.meta.main) {
  const violations = findViolations();
  for (const violation of violations) console.log(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
