/** Our own detectors of scans: thresholds at every size, actors, real captures; one finding a source, told when it is known. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATE } from '@noroshi/wire/classify/predicates.ts';
import { TCP_ACK, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import type { Detector } from '../../detector.ts';
import { manyTargets } from '../sources/decide.ts';
import { binOf, binsOfCapture, binsOfFile, type Row, run } from '../testing/captures.ts';
import { horizontal } from './horizontal.ts';
import { synack } from './synack.ts';
import { vertical } from './vertical.ts';
import { WindowRun } from './window-run.ts';

const OURS = [horizontal, vertical, synack];
const BACKSCATTER = CLASSES.findIndex(({ name }) => name === 'backscatter');

const target = (index: number): string => `25.37.${index >> 8}.${index & 255}`;

function rowsOf(count: number, row: (index: number) => Row): Row[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

function names(sightings: readonly Sighting[]): string[] {
  return sightings.map(({ subject, aspect }) => `${subject.value} ${aspect}`.trim());
}

function found(detector: Detector, rows: readonly Row[], addresses = 4096): string[] {
  return names(run(detector, [binOf(60, rows, addresses)]).sightings);
}

describe('manyTargets', () => {
  test('grows with the telescope, and is never more than it has', () => {
    const sizes = [1, 2, 3, 4, 5, 64, 256, 4096, 65_536, 475_136, 1_048_576, 12_000_000];
    assert.deepEqual(sizes.map(manyTargets), [2, 2, 3, 4, 5, 5, 5, 5, 5, 5, 9, 101]);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 24 }), (size) => {
        assert.ok(manyTargets(size) <= size && manyTargets(size) >= 2);
      }),
    );
  });
});

describe('scan/horizontal', () => {
  test('from the fifth address on, per service', () => {
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(4, (i) => ({ dst: target(i) })),
      ),
      [],
    );
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(5, (i) => ({ dst: target(i) })),
      ),
      ['1.2.3.4 23/tcp'],
    );
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(5, (i) => ({ dst: target(i), port: i })),
      ),
      [],
    );
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(5, (i) => ({ dst: target(i), proto: 17, port: 53 })),
      ),
      ['1.2.3.4 53/udp'],
    );
    const echo = rowsOf(5, (i) => ({ dst: target(i), proto: 1, icmp_type: 8 }));
    assert.deepEqual(found(horizontal, echo), ['1.2.3.4 8/icmp']);
  });

  test('a source that may be another’s is a candidate only', () => {
    const confidenceOf = (more: Row): number =>
      run(horizontal, [
        binOf(
          60,
          rowsOf(100, (i) => ({ dst: target(i), ...more })),
        ),
      ]).sightings[0].confidence;
    assert.ok(confidenceOf({}) >= horizontal.confirmed_at);
    assert.ok(confidenceOf({ predicates: PREDICATE.bogon_src }) < horizontal.confirmed_at);
    assert.ok(confidenceOf({ proto: 17, port: 123 }) < horizontal.confirmed_at);
  });

  test('who the source is known to be is said', () => {
    const reasonsOf = (more: Row): unknown =>
      run(horizontal, [
        binOf(
          60,
          rowsOf(9, (i) => ({ dst: target(i), ...more })),
        ),
      ]).sightings[0].reasons.slice(1);
    assert.deepEqual(reasonsOf({}), []);
    assert.deepEqual(reasonsOf({ scanner: 'Survey' }), [{ code: 'scanner_list', values: { organisation: 'Survey' } }]);
    const marks = 1 << MARKS.findIndex(({ name }) => name === 'mirai');
    assert.deepEqual(reasonsOf({ marks }), [{ code: 'bot_mark', values: { tool: 'mirai' } }]);
    assert.deepEqual(reasonsOf({ proto: 17, port: 53 }), [{ code: 'forgeable' }]);
  });

  test('a telescope of two must be met whole; one of one says nothing', () => {
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(2, (i) => ({ dst: target(i) })),
        2,
      ),
      ['1.2.3.4 23/tcp'],
    );
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(1, (i) => ({ dst: target(i) })),
        1,
      ),
      [],
    );
  });

  test('answers are no scan', () => {
    assert.deepEqual(
      found(
        horizontal,
        rowsOf(50, (i) => ({ dst: target(i), class: BACKSCATTER, flags: 18 })),
      ),
      [],
    );
  });

  test('is told in its minute and again with all its figures at the end of the hour: one sighting', () => {
    const minutes = [0, 1, 2, 30].map((minute) =>
      binOf(
        60 + minute,
        rowsOf(3, (i) => ({ dst: target(minute * 3 + i), first_us: 5e6, packets: 2 })),
      ),
    );
    const live = new WindowRun({ ...countingOf(horizontal) });
    assert.equal(live.step(minutes[0]).sightings.length, 0);
    const [early] = live.step(minutes[1]).sightings;
    assert.deepEqual(early.figures, { packets: 12, targets: 6, ports: 1 });
    const { sightings } = run(horizontal, minutes);
    assert.equal(sightings.length, 1);
    assert.deepEqual(sightings[0].figures, { packets: 24, targets: 12, ports: 1 });
    assert.equal(sightings[0].bin_ms, 3_600_000);
    assert.equal(sightings[0].first_ms, 3_605_000);
    assert.equal(sightings[0].last_ms, 3_600_000 + 30 * 60_000 + 5000);
    assert.equal(sightings[0].confidence, 13 / 14);
  });

  test('the order of rows does not matter', () => {
    const rows = rowsOf(60, (i) => ({ src: `1.2.3.${i % 7}`, dst: target(i % 11), port: 20 + (i % 2), first_us: i }));
    const sorted = (given: readonly Row[]): unknown =>
      run(horizontal, [binOf(60, given)]).sightings.sort((a, b) => (names([a])[0] < names([b])[0] ? -1 : 1));
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 60 }), (other) => {
        assert.deepEqual(sorted(other), sorted(rows));
      }),
      { numRuns: 20 },
    );
  });

  test('beyond the limit scans are left out, and said so', () => {
    const counting = countingOf(horizontal);
    const small = new WindowRun({ ...counting, limits: { ...counting.limits, scans: 2 } });
    const rows = [1, 2, 3, 4, 5].flatMap((last) => rowsOf(5, (i) => ({ src: `1.2.3.${last}`, dst: target(i) })));
    const { sightings } = small.step(binOf(119, rows));
    assert.deepEqual(names(sightings), ['1.2.3.1 23/tcp', '1.2.3.2 23/tcp']);
    assert.deepEqual(sightings[0].reasons[1], { code: 'left_out', values: { scans: 3 } });
  });

  test('tables that are full lose later sources, not their own', () => {
    const counting = countingOf(horizontal);
    const small = new WindowRun({ ...counting, limits: { ...counting.limits, sources: 1, keys: 1, things: 3 } });
    const rows = rowsOf(20, (i) => ({ dst: target(i) }));
    const { sightings } = small.step(binOf(119, [...rows, ...rowsOf(20, (i) => ({ src: '8.8.8.8', dst: target(i) }))]));
    assert.deepEqual(names(sightings), ['1.2.3.4 23/tcp']);
    // Eight targets stand beside the key, three in the table that is full then.
    assert.deepEqual(sightings[0].figures, { packets: 20, targets: 11, ports: 1 });
  });
});

/** The counting rules of a detector whose run is a window run. */
function countingOf(detector: Detector): WindowRun['counting'] {
  const made = detector.start({ feed: 'observed' });
  assert.ok(made instanceof WindowRun);
  return made.counting;
}

describe('scan/vertical', () => {
  test('from the eighth port on', () => {
    assert.deepEqual(
      found(
        vertical,
        rowsOf(7, (i) => ({ port: i + 1 })),
      ),
      [],
    );
    assert.deepEqual(
      found(
        vertical,
        rowsOf(8, (i) => ({ port: i + 1 })),
      ),
      ['1.2.3.4'],
    );
  });

  test('of few addresses: many are a horizontal scan', () => {
    assert.deepEqual(
      found(
        vertical,
        rowsOf(20, (i) => ({ port: i + 1, dst: target(i % 5) })),
      ),
      ['1.2.3.4'],
    );
    assert.deepEqual(
      found(
        vertical,
        rowsOf(20, (i) => ({ port: i + 1, dst: target(i % 6) })),
      ),
      [],
    );
  });

  test('traceroute is none', () => {
    assert.deepEqual(
      found(
        vertical,
        rowsOf(60, (i) => ({ proto: 17, port: 33_434 + i })),
      ),
      [],
    );
  });
});

describe('scan/synack', () => {
  const answer = (i: number, more: Row): Row => ({
    dst: target(i),
    class: BACKSCATTER,
    flags: TCP_SYN | TCP_ACK,
    ...more,
  });
  test('one port of ours from many ports is a scan', () => {
    assert.deepEqual(
      found(
        synack,
        rowsOf(9, (i) => answer(i, { sport: 443, port: 33_000 + i })),
      ),
      ['1.2.3.4 443/tcp'],
    );
  });
  test('answers from one port are a victim’s, whatever port they go to', () => {
    assert.deepEqual(
      found(
        synack,
        rowsOf(300, (i) => answer(i, { sport: 1024 + i, port: 80 })),
      ),
      [],
    );
    assert.deepEqual(
      found(
        synack,
        rowsOf(300, (i) => answer(i, { sport: 1024, port: 80 })),
      ),
      [],
    );
  });
  test('resets are none', () => {
    assert.deepEqual(
      found(
        synack,
        rowsOf(9, (i) => answer(i, { sport: 443, port: 33_000 + i, flags: 4 })),
      ),
      [],
    );
  });
});

const ACTORS: readonly [actor: string, detector: string][] = [
  ['masscan-1.3.2', 'scan/horizontal'],
  ['masscan-head', 'scan/horizontal'],
  ['zmap-2', 'scan/horizontal'],
  ['zmap-4.1.1-windows', 'scan/horizontal'],
  ['nmap', 'scan/horizontal'],
  ['unicornscan', 'scan/horizontal'],
  ['mirai', 'scan/horizontal'],
  ['vertical-slow', 'scan/vertical'],
  ['synack-scan', 'scan/synack'],
];

describe('scans over the simulator’s actors', () => {
  for (const prefix of ['25.37.0.0/24', '25.37.0.0/20', '25.37.0.0/16']) {
    for (const [actor, id] of ACTORS) {
      test(`${actor} in ${prefix}`, () => {
        const options = { packets: 300, duration_s: 600, start_s: 1_735_689_600, prefixes: [prefix] };
        const { bytes, truth } = simulateToBytes({ ...options, mix: { [actor]: 1 }, only: true });
        const bins = binsOfCapture(bytes, truth.header.addresses4);
        const detectors = OURS.filter((detector) => run(detector, bins).sightings.length > 0);
        assert.deepEqual(
          detectors.map((detector) => detector.id),
          [id],
        );
        const sources = new Set(
          detectors.flatMap((detector) => run(detector, bins).sightings.map(({ subject }) => subject.value)),
        );
        const heavy = truth.events.filter(({ packets }) => packets >= 60).map(({ subject }) => subject);
        for (const subject of heavy) assert.ok(sources.has(subject), subject);
      });
    }
  }

  test('attacks of every kind raise none', () => {
    const mix = { 'reflection-tcp': 1 };
    const { bytes } = simulateToBytes({ packets: 3000, duration_s: 600, mix, only: true, start_s: 1_735_689_600 });
    for (const detector of OURS) assert.deepEqual(run(detector, binsOfCapture(bytes, 4096)).sightings, []);
  });
});

const DATA = ['data', 'pcap'] as const;
const CAPTURES: readonly [path: string, detector: string, source: string][] = [
  ['simple-scan/445_scan.pcap', 'scan/horizontal', '176.192.150.3 445/tcp'],
  ['simple-scan/port_scan.pcap', 'scan/vertical', '192.168.2.154'],
  ['esnet/attacks/scanners/masscan/tcp_0_1000_20190821.pcap', 'scan/vertical', '172.31.15.102'],
  ['scanner-recognition/zmap.pcap', 'scan/horizontal', '192.168.37.132 80/tcp'],
  ['ndpi/synscan.pcap', 'scan/vertical', '172.16.0.8'],
  ['chrissanders/synscan.pcapng', 'scan/vertical', '172.16.0.8'],
];

describe('scans in real captures', () => {
  for (const [path, id, name] of CAPTURES) {
    test(path, needs(sharedFile(...DATA, path)), () => {
      const bins = binsOfFile(sharedData(...DATA, path));
      for (const detector of OURS) {
        const told = names(run(detector, bins).sightings);
        assert.deepEqual([...new Set(told)], detector.id === id ? [name] : []);
      }
    });
  }

  test('simple-scan/backscatter.trace: none', needs(sharedFile(...DATA, 'simple-scan/backscatter.trace')), () => {
    const bins = binsOfFile(sharedData(...DATA, 'simple-scan/backscatter.trace'));
    for (const detector of OURS) assert.deepEqual(names(run(detector, bins).sightings), []);
  });
});
