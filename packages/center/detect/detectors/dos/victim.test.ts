import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASS_RESPONSE } from '@noroshi/wire/classify/class.ts';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import fc from 'fast-check';
import { gatherBatch } from '../../batch-columns.ts';
import type { Bin } from '../../flow-batch.ts';
import {
  type Answer,
  attackOn,
  batchOf,
  binsOf,
  dice,
  oursAt,
  RST_ACK,
  sightingsOf,
  START_MS,
} from './testing/answers.ts';
import { victim } from './victim.ts';

const VICTIM = '198.41.0.4';
const seenIn = (answers: readonly Answer[], addresses = 4096) => sightingsOf(victim, binsOf(answers, addresses));
const subjects = (answers: readonly Answer[], addresses = 4096) => [
  ...new Set(seenIn(answers, addresses).map(({ subject, aspect }) => `${subject.value} ${aspect}`)),
];

test('a flood is told every minute while it lasts, with a rate whose interval holds the truth', () => {
  const seen = seenIn(attackOn(VICTIM, { rate_ps: 0.5, to_s: 600 }));
  assert.ok(seen.length >= 9);
  const last = seen.at(-1);
  assert.deepEqual([last?.subject, last?.aspect], [{ kind: 'address', value: VICTIM }, 'tcp/80']);
  const true_pps = (0.5 * 2 ** 32) / 4096;
  const { attack_pps_low = 0, attack_pps_high = 0, attack_pps = 0 } = last?.figures ?? {};
  assert.ok(attack_pps_low < true_pps && true_pps < attack_pps_high, `${attack_pps_low} … ${attack_pps_high}`);
  assert.ok(attack_pps_low < attack_pps && attack_pps < attack_pps_high);
  assert.ok((last?.confidence ?? 0) > 0.9);
  assert.deepEqual(
    last?.reasons.map(({ code }) => code),
    ['dense', 'spread', 'drawn_ports'],
  );
  const told = seen.reduce((sum, { figures }) => sum + (figures.answers ?? 0), 0);
  assert.equal(told, attackOn(VICTIM, { rate_ps: 0.5, to_s: 600 }).length);
});

test('no more of our addresses are told than listen, and no more ports than answers', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const answers = joined(attackOn(VICTIM, { rate_ps: 3, to_s: 900, seed }, {}, 64));
    for (const { figures, reasons } of seenIn(answers, 64)) {
      const spread = reasons.find(({ code }) => code === 'spread')?.values;
      const told = Number(spread?.answers);
      assert.ok(figures.targets <= 64 && spread?.targets === figures.targets, String(figures.targets));
      assert.ok(figures.peers_ports <= told, `${figures.peers_ports} ports of ${told} answers`);
    }
  }
});

test('every kind of answer has its victim and service', () => {
  const rate = { rate_ps: 0.5, to_s: 120 };
  const cases: [Partial<Answer>, string][] = [
    [{ flags: RST_ACK, sport: 3389 }, `${VICTIM} tcp/3389`],
    [{ proto: PROTO_UDP, class: CLASS_RESPONSE, sport: 53 }, `${VICTIM} udp/53`],
    [{ proto: PROTO_ICMP, icmp: [0, 0] }, `${VICTIM} icmp`],
    [
      { src: '192.203.230.10', proto: PROTO_ICMP, icmp: [3, 3], quoted: [VICTIM, PROTO_UDP, 27_015] },
      `${VICTIM} udp/27015`,
    ],
    [{ proto: PROTO_ICMP, icmp: [11, 0] }, ''],
  ];
  for (const [more, expected] of cases) assert.equal(subjects(attackOn(VICTIM, rate, more)).join(), expected);
  const six = attackOn('2600::1', rate, { proto: PROTO_ICMP6, icmp: [129, 0] });
  const toNetwork = six.map((answer, index) => ({ ...answer, dst: `2d00:6e6f:726f:7368::${index + 1}` }));
  assert.deepEqual(subjects(toNetwork), ['2600::1 icmpv6']);
  assert.ok(seenIn(toNetwork).every(({ figures }) => figures.attack_pps === undefined));
});

test('repetitions of SYN-ACKs are no answers, across minutes and in rows of several', () => {
  const first = attackOn(VICTIM, { rate_ps: 0.3, to_s: 900 });
  const again = first.flatMap((answer) => [1, 3, 7, 15].map((wait_s) => ({ ...answer, at_s: answer.at_s + wait_s })));
  const rows = joined([...first, ...again]);
  assert.ok(rows.length < first.length * 2, 'rows of several packets are tested');
  const seen = seenIn(rows);
  const told = seen.reduce((sum, { figures }) => sum + (figures.answers ?? 0), 0);
  const packets = seen.reduce((sum, { figures }) => sum + (figures.packets ?? 0), 0);
  assert.ok(Math.abs(told / first.length - 1) < 0.03, `${told} of ${first.length}`);
  assert.ok(packets > first.length * 4.7);
});

/** Packets of one minute and flow in one row, as the flow table does. */
function joined(answers: readonly Answer[]): Answer[] {
  const groups = Map.groupBy(answers, ({ at_s, src, dst, sport }) => `${Math.floor(at_s / 60)} ${src} ${dst} ${sport}`);
  return [...groups.values()].map((group) => {
    const times = group.map(({ at_s }) => at_s);
    const ports = group.map(({ dport = 0 }) => dport);
    const [at_s, dport] = [Math.min(...times), Math.min(...ports)];
    const lasts_s = Math.max(...times) - at_s;
    return { ...group[0], at_s, lasts_s, dport, spread: Math.max(...ports) - dport, packets: group.length };
  });
}

test('pulses are one attack, and its rate is that while it strikes', () => {
  const pulses = [0, 200, 400, 600].flatMap((from_s) =>
    attackOn(VICTIM, { rate_ps: 2, from_s, to_s: from_s + 60, seed: from_s + 3 }),
  );
  const last = seenIn(pulses).at(-1);
  const true_pps = (2 * 2 ** 32) / 4096;
  const { attack_pps_low = 0, attack_pps_high = 0 } = last?.figures ?? {};
  assert.ok(attack_pps_low < true_pps && true_pps < attack_pps_high);
  assert.equal(
    last?.figures.answers,
    pulses.filter(({ at_s }) => at_s >= 600 && at_s >= Math.floor(at_s / 60) * 60 && at_s < 660).length,
  );
});

test('nobody is a victim: scans with SYN-ACKs, lost servers, drizzle, what only one network of ours hears', () => {
  const roll = dice(5);
  const sweep = (ports: readonly number[]): Answer[] =>
    Array.from({ length: 4000 }, (_, index) => ({
      at_s: index / 10,
      src: VICTIM,
      dst: oursAt(((index * 1237) % 4096) / 4096),
      sport: 32_768 + Math.floor(roll() * 28_000),
      dport: ports[Math.floor(roll() * ports.length)],
    }));
  assert.deepEqual(subjects(sweep([443])), []);
  assert.deepEqual(subjects(sweep([22, 80, 443, 3389, 8080])), []);
  assert.deepEqual(subjects(sweep([443]).map((answer) => ({ ...answer, sport: 40_000 }))), []);
  const lost = attackOn(VICTIM, { rate_ps: 1, to_s: 600 }, { dst: oursAt(0.4) });
  assert.deepEqual(subjects(lost), []);
  const drizzle = attackOn(VICTIM, { rate_ps: 50, to_s: 600 }).map((answer, index) => ({
    ...answer,
    src: `${1 + (index % 200)}.${(index >>> 3) & 255}.${(index * 31) & 255}.7`,
  }));
  assert.deepEqual(subjects(drizzle), []);
  const oneNetwork = attackOn(VICTIM, { rate_ps: 0.5, to_s: 300 }, {}, 256);
  assert.deepEqual(subjects(oneNetwork), []);
});

test('a storm of reflected answers to all of ours makes no victim, and a victim stands out of it', () => {
  const roll = dice(11);
  const storm = Array.from({ length: 60_000 }, (_, index) => ({
    at_s: roll() * 300,
    src: `${11 + (index % 50)}.${(index * 7) & 255}.${(index % 3000) >>> 4}.1`,
    dst: oursAt(roll()),
    sport: 443,
    dport: 1024 + Math.floor(roll() * 60_000),
  }));
  assert.deepEqual(subjects(storm), []);
  assert.deepEqual(subjects([...storm, ...attackOn(VICTIM, { rate_ps: 20, to_s: 300 }, { sport: 443 })]), [
    `${VICTIM} tcp/443`,
  ]);
});

test('who cannot be on the Internet is told with little confidence', () => {
  const [first] = seenIn(attackOn('10.1.2.3', { rate_ps: 0.5, to_s: 200 }));
  assert.ok((first?.confidence ?? 1) < 0.5);
  assert.ok(first?.reasons.some(({ code }) => code === 'bogon'));
});

test('the order of rows in a minute (and so which sensor they are of) does not matter; nor what came before the warm-up', () => {
  const answers = joined([
    ...attackOn(VICTIM, { rate_ps: 1, to_s: 400, seed: 2 }),
    ...attackOn('198.41.0.5', { rate_ps: 0.2, from_s: 100, to_s: 500, seed: 3 }, { flags: RST_ACK }),
    ...attackOn('198.41.0.6', { rate_ps: 3, from_s: 60, to_s: 200, seed: 4 }, { dst: oursAt(0.2) }),
  ]);
  const bins = binsOf(answers);
  const expected = sightingsOf(victim, bins);
  assert.ok(expected.length > 10);
  assert.deepEqual(sightingsOf(victim, bins), expected);
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      assert.deepEqual(
        sightingsOf(
          victim,
          bins.map((bin) => shuffled(bin, seed)),
        ),
        expected,
      );
    }),
    { numRuns: 15 },
  );
  const older = attackOn('198.41.0.7', { rate_ps: 1, to_s: 300, seed: 9 });
  const shift_s = 5 * 3600 + 3000;
  const later = binsOf([...older, ...answers.map((answer) => ({ ...answer, at_s: answer.at_s + shift_s }))]);
  const inBlock = (bin_ms: number): boolean => bin_ms >= START_MS + 6 * 3_600_000;
  const alone = later.filter(({ minute_ms }) => minute_ms >= START_MS + 5 * 3_600_000);
  assert.deepEqual(
    sightingsOf(victim, later).filter(({ bin_ms }) => inBlock(bin_ms)),
    sightingsOf(victim, alone).filter(({ bin_ms }) => inBlock(bin_ms)),
  );
});

function shuffled(bin: Bin, seed: number): Bin {
  const roll = dice(seed);
  const order = Array.from({ length: bin.flows.rows }, (_, row) => [roll(), row] as const).sort(([a], [b]) => a - b);
  return {
    ...bin,
    flows: gatherBatch(
      bin.flows,
      Uint32Array.from(order, ([, row]) => row),
    ),
  };
}

test('nobody listening: does not apply; an empty minute gives nothing', () => {
  const bin = { minute_ms: START_MS, exposure: { addresses: 0, networks64: 0 }, flows: batchOf([]) };
  assert.equal(victim.appliesTo(bin), false);
  assert.deepEqual(
    victim.start({ feed: 'x' }).step({ ...bin, exposure: { addresses: 16, networks64: 0 } }).sightings,
    [],
  );
});
