import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeSegment } from './testing.ts';
import { Verifier } from './verifier.ts';
import type { VerifyRequest } from './verify.ts';

function setup(context: TestContext, threads = 2, verify_ms = 30_000): { verifier: Verifier; request: VerifyRequest } {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-verifier-'));
  const path = join(folder, 'segment');
  writeFileSync(path, makeSegment());
  const verifier = new Verifier(threads, verify_ms);
  context.after(async () => {
    await verifier.close();
    rmSync(folder, { recursive: true });
  });
  return { verifier, request: { path, sensor: 'tokyo-1', sequence: 7 } };
}

test('Verifier answers every request, whatever the threads, and knows them apart', async (context) => {
  const { verifier, request } = setup(context);
  const answers = await Promise.all([7, 8, 7, 8, 7].map((sequence) => verifier.verify({ ...request, sequence })));
  assert.deepEqual(
    answers.map(({ ok }) => ok),
    [true, false, true, false, true],
  );
});

test('Verifier survives a file that cannot be read', async (context) => {
  const { verifier, request } = setup(context, 1);
  await assert.rejects(verifier.verify({ ...request, path: `${request.path}.missing` }), /ENOENT/);
  assert.equal((await verifier.verify(request)).ok, true);
});

test('Verifier ends a thread that takes too long, and goes on with another', async (context) => {
  const { verifier, request } = setup(context, 1, 1);
  await assert.rejects(verifier.verify(request), /^Error: Cannot verify: not done within 1 ms$/);
  await assert.rejects(verifier.verify(request), /not done within/);
});

test('Verifier rejects what waits and what comes when it is closed', async (context) => {
  const { verifier, request } = setup(context, 1);
  const waiting = [verifier.verify(request), verifier.verify(request)].map((answer) => answer.then(String, String));
  await verifier.close();
  assert.match(
    (await Promise.all(waiting)).join(),
    /Cannot verify: the thread ended,Error: Cannot verify: the center is stopping/,
  );
  await assert.rejects(verifier.verify(request), /stopping/);
});
