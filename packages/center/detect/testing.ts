/** What the tests of the engine share: bins out of thin air, and small detectors, some of them evil. */
import type { Detector, Place, Run, Seen } from './detector.ts';
import { makeColumns } from './batch-columns.ts';
import { EMPTY_BATCH } from './batch-columns.ts';
import { MINUTE_MS } from './bins.ts';
import type { Bin, FlowBatch } from './flow-batch.ts';

/** Rows whose last word of `src` and packets are given; everything else is 0. */
export function batchOf(rows: readonly { readonly src: number; readonly packets?: number }[]): FlowBatch {
  const columns = makeColumns(rows.length);
  for (const [row, { src, packets = 1 }] of rows.entries()) {
    columns.src.set([0, 0, 0xffff, src], row * 4);
    columns.packets[row] = packets;
  }
  return { ...EMPTY_BATCH, rows: rows.length, ...columns, payload_ends: new Uint32Array(rows.length) };
}

export function binAt(minute: number, sources: readonly number[] = [], addresses = 256): Bin {
  return {
    minute_ms: minute * MINUTE_MS,
    exposure: { addresses, networks64: 0 },
    flows: batchOf(sources.map((src) => ({ src }))),
  };
}

/** Metadata that no test asks about. */
const PLAIN = {
  version: 1,
  theme: 'scan',
  sentence: { ja: '試験', en: 'A test.' },
  references: [],
  confidence: { ja: '常に 1', en: 'Always 1.' },
  confirmed_at: 1,
  bin_minutes: 1,
  block_minutes: 10,
  warmup_minutes: 0,
  gap_minutes: 2,
  valid_days: 30,
  reasons: { seen: { ja: '見えた', en: 'It was seen.' } },
  figures: { packets: { unit: 'packets', merge: 'sum', sentence: { ja: 'パケット', en: 'Packets.' } } },
  appliesTo: ({ exposure }: Bin) => exposure.addresses > 0,
  evidence: () => ({ sql: 'SELECT 1', params: {} }),
} as const satisfies Partial<Detector>;

export function detectorOf(part: Partial<Detector> & { start(place: Place): Run }): Detector {
  return { ...PLAIN, id: 'scan/test', ...part };
}

/** One sighting a source and minute; the figure adds up what the state has seen of it, so that warm-up and blocks show. */
export function remembering(part: Partial<Detector> = {}): Detector {
  return detectorOf({
    ...part,
    start() {
      const seen = new Map<number, number>();
      return { step: ({ minute_ms, flows }) => sightingsOf(seen, minute_ms, flows) };
    },
  });
}

function sightingsOf(seen: Map<number, number>, minute_ms: number, flows: FlowBatch): Seen {
  const now = new Set<number>();
  for (let row = 0; row < flows.rows; row++) {
    const src = flows.src[row * 4 + 3];
    seen.set(src, (seen.get(src) ?? 0) + flows.packets[row]);
    now.add(src);
  }
  const sightings = [...now]
    .sort((a, b) => a - b)
    .map((src) => ({
      subject: { kind: 'address', value: `192.0.2.${src & 255}` } as const,
      aspect: '',
      bin_ms: minute_ms,
      first_ms: minute_ms,
      last_ms: minute_ms + 999,
      confidence: 1,
      reasons: [{ code: 'seen' }],
      figures: { packets: seen.get(src) ?? 0 },
    }));
  return { sightings };
}
