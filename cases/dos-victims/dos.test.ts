/**
 * The DoS detectors over packets on the sensor's own path: each of the simulator's actors, and what the real Corsaro 2 wrote for its
 * reference capture.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { detectInMemory } from '@noroshi/center/detect/memory/memory.ts';
import { DETECTORS } from '@noroshi/center/detect/detectors/index.ts';
import type { Finding } from '@noroshi/center/ledger/ledger.ts';
import { CaptureBins } from '@noroshi/cli/evaluate/captures.ts';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { simulateToBytes, type SimulateOptions } from '@noroshi/simulate/main.ts';

const DOS = DETECTORS.filter(({ theme }) => theme === 'dos');
const OURS: ReadonlySet<string> = new Set(['dos/victim', 'dos/carpet', 'dos/reflection']);

async function findingsIn(path: string, prefixes?: readonly string[]): Promise<Finding[]> {
  const bins = new CaptureBins({ paths: [path], ...(prefixes === undefined ? {} : { prefixes }) });
  const { findings, failures } = await detectInMemory({ bins, detectors: DOS, place: { feed: 'replay' } });
  assert.deepEqual(failures, []);
  return findings;
}

async function simulated(mix: Readonly<Record<string, number>>, options: SimulateOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-dos-'));
  try {
    const file = join(folder, 'a.pcap');
    const { bytes, truth } = simulateToBytes({ packets: 6000, duration_s: 1800, ...options, mix, only: true });
    writeFileSync(file, bytes);
    const findings = await findingsIn(file, truth.header.prefixes);
    return { events: truth.events, findings: findings.filter(({ detector }) => OURS.has(detector)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const subjects = (findings: readonly Finding[]) => findings.map(({ subject }) => subject.value).sort();

for (const actor of ['dos-syn', 'dos-syn-pulsed', 'dos-udp', 'dos-ttl', 'dos-echo', 'dos-dns', 'dos-ntp', 'dos-quic']) {
  test(`${actor}: every victim once, nobody else`, async () => {
    const { events, findings } = await simulated({ [actor]: 1 });
    assert.ok(events.length >= 3);
    assert.ok(findings.every(({ detector }) => detector === 'dos/victim'));
    // The weakest have a few dozen packets in half an hour.
    const clear = events.filter(({ answers = 0 }) => answers >= 32).map(({ subject }) => subject);
    const found = subjects(findings);
    assert.equal(new Set(found).size, found.length);
    for (const subject of clear) assert.ok(found.includes(subject), `${subject} is missed`);
    const known = new Set(events.map(({ subject }) => subject));
    assert.deepEqual(
      found.filter((subject) => !known.has(subject)),
      [],
    );
  });
}

test('dos-carpet: networks, not their addresses', async () => {
  const { events, findings } = await simulated({ 'dos-carpet': 1 });
  const four = events.filter(({ net }) => net === 4).map(({ subject }) => subject);
  assert.ok(four.length > 0);
  const found = findings.filter(({ subject }) => subject.kind === 'prefix' && !subject.value.includes(':'));
  assert.deepEqual(subjects(found), four.sort());
  assert.ok(findings.every(({ detector }) => detector === 'dos/carpet'));
});

test('reflection-tcp: an event of the telescope; synack-scan, amplification, drizzle: nothing', async () => {
  const { findings } = await simulated({ 'reflection-tcp': 1 }, { packets: 8000, duration_s: 600 });
  assert.ok(findings.length >= 1);
  assert.ok(findings.every(({ detector, subject }) => detector === 'dos/reflection' && subject.value === '*'));
  const quiet = { 'synack-scan': 3, 'amplify-dns': 1, 'amplify-ntp': 1, drizzle: 2 };
  assert.deepEqual((await simulated(quiet, { packets: 20_000 })).findings, []);
});

const REFERENCE = ['reference', 'corsaro-out'] as const;

test(
  'dos/corsaro2 over rows names the victims that the real Corsaro 2 wrote',
  needs(sharedFile(...REFERENCE)),
  async () => {
    const findings = await findingsIn(sharedData(...REFERENCE, 'dos.pcap.zst'));
    const written = readFileSync(sharedData(...REFERENCE, 'dos', 'dos-ascii.dos'), 'utf8');
    const theirs = new Set([...written.matchAll(/^(203\.0\.113\.\d+),/gm)].map(([, address]) => address ?? ''));
    const own = new Set(
      findings.filter(({ detector }) => detector === 'dos/corsaro2').map(({ subject }) => subject.value),
    );
    assert.deepEqual(
      {
        lacking: [...theirs].filter((one) => !own.has(one)).sort(),
        besides: [...own].filter((one) => !theirs.has(one)).sort(),
      },
      // Of .22 the last packet is older than the first: rows do not know the order in which packets came.
      { lacking: ['203.0.113.22'], besides: [] },
    );
    const victims = findings.filter(({ detector }) => detector === 'dos/victim').map(({ subject }) => subject.value);
    assert.ok(victims.length >= 20);
    assert.ok(findings.every(({ detector }) => detector !== 'dos/carpet' && detector !== 'dos/reflection'));
  },
);

test('a real capture of backscatter has its one victim', needs(sharedFile('data', 'pcap', 'simple-scan')), async () => {
  const findings = await findingsIn(sharedData('data', 'pcap', 'simple-scan', 'backscatter.trace'));
  assert.deepEqual(
    findings.filter(({ detector }) => OURS.has(detector)).map(({ subject, aspect }) => [subject.value, aspect]),
    [['202.229.120.98', 'tcp/80']],
  );
});
