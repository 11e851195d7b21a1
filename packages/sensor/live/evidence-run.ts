/** `noroshi evidence`: chooses the files of the ring, cuts, and writes the manifest beside the capture. */
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cutEvidence, type EvidenceCut } from './evidence.ts';
import { LiveError, wordsOf } from './live-error.ts';
import { ringFiles } from './raw-ring.ts';
import { type Wanted, type WantedTexts, wantedByFinding, wantedOf } from './wanted.ts';

export interface EvidenceOptions extends WantedTexts {
  /** The ring's folder; files besides it or instead of it. */
  readonly ring: string | undefined;
  readonly captures: readonly string[];
  /** A finding, JSON, as the center answers. */
  readonly finding: string | undefined;
  readonly out: string;
  readonly now_ms: number;
  readonly version: string;
}

/** What stands in `<out>.json`. */
export interface Manifest {
  readonly tool: string;
  readonly version: string;
  readonly made_at: string;
  /** A sentence for whoever finds it. */
  readonly note: string;
  readonly finding: string | null;
  readonly filter: {
    readonly subject: string | null;
    readonly protocol: number | null;
    readonly port: number | null;
    readonly from: string | null;
    readonly to: string | null;
  };
  readonly inputs: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[];
  readonly counts: { readonly read: number; readonly matched: number };
  readonly first: number | null;
  readonly last: number | null;
  readonly files: EvidenceCut['files'];
  readonly damage: EvidenceCut['damage'];
}

const FINDING_BYTES_MAX = 16 * 1024 * 1024;
const MINUTE_MS = 60_000;
const NOTE =
  'The packets are as they were captured: they hold addresses of the sensor, which are secret, and bytes of strangers.';

/** Throws LiveError and the file system's errors. */
export async function makeEvidence(options: EvidenceOptions): Promise<Manifest> {
  const { finding, wanted } = demandOf(options);
  const paths = [...ringPaths(options.ring, wanted), ...options.captures];
  if (paths.length === 0) throw new LiveError('io', 'Cannot cut evidence: no raw packets of that time are kept');
  const out = resolve(options.out);
  if (statSync(out, { throwIfNoEntry: false }) !== undefined) {
    throw new LiveError('io', `Cannot write ${basename(out)}: it exists already`);
  }
  const inputs = [];
  for (const path of paths) inputs.push({ file: basename(path), ...(await digestOf(path)) });
  const cut = await cutEvidence(paths, wanted, out);
  const manifest: Manifest = {
    tool: 'noroshi evidence',
    version: options.version,
    made_at: new Date(options.now_ms).toISOString(),
    note: NOTE,
    finding,
    filter: {
      subject: wanted.subject ?? null,
      protocol: wanted.service?.proto ?? null,
      port: wanted.service?.port ?? null,
      from: isoOf(wanted.from_ms),
      to: isoOf(wanted.to_ms),
    },
    inputs,
    counts: { read: cut.read, matched: cut.matched },
    first: cut.first,
    last: cut.last,
    files: cut.files,
    damage: cut.damage,
  };
  writeFileSync(`${out}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  return manifest;
}

function demandOf(options: EvidenceOptions): { readonly finding: string | null; readonly wanted: Wanted } {
  const { finding: file, subject, service, from, to } = options;
  if (file === undefined) return { finding: null, wanted: wantedOf(options) };
  if ([subject, service, from, to].some((given) => given !== undefined)) {
    throw new LiveError(
      'usage',
      'Cannot cut evidence: --finding already says whose packets, of which service and time',
    );
  }
  if (statSync(file).size > FINDING_BYTES_MAX) {
    throw new LiveError('usage', `Cannot read the finding: it is larger than ${FINDING_BYTES_MAX} bytes`);
  }
  const { id, wanted } = wantedByFinding(readFileSync(file, 'utf8'));
  return { finding: id, wanted };
}

/** Files of minutes that the time touches; packets may be some minutes away from their file's name when a clock stepped. */
function ringPaths(ring: string | undefined, { from_ms, to_ms }: Wanted): string[] {
  if (ring === undefined) return [];
  try {
    return ringFiles(ring)
      .filter(({ minute_ms }) => minute_ms + 2 * MINUTE_MS > from_ms && minute_ms - MINUTE_MS < to_ms)
      .map(({ path }) => path);
  } catch (error) {
    throw new LiveError('io', `Cannot read the ring: ${wordsOf(error)}`);
  }
}

async function digestOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: statSync(path).size, sha256: hash.digest('hex') };
}

function isoOf(time_ms: number): string | null {
  return time_ms > 0 && time_ms < 8.64e15 ? new Date(time_ms).toISOString() : null;
}
