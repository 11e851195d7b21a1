/** Vectors A to I: nine streams of one victim, each with what Corsaro 2 and Corsaro 3 (interval 60 s) say of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Backscatter } from './backscatter.ts';
import { type Corsaro2Attack, Corsaro2Dos, type Corsaro2Dump } from './corsaro2.ts';
import { type Corsaro3Attack, Corsaro3Dos } from './corsaro3.ts';

/** A multiple of 60 s, and of 300 s. */
const BASE_S = 1_700_000_100;

/** Times in seconds behind the base: `count` packets from `from` to `to`. */
function spread(count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, (_, index) => from + (count === 1 ? 0 : ((to - from) * index) / (count - 1)));
}

function every(step: number, to: number): number[] {
  return Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step);
}

const STREAMS: Readonly<Record<string, { times: readonly number[]; v2?: readonly number[]; v3: boolean }>> = {
  A: { times: spread(31, 0, 60), v2: [31, 60, 30], v3: true },
  B: { times: [...spread(29, 0, 58), 61], v3: false },
  C: { times: spread(25, 0, 70), v3: false },
  D: { times: [...spread(30, 0, 9), 60], v2: [31, 60, 30], v3: true },
  E: { times: [...spread(30, 0, 29), ...spread(30, 180, 209)], v2: [60, 209, 30], v3: false },
  F: { times: [...spread(30, 0, 29), ...spread(30, 331, 360)], v3: false },
  G: { times: every(2.1, 3600), v3: false },
  H: { times: spread(31, 5, 65), v2: [31, 60, 30], v3: false },
  I: { times: spread(30, 0, 59.9), v3: false },
};

function place(event: Backscatter, time: number, index: number): Backscatter {
  const us = Math.round(time * 1e6);
  event.seconds = BASE_S + Math.floor(us / 1e6);
  event.microseconds = us % 1e6;
  event.victim = 0xcb007101;
  event.protocol = 6;
  event.attackPort = 1024 + index;
  event.targetPort = 80;
  event.telescope = 0xc6336400 + (index % 256);
  event.ipBytes = 40;
  return event;
}

/** Calls `end` at the end of every minute from `first_s` on, also of two minutes in which everything has expired. */
function minutes(
  times: readonly number[],
  first_s: number,
  observe: (event: Backscatter) => void,
  end: (s: number) => void,
) {
  const event = new Backscatter();
  let end_s = first_s + 60;
  for (const [index, time] of times.entries()) {
    place(event, time, index);
    for (; event.seconds >= end_s; end_s += 60) end(end_s);
    observe(event);
  }
  for (let last = 0; last < 10; last++, end_s += 60) end(end_s);
}

function dumpsOfCorsaro2(times: readonly number[]): Corsaro2Dump[] {
  const dos = new Corsaro2Dos();
  const dumps: Corsaro2Dump[] = [];
  const first_s = BASE_S + Math.floor(times[0] ?? 0);
  dos.begin(first_s);
  minutes(
    times,
    first_s,
    (event) => dos.observe(event),
    (end_s) => {
      const dump = dos.end(end_s - 1);
      if (dump !== undefined) dumps.push(dump);
    },
  );
  return dumps;
}

function attacksOfCorsaro3(times: readonly number[]): Corsaro3Attack[] {
  const dos = new Corsaro3Dos();
  const attacks: Corsaro3Attack[] = [];
  dos.begin(BASE_S);
  minutes(
    times,
    BASE_S,
    (event) => dos.observe(event),
    (end_s) => {
      attacks.push(...dos.end());
      dos.begin(end_s);
    },
  );
  return attacks;
}

const facts = (attack: Corsaro2Attack) => [attack.packets, attack.latest_s - attack.start_s, attack.max_ppm];

for (const [name, { times, v2, v3 }] of Object.entries(STREAMS)) {
  test(`Corsaro2Dos judges vector ${name}`, () => {
    const attacks = dumpsOfCorsaro2(times).flatMap((dump) => dump.attacks);
    assert.deepEqual(attacks[0] === undefined ? undefined : facts(attacks[0]), v2);
  });
  test(`Corsaro3Dos judges vector ${name}`, () => {
    assert.equal(attacksOfCorsaro3(times).length > 0, v3);
  });
}

test('Corsaro2Dos reports an attack with what is new since the dump before, until it is dropped', () => {
  const dumps = dumpsOfCorsaro2(every(1, 400)).filter(({ attacks }) => attacks.length > 0);
  assert.deepEqual(
    dumps.map(({ attacks: [attack] }) => [attack?.packets, attack?.packets_since, attack?.telescopes_since]),
    [
      [300, 300, 256],
      [401, 101, 0],
    ],
  );
});

test('Corsaro2Dos counts mismatches in 16 bits, from dump to dump', () => {
  const dos = new Corsaro2Dos();
  const event = place(new Backscatter(), 0, 0);
  event.isMismatch = true;
  dos.begin(BASE_S);
  for (let packet = 0; packet < 65_540; packet++) dos.observe(event);
  assert.equal(dos.end(BASE_S + 298), undefined);
  assert.equal(dos.end(BASE_S + 299)?.mismatches, 4);
  assert.equal(dos.end(BASE_S + 599)?.mismatches, 0);
});

test('Corsaro2Dos keeps first packets when told to, and no more bytes of them than that', () => {
  const dos = new Corsaro2Dos({ firstPacketsBytesMax: 10 });
  dos.begin(BASE_S);
  const event = new Backscatter();
  event.bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  event.at = 2;
  event.end = 8;
  for (const [index, time] of every(1, 120).entries()) {
    for (const victim of [1, 2]) {
      place(event, time, index).victim = victim;
      dos.observe(event);
    }
  }
  const packets = dos.end(BASE_S + 300)?.attacks.map(({ first_packet }) => [...first_packet]);
  assert.deepEqual(packets, [[2, 3, 4, 5, 6, 7], []]);
});

test('Vectors counts what it has no room for', () => {
  const dos = new Corsaro2Dos({ vectorsMax: 3, membersMax: 2 });
  const event = place(new Backscatter(), 0, 0);
  for (let victim = 0; victim < 5; victim++) {
    event.victim = victim;
    dos.observe(event);
  }
  assert.deepEqual([dos.vectors.rows, dos.vectors.refused], [3, 2]);
  event.victim = 0;
  for (let port = 0; port < 5; port++) {
    event.attackPort = port;
    dos.observe(event);
  }
  // The first port is the vector's own, two are in the set, three find it full: ports 2, 3 and 4.
  assert.equal(dos.vectors.membersRefused, 3);
});

/** The obvious form: a map of sets. */
class Oracle {
  readonly victims = new Map<number, { latest: number; sets: Set<number>[]; packets: number }>();

  observe(event: Backscatter): void {
    let vector = this.victims.get(event.victim);
    if (vector === undefined || vector.latest + 300 < event.seconds) {
      vector = { latest: 0, sets: [new Set(), new Set(), new Set()], packets: 0 };
      this.victims.set(event.victim, vector);
    }
    vector.latest = event.seconds;
    vector.packets++;
    for (const [kind, value] of [event.telescope, event.attackPort, event.targetPort].entries()) {
      vector.sets[kind]?.add(value);
    }
  }
}

test('Corsaro2Dos counts as sets do, through growth, expiry and dumps', () => {
  const packet = fc.record({
    gap: fc.integer({ min: 0, max: 9 }),
    victim: fc.integer({ min: 0, max: 12 }),
    port: fc.integer({ min: 0, max: 40 }),
    telescope: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(packet, { minLength: 200, maxLength: 600 }), (packets) => {
      const dos = new Corsaro2Dos();
      const oracle = new Oracle();
      const event = new Backscatter();
      let [time, dumped] = [0, -1];
      dos.begin(BASE_S);
      for (const { gap, victim, port, telescope } of packets) {
        time += gap;
        place(event, time, 0);
        Object.assign(event, { victim, attackPort: port, telescope });
        if (time - dumped >= 300) {
          const dump = dos.end(BASE_S + time);
          dumped = time;
          for (const { victim: reported, ...attack } of dump?.attacks ?? []) {
            const vector = oracle.victims.get(reported);
            assert.deepEqual(
              [attack.packets, attack.telescopes, attack.attack_ports, attack.target_ports],
              [vector?.packets, ...(vector?.sets.map(({ size }) => size) ?? [])],
            );
          }
        }
        dos.observe(event);
        oracle.observe(event);
      }
    }),
    { numRuns: 30 },
  );
});
