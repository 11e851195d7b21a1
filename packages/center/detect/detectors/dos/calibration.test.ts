/**
 * How right the default detectors are in a simulated day at 4,096 addresses, with attacks of all strengths, scans, reflection, lost servers
 * and stray answers; `noroshi evaluate` does the same at length.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TruthEvent } from '@noroshi/simulate/main.ts';
import { ROLES } from '@noroshi/simulate/rows/roles.ts';
import { RowWorld } from '@noroshi/simulate/rows/world.ts';
import type { Finding } from '../../../ledger/ledger.ts';
import type { Bin } from '../../flow-batch.ts';
import { flowBatchOf } from '../../flow-batch-of.ts';
import { detectInMemory } from '../../memory/memory.ts';
import { carpet } from './carpet.ts';
import { reflection } from './reflection.ts';
import { detectionLimit_pps } from './spans.ts';
import { START_MS } from './testing/answers.ts';
import { victim } from './victim.ts';

const ADDRESSES = 4096;
const HOURS = 8;

async function simulated(isQuiet: boolean): Promise<{ truth: TruthEvent[]; findings: Finding[] }> {
  const roles = ROLES.filter(
    ({ kind, isAnswer }) => isAnswer && !(isQuiet && (kind === 'dos' || kind === 'reflection')),
  );
  const world = new RowWorld({ seed: 21, addresses: ADDRESSES, roles, packetsPerAddressDay: 40 });
  function* bins(): Generator<Bin> {
    for (const { minute_ms, exposure, columns, rows } of world.minutes(START_MS, START_MS + HOURS * 3_600_000)) {
      yield { minute_ms, exposure, flows: flowBatchOf(columns, rows) };
    }
  }
  const detectors = [victim, carpet, reflection];
  const { findings, failures } = await detectInMemory({ bins: bins(), detectors, place: { feed: 'simulation' } });
  assert.deepEqual(failures, []);
  return { truth: world.truth(), findings };
}

/** The same for both tests that ask. */
const withAttacks = simulated(false);

test('findings are as right as their confidence says; attacks above the limit are found', async () => {
  const { truth, findings } = await withAttacks;
  const dos = truth.filter(({ kind }) => kind === 'dos');
  const subjects = new Set(dos.map(({ subject }) => subject));
  const about = findings.filter(({ detector }) => detector !== 'dos/reflection');
  for (const confidence of new Set(about.map((one) => one.confidence))) {
    const own = about.filter((one) => one.confidence === confidence);
    const right = own.filter(({ subject }) => subjects.has(subject.value));
    assert.ok(right.length >= confidence * own.length, `${confidence}: ${right.length} of ${own.length}`);
  }
  const found = new Set(about.map(({ subject }) => subject.value));
  const above = dos.filter(({ attack_pps = 0, start, end, pulse_s, subject }) => {
    const lasts_s = Math.min(end - start, pulse_s?.[0] ?? Number.POSITIVE_INFINITY);
    return !subject.includes('/') && attack_pps >= detectionLimit_pps(ADDRESSES, Math.max(1, lasts_s));
  });
  const recalled = above.filter(({ subject }) => found.has(subject));
  assert.ok(above.length >= 20 && recalled.length >= 0.95 * above.length, `${recalled.length} of ${above.length}`);
  const reflected = findings.filter(({ detector }) => detector === 'dos/reflection');
  assert.ok(reflected.length > 0);
  assert.ok(reflected.length <= truth.filter(({ kind }) => kind === 'reflection').length);
});

test('intervals of steady attacks hold the true rate in 95 of 100', async () => {
  const { truth, findings } = await withAttacks;
  const steady = truth.filter(({ kind, pulse_s }) => kind === 'dos' && pulse_s === undefined);
  const pairs = steady.flatMap((event) => {
    const finding = findings.find(({ subject }) => subject.value === event.subject);
    return finding === undefined ? [] : [{ rate: event.attack_pps ?? 0, figures: finding.figures }];
  });
  const held = pairs.filter(({ rate, figures: { attack_pps_low = 0, attack_pps_high = 0 } }) => {
    return attack_pps_low <= rate && rate <= attack_pps_high;
  });
  // Of so few, two in a thousand times fewer than 86 % would be held by a right interval.
  assert.ok(pairs.length >= 30 && held.length >= 0.86 * pairs.length, `${held.length} of ${pairs.length}`);
});

test('without attacks nothing is found: not in SYN-ACK scans, lost servers, stray answers', async () => {
  const { truth, findings } = await simulated(true);
  assert.ok(truth.some(({ kind }) => kind === 'synack-scan') && truth.some(({ kind }) => kind === 'misconfiguration'));
  assert.deepEqual(findings, []);
});
