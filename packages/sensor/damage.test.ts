/** Cut and lying captures, inputs that cannot be read: every packet before the damage counts, the failure says where it is. */
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { describeFailure } from '@noroshi/wire/capture/failure.ts';
import { erfRecord } from '@noroshi/wire/capture/testing.ts';
import { type FlowsOutcome, writeFlows } from './segment/flows.ts';
import { FileInput } from './source/input.ts';
import { packetsOf, pcapngOf, pcapOf, scratch, shotsOf } from './testing/captures.ts';
import { oracle } from './testing/oracle.ts';
import { difference, readRows } from './testing/rows.ts';

const at = scratch();
const shots = shotsOf(simulateToBytes({ seed: 41, packets: 40, scenario: 'responding', snap_bytes: 40 }).bytes).slice(
  0,
  12,
);

const FORMATS: Readonly<Record<string, Uint8Array>> = {
  pcap: pcapOf(shots),
  pcapng: pcapngOf(shots.slice(0, 7), 4),
  ERF: Buffer.concat(shots.map(({ bytes, seconds }) => erfRecord(bytes, { seconds }))),
};

function flows(path: string, workers = 1): Promise<FlowsOutcome> {
  return writeFlows({ paths: [path], out: at('x.parquet'), workers, compression: 'none' });
}

/** Where the capture may be cut without damage, and where each unit that cannot be cut begins. */
function packetStarts(capture: Uint8Array): number[] {
  return Array.from(packetsOf(capture), ({ recordOffset }) => recordOffset);
}

for (const [format, capture] of Object.entries(FORMATS)) {
  test(`writeFlows of ${format} cut at every byte keeps the packets before and names the byte`, async () => {
    const starts = packetStarts(capture);
    const ends = Array.from(packetsOf(capture), ({ offset }) => offset);
    for (let length = 0; length < capture.length; length++) {
      writeFileSync(at('cut'), capture.subarray(0, length));
      const { counters, damage } = await flows(at('cut'));
      const whole = ends.filter((end) => end <= length).length;
      assert.equal(counters.received, whole, `cut at ${length}`);
      assert.ok(damage.length <= 1, `cut at ${length}`);
      const [failure] = damage;
      if (failure === undefined) continue;
      // The failure lies where the unit that is cut begins: behind every whole packet, before the cut.
      assert.ok(failure.offset >= (ends[whole - 1] ?? 0) && failure.offset <= length, `${failure.offset} of ${length}`);
      assert.ok(failure.offset <= (starts[whole] ?? length), `${failure.offset} of ${length}`);
      const where = failure.offset === 0 ? /empty|neither|header/ : new RegExp(` at byte ${failure.offset}: `);
      assert.match(describeFailure(failure), where);
      assert.equal(failure.input, at('cut'));
    }
  });

  test(`writeFlows of ${format} cut inside a packet fails there, with every row before`, async () => {
    const starts = packetStarts(capture);
    for (const [whole, start] of starts.entries()) {
      // ERF has no file header: before its first record is whole there is nothing to know it by.
      if (whole === 0 && format === 'ERF') continue;
      const cut = capture.subarray(0, start + 17);
      writeFileSync(at('cut'), cut);
      for (const workers of whole % 4 === 3 ? [1, 2] : [1]) {
        const { damage } = await flows(at('cut'), workers);
        assert.deepEqual(
          damage.map(({ kind, offset }) => ({ kind, offset })),
          [{ kind: 'cut', offset: start }],
        );
        const rows = await readRows(at('x.parquet'), parquetReadObjects);
        assert.equal(difference(rows, oracle(cut).rows), undefined);
      }
    }
  });
}

test('writeFlows stops at a record that claims an impossible length, with one and two workers alike', async () => {
  const capture = Buffer.from(FORMATS.pcap);
  const [, , , fourth] = packetStarts(capture);
  capture.writeUInt32LE(0x7fffffff, fourth + 8);
  writeFileSync(at('lie'), capture);
  for (const workers of [1, 2]) {
    const { counters, damage } = await flows(at('lie'), workers);
    assert.equal(counters.received, 3);
    assert.deepEqual(
      damage.map(({ kind, offset }) => [kind, offset]),
      [['record', fourth]],
    );
  }
});

test('writeFlows of several files goes on after a damaged one and names it', async () => {
  const capture = FORMATS.pcap;
  writeFileSync(at('a'), capture.subarray(0, capture.length - 1));
  writeFileSync(at('b'), capture);
  writeFileSync(at('c'), 'no capture at all'.repeat(1000));
  const paths = [at('c'), at('a'), at('b')];
  const { counters, damage } = await writeFlows({ paths, out: at('x.parquet'), workers: 2, compression: 'none' });
  assert.equal(counters.received, 2 * shots.length - 1);
  assert.deepEqual(damage.map(({ kind, input }) => `${kind} ${input}`).toSorted(), [
    `cut ${at('a')}`,
    `format ${at('c')}`,
  ]);
});

/** Inputs that cannot be opened or read at all; `path` is what the error must name. */
const UNREADABLE: Readonly<Record<string, { readonly code: string; readonly path: string }>> = {
  'a missing file': { code: 'ENOENT', path: at('missing/x.pcap') },
  'a directory': { code: 'EISDIR', path: at('folder') },
  'a link to nowhere': { code: 'ENOENT', path: at('link') },
  // A process's memory is a file whose first page cannot be read.
  'a file that gives a read error': { code: 'EIO', path: '/proc/self/mem' },
};
mkdirSync(at('folder'));
symlinkSync(at('nowhere'), at('link'));

for (const [name, { code, path }] of Object.entries(UNREADABLE)) {
  for (const workers of [1, 2]) {
    test(`writeFlows of ${name} with ${workers} workers throws ${code}, names it and leaves no file`, async () => {
      const out = at('unreadable.parquet');
      const written = writeFlows({ paths: [path], out, workers, compression: 'none' });
      await assert.rejects(written, (error: NodeJS.ErrnoException) => {
        assert.equal(error.code, code);
        assert.ok(error.message.includes(path), error.message);
        return true;
      });
      assert.deepEqual(
        readdirSync(dirname(out)).filter((file) => file.startsWith('unreadable')),
        [],
      );
    });
  }
}

test('FileInput takes a read error as the end of the input, named with its byte', () => {
  writeFileSync(at('whole'), FORMATS.pcap);
  const fd = openSync(at('whole'), 'r');
  const input = new FileInput(at('whole'), fd, FORMATS.pcap.length);
  assert.equal(input.read(new Uint8Array(100)), 100);
  closeSync(fd);
  assert.equal(input.read(new Uint8Array(100)), 0);
  assert.deepEqual([input.failure?.kind, input.failure?.offset], ['input', 100]);
});
