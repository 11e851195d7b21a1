/** Definitions that count a source's distinct destination ports over a day of UTC; TCP and UDP ports are different ones. */
import type { Detector, Reference } from '../../detector.ts';
import type { Sentence } from '../../../ledger/sighting.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FIGURES, FULFILLED, isPortProbe, LEFT_OUT, leftOut, portKey } from './common.ts';
import { FewDistinct } from './few-distinct.ts';
import { type Counting, WindowRun } from './window-run.ts';

const DAY_MINUTES = 1440;
/** Of a day. Ports of one source beyond a thousand are "at least"; so are targets beyond eight, which only says few or many. */
const LIMITS = {
  sources: 2_000_000,
  keys: 2_000_000,
  things: 4_000_000,
  things_a_key: 1000,
  scans: 20_000,
  bySource: true,
};
const TARGETS_SHOWN_MAX = 8;

interface DayPorts {
  readonly id: string;
  readonly sentence: Sentence;
  readonly references: readonly Reference[];
  readonly ports_min: number;
}

export function dayPorts({ id, sentence, references, ports_min }: DayPorts): Detector {
  const counting: Counting = {
    window_minutes: DAY_MINUTES,
    limits: LIMITS,
    counts: isPortProbe,
    key: () => 0,
    thing: portKey,
    threshold: () => ports_min,
    aspect: () => '',
    judge: ({ distinct, packets, beside, left_out }) => ({
      confidence: 1,
      reasons: [{ code: 'ports_a_day', values: { ports: distinct } }, ...leftOut(left_out)],
      figures: { packets, targets: beside, ports: distinct },
    }),
    beside: () => new FewDistinct(TARGETS_SHOWN_MAX, (_flows, _row, target) => target),
  };
  return {
    id,
    version: 1,
    theme: 'scan',
    sentence,
    references,
    confidence: FULFILLED,
    confirmed_at: 1,
    bin_minutes: DAY_MINUTES,
    block_minutes: DAY_MINUTES,
    warmup_minutes: 0,
    gap_minutes: 0,
    valid_days: 30,
    reasons: { ports_a_day: { ja: '一日に触れたポート数。', en: 'Ports asked in a day.' }, ...LEFT_OUT },
    figures: {
      ...FIGURES,
      targets: {
        ...FIGURES.targets,
        sentence: {
          ja: `触れた当方のアドレス数(${TARGETS_SHOWN_MAX} はそれ以上を含む)。`,
          en: `Our addresses that were met; ${TARGETS_SHOWN_MAX} stands for that many or more.`,
        },
      },
    },
    appliesTo: () => true,
    start: () => new WindowRun(counting),
    evidence: (of) => serviceEvidence(of, 'probe'),
  };
}
