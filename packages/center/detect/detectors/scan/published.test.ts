/** Published definitions: known answers, just below and at each threshold, and what a real capture gives. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import type { Detector } from '../../detector.ts';
import { binOf, binsOfFile, type Row, run } from '../testing/captures.ts';
import { durumeric } from './durumeric.ts';
import { jpcertPorts } from './jpcert-ports.ts';
import { merit } from './merit.ts';
import { npaPorts } from './npa-ports.ts';
import { kindOf, simpleScan } from './simple-scan.ts';
import { likelihoodRatio, trw } from './trw.ts';
import { zeek } from './zeek.ts';

/** Merit's telescope. */
const ORION = 475_136;
const START = 6 * 60;

interface Hit extends Row {
  readonly at_s: number;
}

const target = (index: number): string => `25.37.${index >> 8}.${index & 255}`;

/** Rows at seconds since the start of a block. */
function told(detector: Detector, given: readonly Hit[], addresses = 4096): Sighting[] {
  const minutes = Map.groupBy(given, ({ at_s }) => Math.floor(at_s / 60));
  const bins = [...minutes.keys()]
    .sort((a, b) => a - b)
    .map((minute) => {
      const rows = (minutes.get(minute) ?? []).map((hit) => ({ ...hit, first_us: (hit.at_s - minute * 60) * 1e6 }));
      return binOf(START + minute, rows, addresses);
    });
  return run(detector, bins).sightings;
}

function hits(count: number, hit: (index: number) => Hit): Hit[] {
  return Array.from({ length: count }, (_, index) => hit(index));
}

const codes = (sightings: readonly Sighting[]): string[] =>
  sightings.map(({ reasons }) => reasons.map(({ code }) => code).join());

const classOf = (name: string): number => CLASSES.findIndex((one) => one.name === name);
const CLASS_OF_FLAGS: Readonly<Record<number, number>> = {
  2: classOf('probe'),
  16: classOf('stray'),
  18: classOf('backscatter'),
  20: classOf('backscatter'),
};

describe('scan/merit', () => {
  test('ten destinations at ten packets a second over all of IPv4', () => {
    // 10 packets in 900 s at N = 475,136: 10 · 9,039.4 ÷ 900 = 100 packets a second.
    assert.equal(
      told(
        merit,
        hits(9, (i) => ({ at_s: i * 100, dst: target(i) })),
        ORION,
      ).length,
      0,
    );
    const [scan] = told(
      merit,
      hits(10, (i) => ({ at_s: i * 100, dst: target(i) })),
      ORION,
    );
    assert.equal(scan.aspect, '23/tcp');
    assert.deepEqual(scan.figures, { packets: 10, targets: 10, ports: 1 });
    assert.deepEqual(scan.reasons, [{ code: 'event', values: { targets: 10, rate_pps: 100 } }, { code: 'small' }]);
  });

  test('624 seconds of silence do not end an event, 625 do', () => {
    const five = hits(5, (i) => ({ at_s: i, dst: target(i) }));
    const more = (gap: number): Hit[] => hits(5, (i) => ({ at_s: 4 + gap + i, dst: target(5 + i) }));
    assert.equal(told(merit, [...five, ...more(624)], ORION).length, 1);
    assert.equal(told(merit, [...five, ...more(625)], ORION).length, 0);
  });

  test('a slower one is no event, and one of a tenth of the telescope is not small', () => {
    // 10 packets in 10,000 s (gaps of 600 s, over 16 targets) at N = 12,000,000: 0.4 packets a second.
    assert.equal(
      told(
        merit,
        hits(16, (i) => ({ at_s: i * 600, dst: target(i) })),
        12_000_000,
      ).length,
      0,
    );
    assert.deepEqual(
      codes(
        told(
          merit,
          hits(10, (i) => ({ at_s: i, dst: target(i) })),
          100,
        ),
      ),
      ['event'],
    );
  });

  test('types are apart, and answers are none: SYN, ACK, SYN-ACK, RST-ACK', () => {
    const kinds = [2, 16, 18, 20].flatMap((flags) =>
      hits(10, (i) => ({ at_s: i, dst: target(i), flags, class: CLASS_OF_FLAGS[flags], port: 80, sport: 5000 })),
    );
    assert.deepEqual(
      told(merit, kinds, ORION)
        .map(({ aspect }) => aspect)
        .sort(),
      ['80/tcp', '80/tcp-ack'],
    );
  });
});

describe('scan/durumeric', () => {
  const scan = (count: number, step_s: number): Hit[] => hits(count, (i) => ({ at_s: i * step_s, dst: target(i) }));
  test('a hundred addresses', () => {
    assert.equal(told(durumeric, scan(99, 1), ORION).length, 0);
    assert.equal(told(durumeric, scan(100, 1), ORION).length, 1);
  });
  test('at ten packets a second', () => {
    // 100 packets in 99 · 9 s at N = 12,000,000 (× 357.9): 40 a second; at 4 · 10⁸ (× 10.7): 1.2.
    assert.equal(told(durumeric, scan(100, 9), 12_000_000).length, 1);
    assert.equal(told(durumeric, scan(100, 9), 400_000_000).length, 0);
  });
  test('480 seconds of silence end it', () => {
    const part = (from: number): Hit[] => hits(50, (i) => ({ at_s: from + i, dst: target(from + i) }));
    assert.equal(told(durumeric, [...part(0), ...part(49 + 480)], ORION).length, 1);
    assert.equal(told(durumeric, [...part(0), ...part(49 + 481)], ORION).length, 0);
  });
});

describe('scan/zeek', () => {
  test('25 hosts on a port, 15 ports of a host, within the same five minutes', () => {
    assert.deepEqual(
      codes(
        told(
          zeek,
          hits(24, (i) => ({ at_s: i * 12, dst: target(i) })),
        ),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        told(
          zeek,
          hits(25, (i) => ({ at_s: i * 12, dst: target(i) })),
        ),
      ),
      ['address_scan'],
    );
    assert.deepEqual(
      codes(
        told(
          zeek,
          hits(25, (i) => ({ at_s: i * 13, dst: target(i) })),
        ),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        told(
          zeek,
          hits(14, (i) => ({ at_s: i, port: i + 1 })),
        ),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        told(
          zeek,
          hits(15, (i) => ({ at_s: i, port: i + 1 })),
        ),
      ),
      ['port_scan'],
    );
  });
});

describe('scan/simple-scan', () => {
  test('three dark hosts on one port are enough', () => {
    assert.deepEqual(
      codes(
        told(
          simpleScan,
          hits(2, (i) => ({ at_s: i, dst: target(i) })),
        ),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        told(
          simpleScan,
          hits(3, (i) => ({ at_s: i, dst: target(i) })),
        ),
      ),
      ['address_scan'],
    );
  });
  test('ports of one host need 25 attempts; ten of three hosts are enough', () => {
    assert.deepEqual(
      codes(
        told(
          simpleScan,
          hits(24, (i) => ({ at_s: i, port: i + 1 })),
        ),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        told(
          simpleScan,
          hits(25, (i) => ({ at_s: i, port: i + 1 })),
        ),
      ),
      ['port_scan'],
    );
    const mixed = (count: number): Hit[] => hits(count, (i) => ({ at_s: i, port: i + 1, dst: target(i % 3) }));
    assert.deepEqual(codes(told(simpleScan, mixed(9))), []);
    assert.deepEqual(codes(told(simpleScan, mixed(10))), ['port_scan']);
  });
  test('fifteen minutes of silence make it forget', () => {
    const after = (gap: number): Hit[] => [0, 1, 1 + gap].map((at_s, i) => ({ at_s, dst: target(i) }));
    assert.equal(told(simpleScan, after(900)).length, 1);
    assert.equal(told(simpleScan, after(901)).length, 0);
  });
  test('kinds', () => {
    const kinds = [
      [9, 1],
      [1, 9],
      [9, 5],
      [5, 9],
      [6, 6],
    ].map(([hosts, ports]) => kindOf(hosts, ports));
    assert.deepEqual(kinds, ['address_scan', 'port_scan', 'address_scan', 'port_scan', 'random_scan']);
  });
  const path = ['data', 'pcap', 'simple-scan'] as const;
  test('its own captures: the address scan, and no notice for backscatter', needs(sharedFile(...path)), () => {
    const notices = (name: string): string[] => {
      const { sightings } = run(simpleScan, binsOfFile(sharedData(...path, name)));
      return sightings.map(({ subject, reasons }) => `${subject.value} ${reasons[0].code}`);
    };
    assert.ok(notices('445_scan.pcap').every((notice) => notice === '176.192.150.3 address_scan'));
    assert.ok(notices('445_scan.pcap').length > 0);
    assert.deepEqual(notices('backscatter.trace'), []);
  });
});

describe('scan/trw', () => {
  test('flags at the fourth destination when all fail', () => {
    assert.equal(
      told(
        trw,
        hits(3, (i) => ({ at_s: i, dst: target(i) })),
      ).length,
      0,
    );
    assert.equal(
      told(
        trw,
        hits(9, (i) => ({ at_s: i, dst: target(i % 3) })),
      ).length,
      0,
    );
    assert.equal(
      told(
        trw,
        hits(4, (i) => ({ at_s: i * 600, dst: target(i) })),
      ).length,
      1,
    );
  });
  test('the ratio walks down with success', () => {
    assert.ok(Math.abs(likelihoodRatio(4, 0) - 256) < 1e-9);
    assert.ok(Math.abs(likelihoodRatio(4, 4) - 1) < 1e-9);
  });
});

describe('scan/npa-ports and scan/jpcert-ports', () => {
  const ports = (count: number): Hit[] => hits(count, (i) => ({ at_s: i * 100, port: i + 1 }));
  test('100 ports or more, more than 10', () => {
    assert.equal(told(npaPorts, ports(99)).length, 0);
    assert.equal(told(npaPorts, ports(100))[0].figures.ports, 100);
    assert.equal(told(jpcertPorts, ports(10)).length, 0);
    assert.equal(told(jpcertPorts, ports(11))[0].figures.ports, 11);
  });
  test('a new day counts anew', () => {
    const day_s = 1080 * 60;
    assert.equal(told(npaPorts, [...ports(60), ...hits(60, (i) => ({ at_s: day_s + i, port: 500 + i }))]).length, 0);
  });
});
