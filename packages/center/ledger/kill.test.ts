/** kill -9 in the middle of recording: a minute is there whole or not at all, and what was acknowledged is there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openLedger } from './open.ts';

const KILLS = Number(process.env.NOROSHI_LEDGER_KILLS ?? 3);
const SUBJECTS = 40;

test('record: what a kill interrupts is there whole or not at all', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-ledger-kill-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'ledger');
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await killed(path, next, 3 + kill, (kill * 7) % 40);
    const ledger = await openLedger({ path });
    try {
      const { findings } = await ledger.findings({ feed: 'replay', limit: 1000 });
      assert.equal(findings.length, SUBJECTS);
      // Each of them has seen the same minutes: those that were acknowledged, and perhaps one more.
      const minutes = new Set(findings.map(({ figures }) => figures.packets / 10));
      assert.equal(minutes.size, 1, 'a minute is there in parts');
      const [recorded] = minutes;
      assert.ok(recorded === said + 1 || recorded === said + 2, `${recorded} minutes of ${said + 1}`);
      assert.equal((await ledger.sightings(findings[0].id)).length, recorded);
      next = recorded;
    } finally {
      await ledger.close();
    }
  }
});

/** Lets a process record from minute `from` on, kills it some ms after it has said `count` minutes; answers the last that it said. */
async function killed(path: string, from: number, count: number, delay_ms: number): Promise<number> {
  const file = join(import.meta.dirname, 'kill-worker.ts');
  const child = spawn(process.execPath, [file, path, `${from}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let last = -1;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    last = Number(line);
    if (last === from + count) void wait(delay_ms).then(() => child.kill('SIGKILL'));
  }
  await gone;
  return last;
}
