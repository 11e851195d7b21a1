/** Ingest in front of the real, embedded database: what was acknowledged is in it, once, and no accepted file harms it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStore, type Store } from '../store/store.ts';
import { BUFFER_BYTES } from './file-source.ts';
import { FROM_MS, makeSegment, randomOf, resign } from './testing.ts';
import { startIngest, type TestCenter } from './testing-center.ts';
import { verifyFile } from './verify.ts';

async function startBoth(context: TestContext): Promise<{ center: TestCenter; store: Store }> {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-ingest-store-'));
  const store = await openStore({ path: join(folder, 'database') });
  const center = await startIngest({ store, folder: join(folder, 'ingest') });
  context.after(async () => {
    await center.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { center, store };
}

interface Sums {
  readonly rows: number;
  readonly packets: number;
}

async function sumsOf(store: Store): Promise<Sums | undefined> {
  const [sums] = await store.query<Sums>('SELECT count() AS rows, sum(packets) AS packets FROM flows');
  return sums;
}

const keptOf = async (store: Store): Promise<number> => {
  const [sums] = await store.query<{ kept: number }>('SELECT sum(kept) AS kept FROM segments');
  return sums?.kept ?? 0;
};

test('put into the real store: every row once, whatever is sent twice, and in every compression', async (context) => {
  const { center, store } = await startBoth(context);
  const plans = [
    { groups: [3000, 200] },
    { groups: [500], compression: 'zstd' },
    { groups: [500], compression: 'gzip' },
    { groups: [] },
    { minutes: 5, groups: [20], withCrc: false },
    { pageBytesMax: 1024, groups: [900] },
  ] as const;
  for (const [sequence, plan] of plans.entries()) {
    const file = makeSegment({ ...plan, sequence, seed: sequence });
    assert.equal((await center.send(file, { sequence })).status, 201);
    assert.equal((await center.send(file, { sequence })).status, 200);
    assert.equal((await center.send(makeSegment({ sequence, seed: 99 }), { sequence })).word, 'identity_conflict');
  }
  const sums = await sumsOf(store);
  assert.equal(sums?.rows, 3200 + 500 + 500 + 20 + 900);
  assert.equal(sums.packets, await keptOf(store));
});

test('put into the real store: forged segments that hold are rows like any other, and the database lives', async (context) => {
  const { center, store } = await startBoth(context);
  const random = randomOf(7);
  const buffer = new Uint8Array(BUFFER_BYTES);
  const path = join(center.folder, 'forged');
  let accepted = 0;
  for (let round = 0; accepted < 25 && round < 2000; round++) {
    // The sequence stands in the metadata too: each accepted one is another sensor's.
    const sensor = `replay-${round}`;
    const bytes = makeSegment({ sensor, groups: [40], minutes: 3, withCrc: false, seed: round % 5 });
    for (let change = 0; change < 2; change++) bytes[4 + random(bytes.length - 4)] = random(256);
    const forged = resign(bytes);
    if (forged === undefined) continue;
    writeFileSync(path, forged);
    const isAccepted = verifyFile({ path, sensor, sequence: 7 }, buffer).ok;
    // A few of the others, too: both ends must agree.
    if (!isAccepted && round % 20 > 0) continue;
    assert.equal((await center.send(forged, { sensor })).status, isAccepted ? 201 : 422);
    if (isAccepted) accepted += 1;
  }
  assert.equal(accepted, 25);
  const sums = await sumsOf(store);
  assert.deepEqual(sums, { rows: accepted * 40, packets: await keptOf(store) });
  const [span] = await store.query<{ from_ms: number; to_ms: number }>(
    `SELECT toUnixTimestamp64Milli(min(minute)) AS from_ms, toUnixTimestamp64Milli(max(minute)) AS to_ms FROM flows`,
  );
  assert.ok(span !== undefined && span.from_ms >= FROM_MS && span.to_ms < FROM_MS + 180_000);
});
