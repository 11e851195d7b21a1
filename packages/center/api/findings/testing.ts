/** What tests of the findings' answers need besides a ledger: two detectors, and a store that knows a little. */
import { type Detector, NOTHING_SEEN } from '../../detect/detector.ts';
import { START_MS } from '../../ledger/testing.ts';

export const both = (text: string) => ({ ja: `${text}。`, en: text });

export const VICTIM: Detector = {
  id: 'dos/victim',
  version: 1,
  theme: 'dos',
  sentence: both('A victim.'),
  references: [{ name: 'Moore 2001', where: 'section 3' }],
  confidence: both('The probability that it is one.'),
  confirmed_at: 0.9,
  bin_minutes: 1,
  block_minutes: 60,
  warmup_minutes: 0,
  gap_minutes: 5,
  valid_days: 7,
  reasons: { answers: both('It answers.') },
  figures: {
    packets: { unit: 'packets', merge: 'sum', sentence: both('Packets.') },
    attack_pps: { unit: 'packets/s', merge: 'max', sentence: both('Rate.') },
  },
  appliesTo: () => true,
  start: () => ({ step: () => NOTHING_SEEN }),
  evidence: ({ subject }) => ({ sql: 'SELECT 1 WHERE src = {src:IPv6}', params: { src: subject.value } }),
};
export const SCAN: Detector = {
  ...VICTIM,
  id: 'scan/horizontal',
  theme: 'scan',
  confirmed_at: Number.POSITIVE_INFINITY,
};

/** A store that knows one network, and two hours of classes. */
export async function query<T>(sql: string): Promise<T[]> {
  const answers: readonly (readonly [part: string, rows: readonly unknown[]])[] = [
    ['day_victims', [{ address: '198.51.100.7', country: 'JP', asn: 64_500, as_name: '<b>Ember</b>' }]],
    ['uniqExact(hour)', [0, 1].map((hour) => ({ at_ms: START_MS + hour * 3_600_000, hours: 1 }))],
    [
      'class_hours',
      [
        { kind: 'class', name: 'bot', at_ms: START_MS, sources: 30, packets: 60 },
        { kind: 'class', name: 'unknown', at_ms: START_MS, sources: 10, packets: 20 },
        { kind: 'class', name: 'unknown', at_ms: START_MS + 3_600_000, sources: 10, packets: 20 },
        { kind: 'tool', name: 'mirai', at_ms: START_MS, sources: 28, packets: 55 },
      ],
    ],
  ];
  return (answers.find(([part]) => sql.includes(part))?.[1] ?? []) as T[];
}
