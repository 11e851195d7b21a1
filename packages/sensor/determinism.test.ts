/** The same capture gives the same file, byte for byte, whatever the number of workers; and the same rows from any chunking. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { type FlowsOptions, type FlowsOutcome, writeFlows } from './segment/flows.ts';
import { pcapngOf, pcapOf, scratch, shotsOf } from './testing/captures.ts';
import { readSegment } from './testing/rows.ts';

const at = scratch();
const { bytes: small } = simulateToBytes({ seed: 5, packets: 3000, scenario: 'responding', duration_s: 200 });

function flows(path: string, options: Partial<FlowsOptions> = {}): Promise<FlowsOutcome> {
  return writeFlows({ paths: [path], out: at('x.parquet'), workers: 1, compression: 'none', ...options });
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function sameWithWorkers(path: string, options: Partial<FlowsOptions>, groupsMin: number): Promise<void> {
  const results = [];
  for (const workers of [1, 2, 3]) {
    const out = at(`${workers}.parquet`);
    const { segment, counters, dropped, damage } = await flows(path, { ...options, workers, out });
    results.push({ sha256: sha256(out), segment, counters, dropped, damage });
  }
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
  assert.ok(results[0].segment.digests.length >= groupsMin, `${results[0].segment.digests.length} row groups`);
}

test('writeFlows writes the same bytes with one, two and three workers', async () => {
  const { bytes } = simulateToBytes({ seed: 2, packets: 540_000, duration_s: 600, scenario: 'unique' });
  writeFileSync(at('large.pcap'), bytes.subarray(0, bytes.length - 7));
  await sameWithWorkers(at('large.pcap'), { rowsPerMinuteMax: 20_000, compression: 'zstd' }, 20);
});

/** A clock that springs to and fro begins a minute with every packet: many row groups from few packets. */
function jumping(packets: number): Uint8Array {
  const shots = shotsOf(simulateToBytes({ seed: 3, packets, duration_s: 60 }).bytes);
  return pcapngOf(
    shots.map((shot, index) => ({ ...shot, seconds: shot.seconds + (index % 3) * 600 })),
    7001,
  );
}

test('writeFlows writes the same bytes from pcapng of several sections with one, two and three workers', async () => {
  writeFileSync(at('sections.pcapng'), jumping(70_000));
  await sameWithWorkers(at('sections.pcapng'), { prefixes: ['25.37.0.0/20'] }, 3);
});

for (const compression of ['none', 'zstd', 'gzip'] as const) {
  test(`writeFlows with compression ${compression} writes the same bytes twice`, async () => {
    writeFileSync(at('small.pcap'), small);
    await flows(at('small.pcap'), { out: at('1.parquet'), compression });
    await flows(at('small.pcap'), { out: at('2.parquet'), compression });
    assert.equal(sha256(at('1.parquet')), sha256(at('2.parquet')));
  });
}

/** Cuts bytes into pieces of pseudo-random sizes around `mean`. */
function* pieces(bytes: Uint8Array, mean: number): Generator<Uint8Array> {
  for (let from = 0, state = 1; from < bytes.length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const size = 1 + ((state >>> 8) % (2 * mean));
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

/** Bytes into a stream in pieces that the other side sees one by one. */
async function trickle(stream: NodeJS.WritableStream, bytes: Uint8Array, mean: number): Promise<void> {
  for (const piece of pieces(bytes, mean)) {
    if (!stream.write(piece)) await once(stream, 'drain');
    await turn();
  }
  stream.end();
}

/** Digest of the flows of what is written into a named pipe. */
async function throughFifo(bytes: Uint8Array, mean: number, workers: number): Promise<string> {
  const path = at(`fifo-${mean}-${bytes.length}`);
  execFileSync('mkfifo', [path]);
  const writer = spawn('sh', ['-c', `cat > '${path}'`], { stdio: ['pipe', 'inherit', 'inherit'] });
  const [{ segment }] = await Promise.all([flows(path, { workers }), trickle(writer.stdin, bytes, mean)]);
  return segment.digest;
}

const FLOWS_OF_STDIN = `
  const { writeFlows } = await import(process.argv[1]);
  await writeFlows({ paths: ['-'], out: process.argv[2], workers: 2, compression: 'none' });
`;

/** The same through a process's standard input. */
async function throughStdin(bytes: Uint8Array, mean: number): Promise<string> {
  const script = new URL('./segment/flows.ts', import.meta.url).href;
  const args = ['--input-type=module', '-e', FLOWS_OF_STDIN, script, at('stdin.parquet')];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.all([ended, trickle(child.stdin, bytes, mean)]);
  assert.deepEqual(await ended, [0, null]);
  return readSegment(at('stdin.parquet')).segment.digest;
}

const FORMS: Readonly<Record<string, Uint8Array>> = {
  pcap: small,
  pcapng: pcapngOf(shotsOf(small), 1000),
  gzip: gzipSync(small),
  zstd: zstdCompressSync(small),
};

for (const [form, bytes] of Object.entries(FORMS)) {
  test(`writeFlows gives the same rows of ${form} from a file, a pipe and standard input`, async () => {
    writeFileSync(at('form'), bytes);
    const { segment } = await flows(at('form'));
    writeFileSync(at('plain'), pcapOf(shotsOf(small)));
    assert.equal(segment.digest, (await flows(at('plain'))).segment.digest, 'as the plain capture');
    for (const [mean, workers] of [
      [100, 1],
      [70_000, 2],
    ]) {
      assert.equal(await throughFifo(bytes, mean, workers), segment.digest, `pipe in pieces of about ${mean} bytes`);
    }
    assert.equal(await throughStdin(bytes, 5000), segment.digest, 'standard input');
  });
}
