import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Quarantine, type QuarantineLimits, type QuarantineNote } from './quarantine.ts';

const LIMITS: QuarantineLimits = { bytesMax: 1000, filesMax: 5 };

interface Setup {
  readonly folder: string;
  readonly open: (limits?: QuarantineLimits) => Promise<Quarantine>;
  /** Keeps a file of so many bytes; the sequence tells it from others. */
  readonly keep: (
    quarantine: Quarantine,
    sequence: number,
    bytes: number,
    word?: QuarantineNote['word'],
  ) => Promise<void>;
  readonly sequences: () => string[];
}

function setup(context: TestContext): Setup {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-quarantine-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const kept = join(folder, 'kept');
  return {
    folder: kept,
    open: (limits = LIMITS) => Quarantine.open(kept, limits),
    keep: async (quarantine, sequence, bytes, word = 'cut') => {
      const path = join(folder, `segment-${sequence}`);
      writeFileSync(path, Buffer.alloc(bytes));
      const digest = String(sequence).padStart(64, '0');
      const note = { detail: 'Cannot take it: cut', sensor: 'a', feed: 'network', refused_at_ms: 0 } as const;
      await quarantine.keep(path, { ...note, word, sequence, digest });
    },
    sequences: () => readdirSync(kept).flatMap((file) => /-a-(\d+)-.*\.parquet$/.exec(file)?.[1] ?? []),
  };
}

test('Quarantine holds so many files and bytes; the oldest give way, with their notes', async (context) => {
  const { folder, open, keep, sequences } = setup(context);
  const quarantine = await open();
  for (let sequence = 1; sequence <= 7; sequence++) await keep(quarantine, sequence, 100);
  assert.deepEqual(sequences(), ['3', '4', '5', '6', '7']);
  assert.deepEqual([quarantine.files, quarantine.bytes, quarantine.dropped], [5, 500, 2]);
  await keep(quarantine, 8, 750);
  assert.deepEqual(sequences(), ['6', '7', '8']);
  assert.equal(readdirSync(folder).length, 6);
  await keep(quarantine, 9, 1000);
  assert.deepEqual(sequences(), ['9']);
  await keep(quarantine, 10, 1001);
  assert.deepEqual(sequences(), ['9'], 'what is larger than all of it is not kept');
});

test('Quarantine keeps the same refusal once, and another of the same file beside it', async (context) => {
  const { open, keep, sequences } = setup(context);
  const quarantine = await open();
  await keep(quarantine, 1, 10);
  await keep(quarantine, 1, 10);
  await keep(quarantine, 1, 10, 'wrong_rows');
  assert.deepEqual(sequences(), ['1', '1']);
});

test('Quarantine finds after a restart what it has, and holds new limits at once', async (context) => {
  const { folder, open, keep, sequences } = setup(context);
  const before = await open();
  for (let sequence = 1; sequence <= 4; sequence++) await keep(before, sequence, 100);
  writeFileSync(join(folder, 'notes of the operator.txt'), 'mine');
  const after = await open({ bytesMax: 300, filesMax: 5 });
  assert.deepEqual([sequences(), after.bytes], [['2', '3', '4'], 300]);
  await keep(after, 3, 100);
  await keep(after, 5, 100);
  assert.deepEqual(sequences(), ['3', '4', '5']);
  assert.ok(existsSync(join(folder, 'notes of the operator.txt')), 'files that are not ours stay');
});

test('Quarantine of no size keeps nothing', async (context) => {
  const { open, keep, sequences } = setup(context);
  await keep(await open({ bytesMax: 0, filesMax: 5 }), 1, 10);
  await keep(await open({ bytesMax: 100, filesMax: 0 }), 2, 10);
  assert.deepEqual(sequences(), []);
});

test('Quarantine takes many at once, one after the other', async (context) => {
  const { open, keep, sequences } = setup(context);
  const quarantine = await open({ bytesMax: 1e6, filesMax: 3 });
  await Promise.all([1, 2, 3, 4].map((sequence) => keep(quarantine, sequence, 10)));
  assert.deepEqual([quarantine.files, quarantine.dropped, sequences()], [3, 1, ['2', '3', '4']]);
});
