/**
 * Stores that are killed again and again while segments come in (kill.test.ts, scripts/check-kills.ts). Each life opens the store, sends on
 * from a little before the last acknowledgement, and ends by SIGKILL at a random moment. In the end every row, sum and receipt
 * must be there once, as in a store that nobody killed; and what was acknowledged must never be stored again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { makeSegment, MINUTE_MS, randomOf, START_MS } from './testing.ts';
import type { SegmentInsert } from './store.ts';

export interface KillPlan {
  readonly folder: string;
  readonly kills: number;
  /** A store that has them all has nothing to lose: the next begins, with the same ones and other kills. */
  readonly segments: number;
  readonly seed: number;
}

export interface KilledStore {
  /** Lives that ended by SIGKILL while the store was at work. */
  readonly kills: number;
  /** What each table holds after the kills. */
  readonly content: Readonly<Record<string, string>>;
  /** Segments that a kill left between two tables: with rows, without a receipt. */
  readonly torn: number;
  /** Acknowledged segments that were stored a second time, or lost. */
  readonly broken: readonly string[];
}

export interface KillReport {
  readonly stores: readonly KilledStore[];
  /** What each table holds where nobody killed. */
  readonly expected: Readonly<Record<string, string>>;
}

/** Acknowledged segments that are sent again by the next life. */
const OVERLAP = 2;
/** Longest life after the store is open: one to three segments. */
const LIFE_MS = 250;

const here = (file: string): string => JSON.stringify(join(import.meta.dirname, file));

/** Opens the store, says so, adds the segments from one on and says what became of each; with `content` also what is there. */
const LIFE = `
  import { readFileSync, writeSync } from 'node:fs';
  import { openStore } from ${here('store.ts')};
  import { contentOf, TABLES } from ${here('testing.ts')};
  const [path, list, from, wantsContent] = process.argv.slice(1);
  const say = (line) => writeSync(1, line + '\\n');
  const store = await openStore({ path });
  await store.loadTables(TABLES);
  const [{ torn }] = await store.query(
    'SELECT count() AS torn FROM (SELECT DISTINCT sensor, sequence FROM flows) WHERE (sensor, sequence) NOT IN (SELECT sensor, sequence FROM segments)',
  );
  say('open ' + torn);
  const inserts = JSON.parse(readFileSync(list, 'utf8'));
  let index = Number(from);
  const sender = async () => {
    for (let mine = index++; mine < inserts.length; mine = index++) say(mine + ' ' + (await store.addSegment(inserts[mine])));
  };
  // As many as the store takes at a time, and one that waits.
  await Promise.all([sender(), sender(), sender()]);
  if (wantsContent === 'content') say('content ' + JSON.stringify(await contentOf(store)));
  await store.close();
`;

/** Runs the kills; after each, `onKill` hears how many there were. */
export async function runKills(plan: KillPlan, onKill: (done: number) => void): Promise<KillReport> {
  const { folder, kills, segments, seed } = plan;
  mkdirSync(folder, { recursive: true });
  const random = randomOf(seed);
  const inserts = segmentsOf(folder, segments, random);
  const list = join(folder, 'segments.json');
  writeFileSync(list, JSON.stringify(inserts));
  const stores: KilledStore[] = [];
  for (let done = 0; done < kills; ) {
    const path = join(folder, 'killed');
    const life = new Life(path, list);
    const before = done;
    while (done < kills && life.next < inserts.length) {
      if (await life.live(random(LIFE_MS * 1000) / 1000)) onKill(++done);
    }
    await life.live(undefined);
    stores.push({ kills: done - before, content: life.content, torn: life.torn, broken: life.broken });
    rmSync(path, { recursive: true });
  }
  const calm = new Life(join(folder, 'calm'), list);
  await calm.live(undefined);
  return { stores, expected: calm.content };
}

/** Segments of three sensors, some without rows, a few larger ones, over two days. */
function segmentsOf(folder: string, count: number, random: (limit: number) => number): SegmentInsert[] {
  return Array.from({ length: count }, (_, index) => {
    const rows = [0, 20, 400, 3000][random(4)];
    const minute_from_ms = START_MS + (index % 2) * 86_400_000 + Math.floor(index / 2) * MINUTE_MS;
    const sensor = ['hill-one', 'hill-two', 'hill-three'][index % 3];
    return makeSegment(folder, { sensor, sequence: index, rows, minute_from_ms, minutes: 1, seed: random(1e9) });
  });
}

class Life {
  private readonly acknowledged = new Set<number>();
  content: Record<string, string> = {};
  torn = 0;
  readonly broken: string[] = [];
  private readonly path: string;
  private readonly list: string;

  constructor(path: string, list: string) {
    this.path = path;
    this.list = list;
  }

  /** Index of the first segment that was not acknowledged. */
  get next(): number {
    let index = 0;
    while (this.acknowledged.has(index)) index++;
    return index;
  }

  /**
   * One life; with `life_ms` it is killed so long after the store is open. Answers whether the kill came in time.
   */
  async live(life_ms: number | undefined): Promise<boolean> {
    const from = life_ms === undefined ? 0 : Math.max(0, this.next - OVERLAP);
    const wish = life_ms === undefined ? 'content' : '';
    const args = ['--input-type=module', '-e', LIFE, this.path, this.list, String(from), wish];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const killer = this.listen(child, life_ms);
    const [code, signal] = (await ended) as [number | null, string | null];
    await killer;
    if (signal === null && code !== 0) throw new Error(`Cannot go on: a store ended with code ${String(code)}`);
    return signal === 'SIGKILL';
  }

  private async listen(child: ChildProcess, life_ms: number | undefined): Promise<void> {
    if (child.stdout === null) throw new Error('Cannot listen to the store: no pipe');
    let killing: Promise<unknown> = Promise.resolve();
    for await (const line of createInterface(child.stdout)) {
      const [word = '', ...rest] = line.split(' ');
      if (word === 'open') {
        this.torn += Number(rest[0]);
        if (life_ms !== undefined) killing = wait(life_ms).then(() => child.kill('SIGKILL'));
      } else if (word === 'content') this.content = JSON.parse(rest.join(' ')) as Record<string, string>;
      else this.note(Number(word), rest.join(' '));
    }
    await killing;
  }

  private note(index: number, outcome: string): void {
    const isKnown = this.acknowledged.has(index);
    if (isKnown && outcome !== 'duplicate') this.broken.push(`segment ${index} was ${outcome} again`);
    if (outcome === 'conflict') this.broken.push(`segment ${index} met a conflict`);
    this.acknowledged.add(index);
  }
}
