import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carpet } from './carpet.ts';
import { type Answer, attackOn, binsOf, dice, RST_ACK, sightingsOf } from './testing/answers.ts';
import { victim } from './victim.ts';

/** An attack on 256 addresses of a network: open and closed ports. */
function onNetwork(network: string, rate_ps: number, to_s: number, seed = 1, asn = 64_500): Answer[] {
  const roll = dice(seed);
  return attackOn('', { rate_ps, to_s, seed }, { asn }).map((answer) => {
    const last = Math.floor(roll() * 256);
    return { ...answer, src: `${network}.${last}`, flags: last % 3 === 0 ? 0x12 : RST_ACK };
  });
}

const subjects = (seen: ReturnType<typeof sightingsOf>) => [
  ...new Set(seen.map(({ subject, aspect }) => `${subject.value} ${aspect}`)),
];

test('a network whose addresses each answer little is told by its prefix, and no address of it is a victim', () => {
  const bins = binsOf(onNetwork('198.41.7', 1.5, 900));
  const seen = sightingsOf(carpet, bins);
  assert.deepEqual(subjects(seen), ['198.41.7.0/24 tcp/80']);
  const { addresses = 0, attack_pps_low = 0, attack_pps_high = 0 } = seen.at(-1)?.figures ?? {};
  assert.ok(addresses > 230 && addresses <= 270);
  const true_pps = (1.5 * 2 ** 32) / 4096;
  assert.ok(attack_pps_low < true_pps && true_pps < attack_pps_high);
  assert.deepEqual(sightingsOf(victim, bins), []);
});

test('strong carpet bombing is the network’s, too, not that of 256 victims', () => {
  const bins = binsOf(onNetwork('198.41.7', 60, 300));
  assert.deepEqual(subjects(sightingsOf(carpet, bins)), ['198.41.7.0/24 tcp/80']);
  assert.deepEqual(sightingsOf(victim, bins), []);
});

test('one victim in a network is the address’s, not the network’s', () => {
  const bins = binsOf([
    ...attackOn('198.41.7.9', { rate_ps: 1, to_s: 600 }),
    ...attackOn('198.41.7.10', { rate_ps: 0.005, to_s: 600, seed: 4 }),
  ]);
  assert.deepEqual(sightingsOf(carpet, bins), []);
  assert.deepEqual(subjects(sightingsOf(victim, bins)), ['198.41.7.9 tcp/80']);
});

test('victims of one network one after the other are victims', () => {
  const bins = binsOf(
    Array.from({ length: 24 }, (_, index) =>
      attackOn(`198.41.7.${index}`, { rate_ps: 1, from_s: index * 90, to_s: index * 90 + 60, seed: index }),
    ).flat(),
  );
  assert.equal(subjects(sightingsOf(victim, bins)).length, 24);
  assert.deepEqual(sightingsOf(carpet, bins), []);
});

test('several networks of one AS are told as the AS, besides', () => {
  const networks = ['198.41.7', '198.41.8', '203.119.1'];
  const bins = binsOf(networks.flatMap((network, index) => onNetwork(network, 1, 600, index + 1)));
  const seen = sightingsOf(carpet, bins);
  assert.deepEqual(subjects(seen).sort(), [
    '198.41.7.0/24 tcp/80',
    '198.41.8.0/24 tcp/80',
    '203.119.1.0/24 tcp/80',
    'AS64500 tcp/80',
  ]);
  const network = seen.find(({ subject }) => subject.kind === 'network');
  assert.equal(network?.figures.prefixes, 3);
  const two = binsOf(networks.slice(1).flatMap((one, index) => onNetwork(one, 1, 600, index + 1)));
  assert.ok(sightingsOf(carpet, two).every(({ subject }) => subject.kind === 'prefix'));
});

test('IPv6 networks are /48', () => {
  const roll = dice(3);
  const answers = attackOn('', { rate_ps: 1, to_s: 300 }).map((answer, index) => ({
    ...answer,
    src: `2600:1:2::${(1 + Math.floor(roll() * 255)).toString(16)}`,
    dst: `2d00:6e6f:726f:7368::${(index + 1).toString(16)}`,
  }));
  assert.deepEqual(subjects(sightingsOf(carpet, binsOf(answers))), ['2600:1:2::/48 tcp/80']);
});

test('drizzle of many hosts of a network is no carpet bombing', () => {
  assert.deepEqual(sightingsOf(carpet, binsOf(onNetwork('198.41.7', 0.004, 7200))), []);
});
