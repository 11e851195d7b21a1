/**
 * Ours: one source asks many of our addresses for one service within an hour. How many are many follows from the size of the
 * telescope, with a bound of false alarms (sources/decide.ts, `manyTargets`). Hours are those of the clock; a source that goes on for
 * hours is one finding.
 *
 * Not seen: a scan of a telescope of one address, and one that meets fewer than the threshold in each hour.
 */
import type { Detector } from '../../detector.ts';
import { manyTargets } from '../sources/decide.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FIGURES, HOURLY, isProbe, LEFT_OUT, leftOut, portKey, portText, successionOf } from './common.ts';
import { HINTS } from './hints.ts';
import { type Counting, WindowRun } from './window-run.ts';

/** Of an hour. When all are full, they hold about 250 MB. */
const LIMITS = { sources: 2_000_000, keys: 2_000_000, things: 5_000_000, things_a_key: 16_384, scans: 10_000 };

const counting: Counting = {
  window_minutes: 60,
  limits: LIMITS,
  counts: isProbe,
  key: portKey,
  thing: (_flows, _row, target) => target,
  threshold: ({ exposure }) => manyTargets(exposure.addresses),
  aspect: portText,
  judge: ({ distinct, packets, left_out }) => ({
    confidence: successionOf(distinct),
    reasons: [{ code: 'many_targets', values: { targets: distinct } }, ...leftOut(left_out)],
    figures: { packets, targets: distinct, ports: 1 },
  }),
  hints: true,
};

export const horizontal: Detector = {
  ...HOURLY,
  id: 'scan/horizontal',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: '一つの送信元が1時間のうちに、同じサービスを当方の多数のアドレスに求めた。',
    en: 'One source asks many of our addresses for one service within an hour.',
  },
  references: [
    { name: 'Durumeric 2014', where: 'An Internet-Wide View of Internet-Wide Scanning, §3' },
    { name: 'Jung 2004', where: 'Fast Portscan Detection Using Sequential Hypothesis Testing' },
  ],
  reasons: {
    many_targets: {
      ja: '観測網の大きさに応じた閾値以上の宛先。',
      en: 'As many targets as the telescope’s size asks for, or more.',
    },
    ...HINTS,
    ...LEFT_OUT,
  },
  figures: FIGURES,
  appliesTo: ({ exposure }) => exposure.addresses >= 2 || exposure.networks64 > 0,
  start: () => new WindowRun(counting),
  evidence: (of) => serviceEvidence(of, 'probe'),
};
