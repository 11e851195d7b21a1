/**
 * `npm run check:kills`: the center's store is killed with SIGKILL at random moments while segments come in; in the end every row,
 * sum and receipt must be there once.
 *
 *     check-kills.ts [--seed 1] [--kills 500]      the same seed gives the same segments and the same waits
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { type KilledStore, runKills } from '@noroshi/center/store/kills.ts';

const SEGMENTS = 75;
const PROGRESS_KILLS = 50;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, kills: { type: 'string', default: '500' } },
  });
  const [seed, wanted] = [Number(values.seed), Number(values.kills)];
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-kills-'));
  try {
    const { stores, expected } = await runKills({ folder, kills: wanted, segments: SEGMENTS, seed }, (done) => {
      if (done % PROGRESS_KILLS === 0) console.log(`${done} kills`);
    });
    const isWhole = stores.map((store, index) => judge(`store ${index + 1} of seed ${seed}`, store, expected));
    const failed = isWhole.filter((is) => !is).length;
    const kills = stores.reduce((sum, store) => sum + store.kills, 0);
    const torn = stores.reduce((sum, store) => sum + store.torn, 0);
    const seconds = (performance.now() - start) / 1000;
    console.log(`${kills} kills in ${seconds.toFixed(0)} s, ${torn} segments left between two tables, seed ${seed}`);
    console.log(`${kills - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the store has everything once; says what not. */
function judge(name: string, { content, broken }: KilledStore, expected: KilledStore['content']): boolean {
  const isSame = isDeepStrictEqual(content, expected);
  if (!isSame) console.log(`${name} is broken: ${JSON.stringify([content, expected], null, 1)}`);
  for (const line of broken) console.log(`${name} is broken: ${line}`);
  return isSame && broken.length === 0;
}

process.exitCode = await main();
