/** gzip and zstd: cut, corrupt, in several members or frames, followed by rubbish; from files and from pipes. */
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import type { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { type Damage, MergedSource } from './source/merge.ts';
import { packetsOf, scratch } from './testing/captures.ts';

const at = scratch();
const { bytes: capture } = simulateToBytes({ seed: 51, packets: 4000, scenario: 'responding' });
const whole = Array.from(packetsOf(capture), printOf);
/** Longest that reading may take here; a stream that never ends would wait for ever. */
const READ_MS_MAX = 5000;
/** What a pipe gives the decoder at once (decompressed.ts). */
const PIECE_BYTES = 16 * 1024;

interface Read {
  /** One line of text a packet. */
  readonly packets: readonly string[];
  readonly damage: readonly Damage[];
}

function printOf({ seconds, nanoseconds, bytes, at: from, end }: CaptureReader): string {
  return `${seconds}.${nanoseconds} ${Buffer.from(bytes.subarray(from, end)).toString('base64')}`;
}

/** How many packets there are when they are the capture's first ones, else where they differ: short enough to be read. */
function count(packets: readonly string[]): number | string {
  const wrong = packets.findIndex((packet, index) => packet !== whole[index]);
  return wrong < 0 ? packets.length : `packet ${wrong} of ${packets.length} is another`;
}

const kindsOf = (damage: readonly Damage[]): string => damage.map(({ kind }) => kind).join(' ');

async function readAll(path: string): Promise<Read> {
  const source = await MergedSource.open([path]);
  const packets: string[] = [];
  for (let reader = source.next(); reader !== undefined; reader = source.next()) {
    if (reader === null) await source.refill();
    else packets.push(printOf(reader));
  }
  source.close();
  return { packets, damage: source.damage };
}

/** Reads bytes from a file or through a named pipe; fails when that does not end. */
async function read(bytes: Uint8Array, way: 'file' | 'pipe'): Promise<Read> {
  const file = at(`x${Math.trunc(performance.now() * 1000)}`);
  writeFileSync(file, bytes);
  const end = new AbortController();
  const late = wait(READ_MS_MAX, undefined, { signal: end.signal }).then(() => assert.fail('reading does not end'));
  try {
    if (way === 'file') return await Promise.race([readAll(file), late]);
    execFileSync('mkfifo', [`${file}.fifo`]);
    const writer = spawn('sh', ['-c', `cat '${file}' > '${file}.fifo'`], { stdio: 'ignore' });
    const result = await Promise.race([readAll(`${file}.fifo`), late]);
    writer.kill();
    return result;
  } finally {
    end.abort();
    late.catch(() => {});
  }
}

const CODECS = {
  gzip: {
    compress: (bytes: Uint8Array): Buffer => gzipSync(bytes),
    // What a cut stream still tells: zlib gives what it has when it is not asked for the end.
    partial: (bytes: Uint8Array): Buffer => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  },
  zstd: {
    compress: (bytes: Uint8Array): Buffer => zstdCompressSync(bytes),
    partial: (bytes: Uint8Array): Buffer => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush }),
  },
} as const;

/** Packets that the first bytes of a stream tell, as far as zlib itself gives them. */
function packetsIn(partial: (bytes: Uint8Array) => Uint8Array, stream: Uint8Array, bytes: number): number {
  return bytes === 0 ? 0 : [...packetsOf(partial(stream.subarray(0, bytes)))].length;
}

/** A pipe cannot be read again: it may lose the piece in which the damage lies. This is where that piece begins. */
const pieceOf = (offset: number): number => Math.floor(offset / PIECE_BYTES) * PIECE_BYTES;

/** Noise from an offset on: what a decoder makes of it is anybody's guess, but it cannot end well. */
function corrupted(stream: Uint8Array, from: number): Uint8Array {
  return stream.map((byte, index) => (index < from ? byte : (Math.imul(index, 0x9e3779b1) >>> 13) & 255));
}

/** What may stand behind a whole stream, and which damage may be reported. */
const BEHIND: Readonly<Record<string, { readonly rubbish: Uint8Array; readonly kinds: RegExp }>> = {
  'zeros, as tapes pad': { rubbish: Buffer.alloc(1000), kinds: /^$|^stream$/ },
  text: { rubbish: Buffer.from('-- end of file --\n'.repeat(50)), kinds: /^stream$/ },
  'a single byte': { rubbish: Buffer.of(0x1f), kinds: /^$|^stream$/ },
};

const third = Math.floor(capture.length / 3);
const parts = [
  capture.subarray(0, third),
  new Uint8Array(0),
  capture.subarray(third, third + 7),
  capture.subarray(third + 7),
];

for (const [codec, { compress, partial }] of Object.entries(CODECS)) {
  const stream = compress(capture);
  for (const way of ['file', 'pipe'] as const) {
    test(`MergedSource reads ${codec} from a ${way}`, async () => {
      const { packets, damage } = await read(stream, way);
      assert.deepEqual([count(packets), kindsOf(damage)], [whole.length, '']);
    });

    test(`MergedSource reads ${codec} in several ${codec === 'gzip' ? 'members' : 'frames'} from a ${way}`, async () => {
      const { packets, damage } = await read(Buffer.concat(parts.map(compress)), way);
      assert.deepEqual([count(packets), kindsOf(damage)], [whole.length, '']);
    });

    test(`MergedSource says at which byte of ${codec} from a ${way} the damage lies`, async () => {
      const text = Buffer.from('-- end of file --\n');
      const { damage: behind } = await read(Buffer.concat([stream, text]), way);
      const isExact = way === 'file' || codec === 'zstd';
      assert.equal(behind[0].offset, isExact ? stream.length : pieceOf(stream.length));
      assert.match(behind[0].detail, isExact ? /^rubbish behind/ : /, up to 16384 bytes behind it$/);
      const from = Math.floor(stream.length / 2);
      const { damage } = await read(corrupted(stream, from), way);
      // Noise goes on for a while before anything in it cannot be; the packets in it may be the first that cannot.
      assert.ok(
        damage[0].kind === 'stream'
          ? damage[0].offset >= (way === 'file' ? from : pieceOf(from))
          : damage[0].isOfUnpacked,
      );
    });

    for (const [name, { rubbish, kinds }] of Object.entries(BEHIND)) {
      test(`MergedSource reads all of ${codec} from a ${way} in front of ${name}, and ends`, async () => {
        const { packets, damage } = await read(Buffer.concat([stream, rubbish]), way);
        const isLossy = way === 'pipe' && codec === 'gzip' && name === 'text';
        const sure = isLossy ? packetsIn(partial, stream, pieceOf(stream.length)) : whole.length;
        assert.equal(count(packets.slice(0, sure)), sure);
        assert.match(kindsOf(damage), kinds);
      });
    }

    test(`MergedSource reads ${codec} cut anywhere from a ${way} as far as it says anything`, async () => {
      for (let cut = 5; cut < stream.length; cut += Math.ceil(stream.length / 13)) {
        const { packets, damage } = await read(stream.subarray(0, cut), way);
        const expected = packetsIn(partial, stream, cut);
        assert.deepEqual([count(packets), kindsOf(damage)], [expected, 'stream'], `cut at ${cut}`);
      }
    });

    test(`MergedSource reads corrupt ${codec} from a ${way} up to the corruption`, async () => {
      for (const wrong of [40, 20_000, stream.length - 9]) {
        const { packets, damage } = await read(corrupted(stream, wrong), way);
        const sure = packetsIn(partial, stream, way === 'file' ? wrong : pieceOf(wrong));
        assert.equal(count(packets.slice(0, sure)), sure, `corrupt from ${wrong}`);
        assert.equal(damage.length, 1, `corrupt from ${wrong}`);
      }
    });
  }

  test(`MergedSource finds nothing in an empty or unfinished ${codec} stream`, async () => {
    for (const bytes of [compress(new Uint8Array(0)), stream.subarray(0, 4), stream.subarray(0, 9)]) {
      const { packets, damage } = await read(bytes, 'file');
      assert.deepEqual([packets.length, damage.length], [0, 1]);
    }
  });
}

test('MergedSource does not decompress twice: a capture inside two gzips is not a capture', async () => {
  const { packets, damage } = await read(gzipSync(gzipSync(capture)), 'file');
  assert.deepEqual([packets.length, kindsOf(damage)], [0, 'format']);
});

test('MergedSource notices a wrong checksum behind the last packet', async () => {
  const stream = gzipSync(capture);
  stream[stream.length - 6] ^= 1;
  const { packets, damage } = await read(stream, 'file');
  assert.deepEqual([count(packets), kindsOf(damage)], [whole.length, 'stream']);
});
