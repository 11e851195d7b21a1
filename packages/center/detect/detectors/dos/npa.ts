/**
 * Victims as Japan's police count them: whoever sends answers that nobody asked for is one, every packet counts. No threshold, no
 * attack: a reflection of a million servers is a million victims. Its figures are a day's; ours are days of UTC.
 */
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import { formatAddress } from '@noroshi/wire/net/address.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import { type Detector, NOTHING_SEEN, type Run } from '../../detector.ts';
import type { FlowBatch } from '../../flow-batch.ts';
import { sourceEvidence } from './evidence.ts';
import { FULFILLED } from './published.ts';
import { FIRST_MS, LAST_MS, STRETCH_ANSWERS, TRACK_SHIFT, Tracks } from './tracks.ts';

/** Sources of a day; packets of further ones are counted as one sum. */
const SOURCES_MAX = 1 << 20;
/** Victims of a day that are told, those with most packets. */
const TOLD_MAX = 10_000;
const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * 60_000;
const MINUTE_MS = 60_000;

export const npa: Detector = {
  id: 'dos/npa',
  version: 1,
  theme: 'dos',
  sentence: {
    ja: '跳ね返りパケットの送信元すべてを被害者として数える（警察庁の数え方）',
    en: 'Everybody whose backscatter reaches us, counted raw (as the NPA counts).',
  },
  references: [
    { name: 'NPA R3.2', where: 'www.npa.go.jp/publications/statistics/cybersecurity, monthly observations' },
  ],
  confidence: FULFILLED,
  confirmed_at: 1,
  bin_minutes: DAY_MINUTES,
  block_minutes: DAY_MINUTES,
  warmup_minutes: 0,
  gap_minutes: 0,
  valid_days: 30,
  reasons: {
    backscatter: { ja: '跳ね返りパケットを送った', en: 'It sent backscatter.' },
    left_out: {
      ja: '上限を超えたため記録していない被害者がある',
      en: 'More victims than a day has room for: at most so many others were left out.',
    },
  },
  figures: {
    packets: { unit: 'packets', merge: 'sum', sentence: { ja: '跳ね返りパケット数', en: 'Packets of backscatter.' } },
  },
  appliesTo: ({ exposure }) => exposure.addresses > 0 || exposure.networks64 > 0,
  start: () => begin(),
  evidence: sourceEvidence,
};

function begin(): Run {
  const sources = new Tracks(SOURCES_MAX);
  return {
    step({ minute_ms, flows }) {
      const day_ms = Math.floor(minute_ms / DAY_MS) * DAY_MS;
      take(sources, flows, minute_ms - day_ms);
      return minute_ms + MINUTE_MS < day_ms + DAY_MS ? NOTHING_SEEN : { sightings: tell(sources, day_ms) };
    },
  };
}

function take(sources: Tracks, flows: FlowBatch, time_ms: number): void {
  for (let row = 0; row < flows.rows; row++) {
    if (flows.class[row] !== CLASS_BACKSCATTER) continue;
    const [w0, w1, w2, w3] = flows.src.subarray(row * 4, row * 4 + 4);
    let track = sources.find(w0, w1, w2, w3, 0);
    const isNew = track < 0;
    if (isNew) track = sources.add(w0, w1, w2, w3, 0);
    if (track < 0) continue;
    const at = track << TRACK_SHIFT;
    const { words } = sources;
    const first_ms = time_ms + Math.floor(flows.first_us[row] / 1000);
    const last_ms = time_ms + Math.floor((flows.first_us[row] + flows.duration_us[row]) / 1000);
    words[at + FIRST_MS] = isNew ? first_ms : Math.min(words[at + FIRST_MS], first_ms);
    words[at + LAST_MS] = Math.max(words[at + LAST_MS], last_ms);
    words[at + STRETCH_ANSWERS] += flows.packets[row];
  }
}

function tell(sources: Tracks, day_ms: number): Sighting[] {
  const { words, count, refused } = sources;
  const tracks = Uint32Array.from({ length: count }, (_, track) => track << TRACK_SHIFT);
  const compare = (a: number, b: number): number =>
    words[b + STRETCH_ANSWERS] - words[a + STRETCH_ANSWERS] ||
    words[a] - words[b] ||
    words[a + 1] - words[b + 1] ||
    words[a + 2] - words[b + 2] ||
    words[a + 3] - words[b + 3];
  const told = tracks.sort(compare).subarray(0, TOLD_MAX);
  const others = count - told.length + refused;
  const left = others === 0 ? [] : [{ code: 'left_out', values: { victims: others } }];
  return Array.from(told, (at) => ({
    subject: { kind: 'address', value: formatAddress(words[at], words[at + 1], words[at + 2], words[at + 3]) },
    aspect: '',
    bin_ms: day_ms,
    first_ms: day_ms + words[at + FIRST_MS],
    last_ms: day_ms + words[at + LAST_MS],
    confidence: 1,
    reasons: [{ code: 'backscatter' }, ...left],
    figures: { packets: words[at + STRETCH_ANSWERS] },
  }));
}
