import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Detector, Run } from '@noroshi/center/detect/detector.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { figuresOf } from './figures.ts';
import { type Job, runJob } from './job.ts';
import { runJobs } from './pool.ts';
import { addScore, emptyScore } from './score.ts';

const BACKSCATTER = CLASSES.findIndex(({ name }) => name === 'backscatter');
/** Answers a minute of one source that the detector below takes for an attack. */
const MANY = 30;

/** The simplest there can be: a source of many answers in a minute is a victim. It takes SYN-ACK scans for victims as well. */
const simple: Detector = {
  id: 'dos/simple',
  version: 1,
  theme: 'dos',
  sentence: { ja: '', en: '' },
  references: [],
  confidence: { ja: '', en: '' },
  confirmed_at: 0.5,
  bin_minutes: 1,
  block_minutes: 60,
  warmup_minutes: 0,
  gap_minutes: 10,
  valid_days: 1,
  reasons: {},
  figures: {},
  appliesTo: () => true,
  evidence: () => ({ sql: '', params: {} }),
  start: (): Run => ({
    step: ({ minute_ms, flows }) => {
      const counts = new Map<string, number>();
      for (let row = 0; row < flows.rows; row++) {
        if (flows.class[row] !== BACKSCATTER) continue;
        const [w0, w1, w2, w3] = flows.src.subarray(row * 4, row * 4 + 4);
        const address = formatAddress(w0, w1, w2, w3);
        counts.set(address, (counts.get(address) ?? 0) + flows.packets[row]);
      }
      const sightings = [...counts].flatMap(([value, packets]) => {
        if (packets < MANY) return [];
        const times = { bin_ms: minute_ms, first_ms: minute_ms, last_ms: minute_ms };
        return [
          {
            subject: { kind: 'address', value } as const,
            aspect: '',
            ...times,
            confidence: 1,
            reasons: [],
            figures: { packets },
          },
        ];
      });
      return { sightings };
    },
  }),
};

const JOB: Job = {
  scene: 'attacks',
  seed: 1,
  addresses: 1024,
  minutes: 120,
  packetsPerAddressDay: 500,
  attacksPerDay: 960,
  detectors: ['dos/simple'],
};

test('runJob: scores a detector against what was simulated', async () => {
  const { scores, rows, failures } = await runJob(JOB, [simple], () => (lasting_s) => (lasting_s < 60 ? 1e12 : 1e6));
  const [score] = scores;
  assert.ok(rows > 10_000);
  assert.deepEqual(failures, []);
  assert.ok(score.verdicts.true > 10);
  // What it gets wrong: scans with SYN-ACKs and servers that are stuck.
  assert.ok(score.verdicts.false > 0);
  assert.ok(
    score.wrong.some((sentence) => sentence.startsWith('attacks, seed 1: dos/simple, 1024 addresses: false: address ')),
  );
  const figures = figuresOf(score);
  assert.equal(figures.recall_of, 'above the limit');
  assert.ok((figures.precision.value ?? 1) < 1);
  assert.deepEqual([figures.delay_s.median, figures.delay_s.most], [0, 0]);
  assert.equal(figures.quiet_days, 0);
});

test('runJob: on quiet traffic every finding is a false alarm', async () => {
  const { scores } = await runJob({ ...JOB, scene: 'quiet', minutes: 360 }, [simple], () => undefined);
  const [{ quiet_days, quiet_alerts, verdicts, bands }] = scores;
  assert.equal(quiet_days, 0.25);
  assert.equal(quiet_alerts, verdicts.false + verdicts.double);
  assert.ok(quiet_alerts > 0);
  assert.deepEqual(bands, {});
});

test('runJob: a detector that throws is counted', async () => {
  const broken: Detector = {
    ...simple,
    start: () => ({
      step: () => {
        throw new Error('no');
      },
    }),
  };
  const { scores, failures } = await runJob({ ...JOB, minutes: 3 }, [broken], () => undefined);
  assert.equal(scores[0].failures > 0, true);
  assert.match(failures[0] ?? '', /^dos\/simple, seed 1: no$/);
  await assert.rejects(
    runJob({ ...JOB, detectors: ['dos/none'] }, [simple], () => undefined),
    /no detector has this name/,
  );
});

test('addScore: sums of parts', () => {
  const [sum, part] = [emptyScore('dos/simple', 256), emptyScore('dos/simple', 256)];
  part.bands['all'] = { wanted: 3, found: 2 };
  part.verdicts.true = 2;
  part.quiet_days = 1.5;
  part.ratios.push(1, 2, 3);
  addScore(sum, part);
  addScore(sum, part);
  const { bands, rate_ratio, findings, quiet_days } = figuresOf(sum);
  assert.deepEqual([bands[0].events, bands[0].found, findings.true, quiet_days], [6, 4, 4, 3]);
  assert.equal(rate_ratio.median, 2);
});

test('addScore: keeps so many measurements and sentences and no more', () => {
  const [sum, part] = [emptyScore('dos/simple', 256), emptyScore('dos/simple', 256)];
  for (let turn = 0; turn < 15_000; turn++) part.ratios.push(turn);
  for (let turn = 0; turn < 150; turn++) part.wrong.push('missed');
  addScore(sum, part);
  addScore(sum, part);
  assert.deepEqual([sum.ratios.length, sum.wrong.length], [20_000, 200]);
});

test('runJobs: threads come to what one run comes to, and say what went wrong', async () => {
  const detectors = ['dos/victim'];
  const jobs = [1, 2, 3].map((seed): Job => ({ ...JOB, seed, addresses: 256, minutes: 20, detectors }));
  const results: unknown[] = [];
  const { signal } = new AbortController();
  await runJobs(jobs, 2, ({ seed }, { scores }) => void (results[seed] = scores), signal);
  const again: unknown[] = [];
  await runJobs(jobs, 1, ({ seed }, { scores }) => void (again[seed] = scores), signal);
  assert.deepEqual(results, again);
  assert.equal(results.filter((scores) => scores !== undefined).length, 3);
  const wrong: Job = { ...JOB, detectors: ['dos/none'] };
  await assert.rejects(
    runJobs([wrong], 1, () => {}, signal),
    /no detector has this name/,
  );
  await assert.rejects(
    runJobs(jobs, 1, () => {}, AbortSignal.abort(new Error('stopped'))),
    /stopped/,
  );
});
