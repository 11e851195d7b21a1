import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '@noroshi/center/ledger/ledger.ts';
import type { Subject } from '@noroshi/center/ledger/sighting.ts';
import { match, type Question, questionOf } from './match.ts';
import type { LabelledEvent } from './truth.ts';

const T0_S = 1_767_571_200;
const BIN_MS = 60_000;

function event(
  kind: LabelledEvent['kind'],
  subject: string,
  minutes: readonly [number, number],
  ports: number[] = [],
): LabelledEvent {
  return { kind, subject, start: T0_S + minutes[0] * 60, end: T0_S + minutes[1] * 60, ports };
}

let ids = 0;
function finding(subject: Subject['kind'], value: string, minutes: readonly [number, number], aspect = ''): Finding {
  const from_ms = (T0_S + minutes[0] * 60) * 1000;
  const to_ms = (T0_S + minutes[1] * 60) * 1000;
  return {
    id: String(ids++).padStart(4, '0'),
    feed: 'simulation',
    detector: 'dos/victim',
    detector_version: 1,
    subject: { kind: subject, value },
    aspect,
    from_ms,
    to_ms,
    first_ms: from_ms,
    last_ms: to_ms,
    is_open: false,
    state: 'confirmed',
    confidence: 1,
    reasons: [],
    figures: {},
    revision: 0,
  };
}

function question(detector: string): Question {
  const asked = questionOf(detector);
  assert.ok(asked !== undefined, detector);
  return asked;
}

function verdicts(detector: string, findings: readonly Finding[], events: readonly LabelledEvent[]): string[] {
  return match(question(detector), findings, events, BIN_MS).judged.map(({ verdict }) => verdict);
}

function found(detector: string, findings: readonly Finding[], events: readonly LabelledEvent[]): number[] {
  return match(question(detector), findings, events, BIN_MS).events.map((one) => one.findings.length);
}

const VICTIM = event('dos', '198.51.100.7', [10, 40], [80, 443]);

test('match: a finding is true when kind, subject and time agree', () => {
  assert.deepEqual(verdicts('dos/victim', [finding('address', '198.51.100.7', [12, 30], 'tcp/80')], [VICTIM]), [
    'true',
  ]);
  assert.deepEqual(verdicts('dos/victim', [finding('address', '198.51.100.8', [12, 30], 'tcp/80')], [VICTIM]), [
    'false',
  ]);
  assert.deepEqual(found('dos/victim', [], [VICTIM]), [0]);
});

test('match: times agree give or take one bin', () => {
  const at = (from: number, to: number): string[] =>
    verdicts('dos/victim', [finding('address', '198.51.100.7', [from, to])], [VICTIM]);
  assert.deepEqual(at(41, 45), ['true']);
  assert.deepEqual(at(42, 45), ['false']);
  assert.deepEqual(at(5, 9), ['true']);
  assert.deepEqual(at(5, 8), ['false']);
});

test('match: a second finding of the same event is a double, of another of its services it is true', () => {
  const first = finding('address', '198.51.100.7', [12, 20], 'tcp/80');
  const again = finding('address', '198.51.100.7', [25, 30], 'tcp/80');
  const other = finding('address', '198.51.100.7', [25, 30], 'tcp/443');
  const strange = finding('address', '198.51.100.7', [26, 30], 'tcp/9999');
  assert.deepEqual(verdicts('dos/victim', [first, again], [VICTIM]), ['true', 'double']);
  assert.deepEqual(verdicts('dos/victim', [first, other], [VICTIM]), ['true', 'true']);
  // A service that is none of the event's speaks of the event as a whole: once.
  assert.deepEqual(
    verdicts('dos/victim', [strange, finding('address', '198.51.100.7', [27, 30], 'tcp/9998')], [VICTIM]),
    ['true', 'double'],
  );
});

test('match: two events of one subject take a finding each', () => {
  const later = event('dos', '198.51.100.7', [100, 110], [80]);
  const findings = [
    finding('address', '198.51.100.7', [101, 105], 'tcp/80'),
    finding('address', '198.51.100.7', [12, 20], 'tcp/80'),
  ];
  assert.deepEqual(verdicts('dos/victim', findings, [VICTIM, later]), ['true', 'true']);
  assert.deepEqual(found('dos/victim', findings, [VICTIM, later]), [1, 1]);
});

test('match: a source of a SYN-ACK scan is never rightly called a victim', () => {
  const scan = event('synack-scan', '198.51.100.9', [0, 60], [80]);
  const wrong = finding('address', '198.51.100.9', [5, 10], 'tcp/40000');
  assert.deepEqual(verdicts('dos/victim', [wrong], [scan]), ['false']);
  assert.deepEqual(verdicts('scan/synack', [wrong], [scan]), ['true']);
  assert.deepEqual(verdicts('scan/synack', [wrong], [{ ...scan, kind: 'dos' }]), ['false']);
});

test('match: one finding an event of reflection; those of one service at the same time are one', () => {
  const reflection = event('reflection', '25.37.0.4/30', [10, 20], [443]);
  const twin = event('reflection', '25.37.3.1', [12, 22], [443]);
  const other = event('reflection', '25.37.3.1', [12, 22], [80]);
  const seen = finding('telescope', '*', [11, 19], 'tcp/443');
  assert.deepEqual(verdicts('dos/reflection', [seen, finding('telescope', '*', [15, 18], 'tcp/443')], [reflection]), [
    'true',
    'double',
  ]);
  assert.deepEqual(found('dos/reflection', [seen], [reflection, twin, other]), [1, 1, 0]);
  // The servers that answer are no victims.
  assert.deepEqual(verdicts('dos/victim', [finding('address', '203.0.113.5', [11, 19], 'tcp/443')], [reflection]), [
    'false',
  ]);
});

test('match: a carpet is asked of dos/carpet, and its addresses are tolerated as victims', () => {
  const carpet = event('dos', '198.51.100.0/24', [10, 20], [80]);
  const victims = [finding('address', '198.51.100.3', [11, 12]), finding('address', '198.51.100.3', [15, 16])];
  assert.deepEqual(verdicts('dos/victim', victims, [carpet]), ['tolerated', 'tolerated']);
  assert.deepEqual(found('dos/victim', victims, [carpet]), []);
  assert.deepEqual(verdicts('dos/carpet', [finding('prefix', '198.51.100.0/24', [11, 19])], [carpet]), ['true']);
  assert.deepEqual(verdicts('dos/carpet', [finding('prefix', '198.51.0.0/16', [11, 19])], [carpet]), ['true']);
  assert.deepEqual(verdicts('dos/carpet', [finding('prefix', '198.51.101.0/24', [11, 19])], [carpet]), ['false']);
  assert.deepEqual(verdicts('dos/carpet', [finding('network', 'AS64500', [11, 19])], [carpet]), ['true']);
  assert.deepEqual(verdicts('dos/carpet', [finding('prefix', '198.51.100.0/24', [11, 19])], [VICTIM]), ['false']);
});

test('match: IPv6 subjects, however they are written', () => {
  const six = event('dos', '2001:db8:0::7', [10, 20], [80]);
  assert.deepEqual(verdicts('dos/victim', [finding('address', '2001:db8::7', [11, 19])], [six]), ['true']);
  const carpet = event('dos', '2001:db8::/64', [10, 20], [80]);
  assert.deepEqual(verdicts('dos/carpet', [finding('prefix', '2001:db8::/64', [11, 19])], [carpet]), ['true']);
});

test('match: scans, and what is not wrongly called one', () => {
  const bot = event('bot', '198.51.100.20', [0, 60], [23]);
  const forged = event('amplification', '198.51.100.21', [0, 60], [53]);
  const mistaken = event('misconfiguration', '25.37.0.9', [0, 60], [6881]);
  const of = (address: string): Finding => finding('address', address, [5, 10], 'tcp/23');
  assert.deepEqual(verdicts('scan/horizontal', [of('198.51.100.20'), of('198.51.100.21')], [bot, forged]), [
    'true',
    'tolerated',
  ]);
  assert.deepEqual(verdicts('scan/horizontal', [of('25.37.0.9')], [mistaken]), ['false']);
  assert.deepEqual(verdicts('scan/vertical', [of('198.51.100.20')], [bot]), ['tolerated']);
});

test('questionOf: every theme that makes findings, and no other', () => {
  for (const detector of ['dos/npa', 'dos/corsaro2', 'scan/merit', 'scan/npa-ports']) question(detector);
  assert.equal(questionOf('sources/classes'), undefined);
});
