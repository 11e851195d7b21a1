/**
 * The promises of the detectors, at a price that the gate can pay: `noroshi evaluate` measures them in earnest
 * (docs/explanation/evaluation.md).
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { DETECTORS } from '@noroshi/center/detect/detectors/index.ts';
import { needs, sharedFile } from '@noroshi/kit/testing.ts';
import { corpusFindings } from './corpus.ts';
import { type Job, type JobResult, runJob } from './job.ts';
import { limitOf } from './limits.ts';
import { ABOVE, addScore, emptyScore, type Score } from './score.ts';

const SEEDS = [101, 102];
const ADDRESSES = 4096;
const ATTACKS: Job = {
  scene: 'attacks',
  seed: 0,
  addresses: ADDRESSES,
  minutes: 120,
  packetsPerAddressDay: 1000,
  attacksPerDay: 1200,
  detectors: ['dos/victim', 'dos/reflection', 'scan/synack'],
};
const SHARE_LEAST = 0.95;

const scores = new Map<string, Score>();
const results: JobResult[] = [];

before(async () => {
  for (const seed of SEEDS) results.push(await runJob({ ...ATTACKS, seed }, DETECTORS, limitOf));
  for (const { scores: own } of results) {
    for (const score of own) {
      const sum = scores.get(score.detector) ?? emptyScore(score.detector, ADDRESSES);
      scores.set(score.detector, sum);
      addScore(sum, score);
    }
  }
});

function scoreOf(detector: string): Score {
  const score = scores.get(detector);
  assert.ok(score !== undefined, detector);
  return score;
}

test('detectors: nothing is thrown over simulated attacks', () => {
  assert.deepEqual(
    results.flatMap(({ failures }) => failures),
    [],
  );
});

test('dos/victim: finds attacks above its limit, and nothing else', () => {
  const { bands, verdicts, wrong } = scoreOf('dos/victim');
  const { wanted, found } = bands[ABOVE];
  assert.ok(wanted >= 80, `${wanted} attacks above the limit`);
  assert.ok(found >= SHARE_LEAST * wanted, `${found} of ${wanted} found: ${wrong.join('; ')}`);
  const said = verdicts.true + verdicts.false + verdicts.double;
  assert.ok(verdicts.true >= SHARE_LEAST * said, `${verdicts.true} of ${said} true: ${wrong.join('; ')}`);
});

test('dos/victim: sightings are there when their minute ends', () => {
  const { delays_s } = scoreOf('dos/victim');
  assert.ok(delays_s.length > 100 && Math.max(...delays_s) <= 60);
});

test('dos/victim: nobody who scans with SYN-ACKs is a victim; scan/synack finds them', () => {
  const { wrong } = scoreOf('dos/victim');
  assert.deepEqual(
    wrong.filter((sentence) => sentence.includes('false')),
    [],
  );
  const { bands, verdicts } = scoreOf('scan/synack');
  const [wanted, found] = Object.values(bands).reduce(
    ([all, hits], band) => [all + band.wanted, hits + band.found],
    [0, 0],
  );
  assert.ok(wanted >= 5 && found >= 0.8 * wanted, `${found} of ${wanted}`);
  assert.equal(verdicts.false, 0);
});

test('dos/reflection: one event a reflection, and most of them', () => {
  const { bands, verdicts, wrong } = scoreOf('dos/reflection');
  assert.deepEqual([verdicts.double, verdicts.false], [0, 0], wrong.join('; '));
  const { wanted, found } = bands['≥ 1000 packets'];
  assert.ok(wanted >= 3 && found >= 0.8 * wanted, `${found} of ${wanted}`);
});

test('dos: detectors do not read probes, so that attacks may be simulated without them', async () => {
  const detectors = DETECTORS.filter(({ theme }) => theme === 'dos').map(({ id }) => id);
  const job = { ...ATTACKS, seed: 7, addresses: 256, minutes: 30, detectors };
  const [alone, among] = await Promise.all(
    (['attacks', 'scans'] as const).map((scene) => runJob({ ...job, scene }, DETECTORS, limitOf)),
  );
  assert.ok(among.rows > alone.rows);
  const counts = ({ scores: own }: JobResult): unknown => own.map(({ bands, verdicts }) => ({ bands, verdicts }));
  assert.deepEqual(counts(among), counts(alone));
});

const CAPTURES = {
  backscatter: 'pcap/simple-scan/backscatter.trace',
  scans: [
    'pcap/simple-scan/445_scan.pcap',
    'pcap/simple-scan/port_scan.pcap',
    // nmap's SYN scan; the two captures of esnet/attacks/scanners/nmap ask two ports of one host, and are no scan to anybody.
    'pcap/chrissanders/synscan.pcapng',
    'pcap/ndpi/synscan.pcap',
    'pcap/esnet/attacks/scanners/masscan/tcp_0_1000_20190821.pcap',
  ],
};

test(
  'scan: a capture of backscatter is no scan, captures of scans are',
  needs(sharedFile('data', 'pcap')),
  async () => {
    const scan = DETECTORS.filter(({ theme }) => theme === 'scan');
    assert.deepEqual((await corpusFindings([CAPTURES.backscatter], scan)).lines, []);
    for (const file of CAPTURES.scans) {
      assert.ok((await corpusFindings([file], scan)).lines.length > 0, file);
    }
  },
);
