import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Bin } from '@noroshi/center/detect/flow-batch.ts';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { type SimulateOptions, simulateToBytes } from '@noroshi/simulate/main.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { folder } from '../testing.ts';
import { CaptureBins, type CaptureBinsOptions } from './captures.ts';
import { Channel } from './channel.ts';
import { Conversations } from './conversations.ts';

const PREFIXES = ['25.37.0.0/24'];
const OPTIONS: SimulateOptions = { seed: 3, packets: 30_000, duration_s: 1800, prefixes: PREFIXES };

/** A bin with memory of its own. */
async function binsOf(options: CaptureBinsOptions): Promise<{ bins: Bin[]; source: CaptureBins }> {
  const source = new CaptureBins(options);
  const bins: Bin[] = [];
  for await (const bin of source) bins.push(structuredClone(bin));
  return { bins, source };
}

function write(path: string, name: string, options: SimulateOptions): string {
  const file = join(path, name);
  writeFileSync(file, simulateToBytes(options).bytes);
  return file;
}

/** Rows of a bin in an order of their own. */
function rowsOf({ flows }: Bin): string[] {
  return Array.from({ length: flows.rows }, (_, row) => {
    const at = row * 4;
    const address = (words: Uint32Array): string => words.subarray(at, at + 4).join('.');
    return [address(flows.src), address(flows.dst), flows.proto[row], flows.service_port[row], flows.packets[row]].join(
      ' ',
    );
  }).toSorted();
}

test('CaptureBins: held or streamed, the bins are the same', async (context) => {
  const file = write(folder(context), 'a.pcap', OPTIONS);
  const held = await binsOf({ paths: [file] });
  const streamed = await binsOf({ paths: [file], rowsHeldMax: 10 });
  assert.equal(held.bins.length, 30);
  assert.deepEqual(
    streamed.bins.map((bin) => [bin.minute_ms, bin.exposure, rowsOf(bin)]),
    held.bins.map((bin) => [bin.minute_ms, bin.exposure, rowsOf(bin)]),
  );
  assert.equal(streamed.source.outcome.late, 0);
});

test('CaptureBins: every packet of the telescope is in one row, minutes ascend', async (context) => {
  const file = write(folder(context), 'a.pcap', OPTIONS);
  const { bins, source } = await binsOf({ paths: [file], prefixes: PREFIXES });
  const packets = bins.reduce((sum, { flows }) => sum + flows.packets.reduce((total, one) => total + one, 0), 0);
  assert.equal(packets, source.outcome.counters.kept);
  for (const [index, bin] of bins.entries()) {
    assert.deepEqual(bin.exposure, { addresses: 256, networks64: 0 });
    if (index > 0) assert.equal(bin.minute_ms, bins[index - 1].minute_ms + 60_000);
  }
});

test('CaptureBins: without prefixes the destinations of what nobody asked for listened', async (context) => {
  const file = write(folder(context), 'a.pcap', { ...OPTIONS, only: true, mix: { drizzle: 1 } });
  const { source } = await binsOf({ paths: [file] });
  assert.deepEqual(source.outcome.exposure, { addresses: 256, networks64: 0 });
  assert.equal(source.outcome.answered, 0);
  assert.equal(source.outcome.isExact, true);
});

test('CaptureBins: the empty minutes of a capture were listened to, a long silence was not', async (context) => {
  const path = folder(context);
  const day_s = 86_400;
  const one = (name: string, start_s: number): string =>
    write(path, name, { packets: 20, duration_s: 5, start_s, prefixes: PREFIXES });
  const start = 1_735_689_600;
  const near = await binsOf({ paths: [one('a.pcap', start), one('b.pcap', start + 600)] });
  assert.deepEqual(
    near.bins.map(({ flows }) => flows.rows > 0),
    Array.from({ length: 11 }, (_, minute) => minute % 10 === 0),
  );
  const far = await binsOf({ paths: [one('a.pcap', start), one('b.pcap', start + 3 * day_s)] });
  assert.equal(far.bins.length, 2);
});

test('CaptureBins: standard input that is too large to hold asks for prefixes', () => {
  const module = JSON.stringify(join(import.meta.dirname, 'captures.ts'));
  const program = `const { CaptureBins } = await import(${module});
    try { for await (const _ of new CaptureBins({ paths: ['-'], rowsHeldMax: 10 })); }
    catch (error) { console.log(error.name + ': ' + error.message); }`;
  const { bytes: input } = simulateToBytes({ packets: 500 });
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { input, encoding: 'utf8' });
  assert.equal(stdout, 'TooLarge: Cannot hold more than 10 rows of standard input: --prefixes says who listened\n');
});

test('CaptureBins: what goes wrong while it streams reaches the reader', async (context) => {
  const file = write(folder(context), 'a.pcap', OPTIONS);
  const onProgress = (): void => {
    throw new Error('enough');
  };
  await assert.rejects(binsOf({ paths: [file], prefixes: PREFIXES, onProgress }), /enough/);
  assert.throws(() => new CaptureBins({ paths: [file], prefixes: ['none'] }), RangeError);
});

test('CaptureBins: a reader who leaves early ends the reading', async (context) => {
  const file = write(folder(context), 'a.pcap', OPTIONS);
  for await (const bin of new CaptureBins({ paths: [file], prefixes: PREFIXES })) {
    assert.ok(bin.flows.rows > 0);
    break;
  }
});

const TALK = sharedFile('data', 'pcap', 'slips', 'test7-malicious.pcap');

test('Conversations: answers to what was asked are nobody’s backscatter', needs(TALK), async () => {
  const path = sharedData('data', 'pcap', 'slips', 'test7-malicious.pcap');
  const { bins, source } = await binsOf({ paths: [path] });
  assert.ok(source.outcome.answered > 0);
  // 192.168.2.16 asks; what comes back to it is not left over as backscatter.
  const back = bins.flatMap(({ flows }) =>
    Array.from({ length: flows.rows }, (_, row) => row).filter((row) => {
      return CLASSES[flows.class[row]].name === 'backscatter' && flows.dst[row * 4 + 3] === 0xc0a80210;
    }),
  );
  assert.deepEqual(back, []);
});

test('Conversations: counts up to its limits, and says so', async (context) => {
  const file = write(folder(context), 'a.pcap', { ...OPTIONS, only: true, mix: { drizzle: 1 } });
  const { bins } = await binsOf({ paths: [file] });
  const talk = new Conversations(1000, 50);
  for (const { flows } of bins) assert.equal(talk.unasked(flows).length, flows.rows);
  assert.deepEqual(talk.listeners, { addresses: 50, networks64: 0 });
  assert.equal(talk.isFull, true);
});

test('Conversations: an empty batch asks nothing', async () => {
  const { EMPTY_BATCH } = await import('@noroshi/center/detect/batch-columns.ts');
  const talk = new Conversations();
  assert.equal(talk.unasked(EMPTY_BATCH).length, 0);
  assert.deepEqual(talk.listeners, { addresses: 0, networks64: 0 });
  assert.equal(talk.isFull, false);
});

test('Channel: gives in order, waits for a slow reader, and tells of the end', async () => {
  const channel = new Channel<number>();
  const made = (async (): Promise<void> => {
    for (let item = 0; item < 1000; item++) {
      channel.put(item);
      await channel.drained();
    }
    channel.end();
  })();
  const taken: number[] = [];
  for await (const item of channel) taken.push(item);
  await made;
  assert.deepEqual(
    taken,
    Array.from({ length: 1000 }, (_, item) => item),
  );
});
