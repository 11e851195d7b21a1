/**
 * Threshold Random Walk (Jung, Paxson, Berger, Balakrishnan 2004): the likelihood ratio of "scanner" over "benign" grows or shrinks with
 * each first contact of another address, by how often such contacts succeed for either. In a telescope every contact fails, so the walk
 * goes up only, and ends at the fourth address. The order of contacts does not matter, and rows cost no exactness; what was met
 * before the block's warm-up is forgotten.
 */
import type { Detector } from '../../detector.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { isSynProbe, LEFT_OUT, SESSION_FIGURES } from './common.ts';
import { type Definition, SESSION_BLOCK, SESSION_LIMITS, SessionRun } from './sessions.ts';

/** A connection succeeds for a benign source, and for a scanner, with these probabilities. */
const SUCCESS_BENIGN = 0.8;
const SUCCESS_SCANNER = 0.2;
const DETECTION = 0.99;
const FALSE_ALARM = 0.01;

/** The likelihood ratio after so many first contacts. */
export function likelihoodRatio(failures: number, successes: number): number {
  return ((1 - SUCCESS_SCANNER) / (1 - SUCCESS_BENIGN)) ** failures * (SUCCESS_SCANNER / SUCCESS_BENIGN) ** successes;
}

const definition: Definition = {
  idle_s: Number.POSITIVE_INFINITY,
  counts: isSynProbe,
  key: () => 0,
  port: () => 0,
  countsPorts: false,
  aspect: () => '',
  judge: ({ targets }) =>
    likelihoodRatio(targets, 0) < DETECTION / FALSE_ALARM
      ? undefined
      : { confidence: DETECTION, reasons: [{ code: 'walk', values: { failures: targets } }] },
  limits: SESSION_LIMITS,
};

export const trw: Detector = {
  id: 'scan/trw',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: '逐次仮説検定(TRW)。応答のない相手への4度目の接触でスキャンと判定する。',
    en: 'Threshold Random Walk: a scan at the fourth contact of an address that does not answer.',
  },
  references: [{ name: 'Jung 2004', where: 'Fast Portscan Detection Using Sequential Hypothesis Testing, IEEE S&P' }],
  confidence: {
    ja: '検定の検出確率 0.99。誤り確率 0.01 は、接触の8割が成功する善良な送信元についての値。',
    en: 'The test’s probability of detection, 0.99; its 0.01 of false alarms holds for benign sources that succeed in 8 of 10 contacts.',
  },
  confirmed_at: DETECTION,
  ...SESSION_BLOCK,
  reasons: { walk: { ja: '失敗した初めての接触の数。', en: 'First contacts that failed.' }, ...LEFT_OUT },
  figures: SESSION_FIGURES,
  appliesTo: () => true,
  start: () => new SessionRun(definition),
  evidence: (of) => serviceEvidence(of, 'probe'),
};
