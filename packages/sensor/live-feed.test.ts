/** The live feed: minutes, clocks, interfaces that come and go, and that received = kept + filtered + dropped throughout. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, SILENT } from '@noroshi/kit/log.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { cutFeed, type FeedPiece } from './segment/feed.ts';
import { Spool } from './spool/spool.ts';
import { scratch, shotsOf } from './testing/captures.ts';
import { CAPTURE_HEADER, FakeClock, recordsAt } from './testing/fake-capture.ts';
import { complaints, segmentsIn, sumsOf } from './testing/segments.ts';
import { HELD_BYTES_MAX, LiveFeed, SETTLE_MS, STEP_BACK_MS_MAX } from './live/live-feed.ts';
import type { LinkState } from './live/link.ts';
import { type Child, Port } from './live/port.ts';
import { RecordRuns } from './live/record-runs.ts';

const MINUTE_MS = 60_000;
/** 2025-03-01T10:00:00Z. */
const START_MS = 1_740_823_200_000;
const PREFIXES = ['25.37.0.0/25', '25.37.0.128/25'] as const;
const at = scratch();
const [{ bytes: FRAME }] = shotsOf(
  simulateToBytes({ seed: 5, packets: 1, mix: { mirai: 1 }, only: true, prefixes: ['25.37.0.0/24'] }).bytes,
);

class FakeChild implements Child {
  readonly runs = new RecordRuns();
  state: Child['state'] = 'listening';
  ending = '';
  reading = { captured: 0, received: 0, droppedByKernel: 0, droppedByInterface: 0 };
  asked = 0;

  constructor() {
    this.runs.push(CAPTURE_HEADER);
  }

  ask(): void {
    this.asked++;
  }

  resume(): void {}

  async stop(): Promise<void> {
    this.state = 'ended';
  }

  send(...times_ms: readonly number[]): void {
    this.runs.push(recordsAt(FRAME, times_ms));
  }
}

/** A feed whose clock goes on by 250 ms a look; `script` is called before each, with the time since the start. */
class Scene {
  readonly clock = new FakeClock(START_MS);
  readonly children: FakeChild[] = [];
  readonly links: LinkState[] = ['up', 'up'];
  readonly stop = new AbortController();
  readonly pieces: FeedPiece[] = [];
  readonly feed: LiveFeed;
  log = '';
  private elapsed_ms = 0;

  constructor(ports: number, script: (elapsed_ms: number, scene: Scene) => void) {
    let streams = 0;
    const log = createLog({ part: 'live', write: (line) => (this.log += line), now_ms: () => 0 });
    const made = PREFIXES.slice(0, ports).map(
      (prefix, index) =>
        new Port({
          interface: `eth${index}`,
          prefixes: [prefix],
          log,
          monotonic_ms: this.clock.monotonic_ms,
          random: () => 0,
          link: () => this.links[index],
          start: async () => {
            const child = new FakeChild();
            this.children.push(child);
            return child;
          },
          nextStream: () => ++streams,
        }),
    );
    const wait = async (pause_ms: number): Promise<void> => {
      this.clock.advance(pause_ms);
      this.elapsed_ms += pause_ms;
      script(this.elapsed_ms, this);
      await Promise.resolve();
    };
    this.feed = new LiveFeed({ ports: made, clock: this.clock, log, wait });
  }

  /** Segments of everything until the script aborts. */
  async play(name: string, resume_ms?: number) {
    const folder = at(name);
    const spool = new Spool({ folder, sensor: 'test', log: SILENT });
    const all = this.feed.pieces(resume_ms, this.stop.signal);
    const told = async function* (pieces: FeedPiece[]): AsyncGenerator<FeedPiece> {
      for await (const piece of all) {
        pieces.push(piece.kind === 'bytes' ? { ...piece, bytes: piece.bytes.slice() } : piece);
        yield piece;
      }
    };
    try {
      await cutFeed(told(this.pieces), { prefixes: PREFIXES, compression: 'none', outlet: spool });
    } finally {
      spool.close();
    }
    const segments = segmentsIn(folder).map(({ segment }) => segment);
    assert.deepEqual(complaints(segments), []);
    return segments;
  }

  untils(): number[] {
    return this.pieces.flatMap((piece) => (piece.kind === 'until' ? [(piece.to_ms - START_MS) / 1000] : []));
  }
}

type Segments = Awaited<ReturnType<Scene['play']>>;

/** Seconds behind the start, and addresses. */
function spansOf(segments: Segments): number[][] {
  return segments.flatMap(({ exposure }) =>
    exposure.map(({ from_ms, to_ms, addresses }) => [
      (from_ms - START_MS) / 1000,
      (to_ms - START_MS) / 1000,
      addresses,
    ]),
  );
}

test('LiveFeed: a minute is a segment, quiet ones as well, and packets of the next one wait for it', async () => {
  const scene = new Scene(1, (elapsed_ms, { children: [child], stop }) => {
    if (elapsed_ms === 59_000) child.send(START_MS + 58_000, START_MS + 59_999);
    if (elapsed_ms === 60_250) child.send(START_MS + 60_000, START_MS + 60_100);
    if (elapsed_ms === 190_000) stop.abort();
  });
  const segments = await scene.play('minutes');
  assert.deepEqual(
    segments.map(({ counters, minute_from_ms }) => [counters.kept, (minute_from_ms - START_MS) / MINUTE_MS]),
    [
      [2, 0],
      [2, 1],
      [0, 2],
      [0, 3],
    ],
  );
  assert.deepEqual(spansOf(segments).at(-1)?.[1], 190);
  assert.ok((scene.children[0].asked ?? 0) > 100);
});

test('LiveFeed: closes a minute at once when every program is past it, otherwise when packets had time to come', async () => {
  const closedAt = async (name: string, isPast: boolean): Promise<number> => {
    let closed_ms = 0;
    const scene: Scene = new Scene(1, (elapsed_ms, { children: [child], stop, pieces }) => {
      if (isPast && elapsed_ms === 60_500) child.send(START_MS + 60_400);
      if (closed_ms === 0 && pieces.some((piece) => piece.kind === 'until' && piece.to_ms === START_MS + MINUTE_MS)) {
        closed_ms = elapsed_ms;
      }
      if (elapsed_ms === 70_000) stop.abort();
    });
    await scene.play(name);
    return closed_ms - MINUTE_MS;
  };
  assert.ok((await closedAt('past', true)) <= 750);
  const late_ms = await closedAt('quiet', false);
  assert.ok(late_ms >= SETTLE_MS && late_ms <= SETTLE_MS + 500);
});

test('LiveFeed: what waits for the next minute is bounded', async () => {
  let rest = 0;
  const scene = new Scene(2, (elapsed_ms, { children: [busy], stop }) => {
    if (elapsed_ms === 60_000) {
      const records = recordsAt(
        FRAME,
        Array.from({ length: 1000 }, () => START_MS + 60_000),
      );
      for (; busy.runs.bytes <= HELD_BYTES_MAX; rest += 1000) busy.runs.push(records);
    }
    if (elapsed_ms === 60_500) assert.equal(busy.runs.bytes, 0);
    if (elapsed_ms === 62_000) stop.abort();
  });
  const segments = await scene.play('held');
  assert.equal(sumsOf(segments).received, rest);
});

test('LiveFeed: an interface that is down listens no more, and the other one goes on', async () => {
  const scene = new Scene(2, (elapsed_ms, { links, stop }) => {
    if (elapsed_ms === 20_000) links[1] = 'down';
    if (elapsed_ms === 30_000) links[0] = 'down';
    if (elapsed_ms === 40_000) links.splice(0, 2, 'up', 'up');
    if (elapsed_ms === 60_000) stop.abort();
  });
  const spans = spansOf(await scene.play('links'));
  const rounded = spans.map((span) => span.map(Math.round));
  assert.deepEqual(rounded, [
    [0, 20, 256],
    [20, 30, 128],
    [40, 60, 256],
  ]);
  assert.match(scene.log, /link_down: eth1 is down: nobody listens there/);
});

test('LiveFeed: a program that dies is started again, and what it had is counted as lost', async () => {
  const scene = new Scene(1, (elapsed_ms, { children, stop }) => {
    const [child] = children;
    if (elapsed_ms === 10_000) {
      child.send(START_MS + 9000, START_MS + 9500);
      child.runs.push(recordsAt(FRAME, [START_MS + 9600]).subarray(0, 30));
      child.reading = { captured: 4, received: 12, droppedByKernel: 5, droppedByInterface: 1 };
      child.ending = 'SIGKILL';
      child.state = 'ended';
    }
    if (elapsed_ms === 20_000) children[1].send(START_MS + 19_000);
    if (elapsed_ms === 30_000) stop.abort();
  });
  const segments = await scene.play('died');
  assert.equal(scene.children.length, 2);
  const { received, kept, dropped } = sumsOf(segments);
  assert.deepEqual([received, kept, dropped], [14, 3, { kernel: 5, interface: 1, capture_ended: 5 }]);
  assert.deepEqual(scene.feed.counts.dropped, dropped);
  assert.equal(spansOf(segments).length, 2);
  assert.match(scene.log, /capture_ended: Cannot capture on eth0: the program ended \(SIGKILL\)/);
});

test('LiveFeed: a clock that steps forward leaves a gap', async () => {
  const scene = new Scene(1, (elapsed_ms, { clock, children: [child], stop }) => {
    if (elapsed_ms === 30_000) clock.jump(90_000);
    if (elapsed_ms === 35_000) child.send(START_MS + 124_000);
    if (elapsed_ms === 40_000) stop.abort();
  });
  const segments = await scene.play('forward');
  assert.deepEqual(
    spansOf(segments).map((span) => span.slice(0, 2).map(Math.round)),
    [
      [0, 30],
      [120, 130],
    ],
  );
  assert.equal(sumsOf(segments).kept, 1);
  assert.match(scene.log, /clock_step: The clock has stepped forward.* step_s=90/);
});

test('LiveFeed: a clock that steps back a little counts no moment twice', async () => {
  const scene = new Scene(1, (elapsed_ms, { clock, children: [child], stop }) => {
    if (elapsed_ms === 30_000) clock.jump(-20_000);
    if (elapsed_ms === 35_000) child.send(START_MS + 14_000, START_MS + 14_500);
    if (elapsed_ms === 55_000) child.send(START_MS + 34_500);
    if (elapsed_ms === 120_000) stop.abort();
  });
  const segments = await scene.play('back');
  const { kept, received, dropped } = sumsOf(segments);
  assert.deepEqual([kept, received, dropped], [1, 3, { clock: 2 }]);
  // The first look comes a moment after the start: so much is not heard.
  const spans = spansOf(segments);
  assert.ok(spans.every(([from_s], index) => index === 0 || from_s >= spans[index - 1][1]));
  assert.equal(Math.round(sumsOf(segments).address_seconds / 128), 100);
});

test('LiveFeed: a clock that steps back far was wrong before, and goes on counting', async () => {
  const scene = new Scene(1, (elapsed_ms, { clock, children: [child], stop }) => {
    if (elapsed_ms === 30_000) {
      child.send(START_MS + 29_900);
      clock.jump(-STEP_BACK_MS_MAX - 1000);
    }
    if (elapsed_ms === 90_000) child.send(clock.now_ms() - 100);
    if (elapsed_ms === 200_000) stop.abort();
  });
  const segments = await scene.play('far');
  assert.deepEqual([sumsOf(segments).kept, sumsOf(segments).dropped], [2, {}]);
  assert.equal(Math.round(sumsOf(segments).address_seconds / 128), 200);
  assert.ok(segments.length >= 4);
  assert.match(scene.log, /clock_step: The clock has stepped back far/);
});

test('LiveFeed: after a restart with a clock that is behind nothing counts twice', async () => {
  const scene = new Scene(1, (elapsed_ms, { children: [child], stop }) => {
    if (elapsed_ms === 5000) child.send(START_MS + 4500);
    if (elapsed_ms === 30_000) stop.abort();
  });
  const segments = await scene.play('restart', START_MS + 10_000);
  assert.deepEqual(sumsOf(segments).dropped, { clock: 1 });
  assert.deepEqual(
    spansOf(segments).map((span) => span.slice(0, 2)),
    [[10, 30]],
  );
});
