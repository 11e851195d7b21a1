/**
 * A process that uses a spool is killed at any moment, again and again: no number is missing or given twice, nothing that was finished
 * is lost, and every packet is in a segment that waits, in one that was acknowledged, or reported as lost.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { serialize } from 'node:v8';
import { scratch } from './testing/captures.ts';
import { factsOf, rowsOf } from './testing/pieces.ts';
import { complaints, segmentsIn } from './testing/segments.ts';

const at = scratch();
const KILLS = 51;
/** Two at a time: what is waited for is mostly the disk and the start of processes. */
const LANES = 2;
/** A child lives at most this long. */
const LIFE_MS = 120;
const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Commits, acknowledges and gives up as fast as it can; says before it acknowledges, and behind each thing that is done. */
const CHILD = `
  import { readFileSync, writeSync } from 'node:fs';
  import { deserialize } from 'node:v8';
  import { SILENT } from ${here('../kit/log.ts')};
  import { readSegment } from ${here('./spool/read-segment.ts')};
  import { Spool } from ${here('./spool/spool.ts')};
  const [, , folder, segments, seed, last] = process.argv;
  const given = deserialize(readFileSync(segments));
  let state = Number(seed) >>> 0;
  const random = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % 65536 % below;
  const say = (line) => writeSync(1, line + '\\n');
  const spool = new Spool({ folder, sensor: 'test', log: SILENT, filesMax: 6 });
  const commit = () => {
    const sequence = spool.nextSequence;
    const { group, facts } = given[sequence % given.length];
    const file = spool.begin();
    if (group !== undefined) file.add(group);
    spool.commit(file, facts);
    const path = folder + '/' + String(sequence).padStart(16, '0') + '.parquet';
    say('finished ' + sequence + ' ' + readSegment(path).counters.received);
  };
  say('ready ' + spool.nextSequence);
  while (last !== 'last') {
    commit();
    if (random(3) > 0) {
      const segment = spool.take();
      if (segment !== undefined) {
        say('acking ' + segment.sequence);
        spool.acknowledge(segment);
      }
    }
    spool.shed();
  }
  commit();
`;

/** What the children commit, in turn. */
function segmentsToCommit(): unknown[] {
  return [undefined, rowsOf(1), rowsOf(2), rowsOf(3)].flatMap((rows) => {
    return [0, 1, 2].map((elsewhere) => ({ group: rows?.group, facts: factsOf(rows, { elsewhere }) }));
  });
}

/** Packets that segment number n brings along, kept or not, before it reports what others lost. */
function broughtBy(sequence: number): number {
  return Math.floor((sequence % 12) / 3) + (sequence % 3);
}

class Lane {
  private readonly folder: string;
  private readonly files: readonly string[];
  /** Packets that a segment says it received, of all segments that ever were. */
  private readonly received = new Map<number, number>();
  private readonly acknowledged = new Set<number>();
  /** The last number that was given. */
  private last = -1;

  /** @param files the child's script, and what it commits */
  constructor(folder: string, files: readonly [script: string, segments: string]) {
    this.folder = folder;
    this.files = files;
  }

  async run(seed: number, isLast = false): Promise<void> {
    const [script, segments] = this.files;
    const args = [script, this.folder, segments, String(seed), isLast ? 'last' : ''];
    const env = { ...process.env, NODE_COMPILE_CACHE: at('cache') };
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
    let said = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      // From the first word on: before it there is little but Node's own start.
      if (said === '' && !isLast) setTimeout(() => child.kill('SIGKILL'), (seed * 37) % LIFE_MS);
      said += text;
    });
    await once(child, 'close');
    assert.equal(child.exitCode, isLast ? 0 : null);
    const acking = new Set<number>();
    for (const line of said.trimEnd().split('\n')) this.hear(line.split(' '), acking);
    this.look(acking);
  }

  /** What a process says: each number just once, and none left out. */
  private hear([what, number, packets]: readonly string[], acking: Set<number>): void {
    const sequence = Number(number);
    if (what === 'ready') {
      // One more may have its name that the last process did not live to say.
      assert.ok([this.last + 1, this.last + 2].includes(sequence), `ready with ${sequence} after ${this.last}`);
      if (sequence === this.last + 2) assert.ok(this.received.has(this.last + 1), `nobody saw ${this.last + 1}`);
      this.last = sequence - 1;
    } else if (what === 'finished') {
      assert.equal(sequence, ++this.last);
      this.received.set(sequence, Number(packets));
    } else acking.add(sequence);
  }

  /** What the killed process left. */
  private look(acking: ReadonlySet<number>): void {
    const waiting = segmentsIn(this.folder).map(({ segment }) => segment);
    assert.deepEqual(
      waiting.flatMap((segment) => complaints([segment])),
      [],
    );
    for (const { sequence, counters } of waiting) this.received.set(sequence, counters.received);
    for (const sequence of acking) {
      if (!waiting.some((segment) => segment.sequence === sequence)) this.acknowledged.add(sequence);
    }
  }

  /** After a last run that ended by itself: every packet is where it should be. */
  account(): { readonly segments: number; readonly lost: number } {
    const waiting = segmentsIn(this.folder).map(({ segment }) => segment.sequence);
    assert.deepEqual(
      waiting.filter((sequence) => this.acknowledged.has(sequence)),
      [],
    );
    const delivered = [...this.acknowledged, ...waiting];
    const received = delivered.reduce((sum, sequence) => sum + (this.received.get(sequence) ?? 0), 0);
    const all = Array.from({ length: this.last + 1 }, (_, sequence) => broughtBy(sequence));
    assert.equal(
      received,
      all.reduce((sum, packets) => sum + packets, 0),
    );
    return { segments: all.length, lost: all.length - delivered.length };
  }
}

test(`Spool: ${KILLS * LANES} kills at random moments lose nothing, and give no number twice`, async () => {
  const files = [at('child.mjs'), at('segments')] as const;
  writeFileSync(files[0], CHILD);
  writeFileSync(files[1], serialize(segmentsToCommit()));
  const lanes = Array.from({ length: LANES }, (_, index) => new Lane(at(`lane-${index}`), files));
  const totals = await Promise.all(
    lanes.map(async (lane, index) => {
      for (let kill = 0; kill < KILLS; kill++) await lane.run(kill * LANES + index + 1);
      await lane.run(0, true);
      return lane.account();
    }),
  );
  for (const { segments, lost } of totals) {
    assert.ok(segments > KILLS / 2 && lost > 0, `${segments} segments, ${lost} given up`);
  }
});
