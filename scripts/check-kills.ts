/**
 * `npm run check:kills`: the center's store is killed with SIGKILL at random moments while segments come in; in the end every row,
 * sum and receipt must be there once. About a second a kill.
 *
 *     check-kills.ts [--seed 1] [--kills 500]      the same seed gives the same segments and the same waits
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { runKills } from '@noroshi/center/store/kills.ts';

/** Kills of one store; then the next begins, for a store that has everything already has nothing to lose. */
const KILLS_PER_STORE = 50;
const PROGRESS_KILLS = 50;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, kills: { type: 'string', default: '500' } },
  });
  const [seed, wanted] = [Number(values.seed), Number(values.kills)];
  const start = performance.now();
  let [kills, torn, failed] = [0, 0, 0];
  for (let round = 0; kills < wanted; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-kills-'));
    try {
      const plan = { folder, kills: Math.min(KILLS_PER_STORE, wanted - kills), seed: seed * 1000 + round };
      const report = await runKills(plan, (done) => {
        if ((kills + done) % PROGRESS_KILLS === 0) console.log(`${kills + done} kills`);
      });
      kills += report.kills;
      torn += report.torn;
      const isSame = isDeepStrictEqual(report.content, report.expected);
      if (!isSame) {
        console.log(`broken with seed ${plan.seed}: ${JSON.stringify([report.content, report.expected], null, 1)}`);
      }
      for (const line of report.broken) console.log(`broken with seed ${plan.seed}: ${line}`);
      if (!isSame || report.broken.length > 0) failed++;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`${kills} kills in ${seconds.toFixed(0)} s, ${torn} segments left between two tables, seed ${seed}`);
  console.log(`${kills - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
