/**
 * Victims as CAIDA's Corsaro 2 tells them (RSDoS), every five minutes. The state machine is wire/interchange/rsdos/corsaro2.ts, exact; what
 * differs from Corsaro over packets: rows of several packets are spread evenly (published.ts), a quote's source port is not known,
 * mismatches are not counted, and intervals begin at multiples of five minutes, not at the first packet.
 */
import { Backscatter } from '@noroshi/wire/interchange/rsdos/backscatter.ts';
import { type Corsaro2Attack, Corsaro2Dos, DUMP_S } from '@noroshi/wire/interchange/rsdos/corsaro2.ts';
import { formatIpv4 } from '@noroshi/wire/net/address.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import { type Detector, NOTHING_SEEN, type Run } from '../../detector.ts';
import { addressEvidence } from './evidence.ts';
import { FULFILLED, RowEvents, RSDOS_FIGURES, RSDOS_REASONS } from './published.ts';

const MINUTE_MS = 60_000;
const DUMP_MS = DUMP_S * 1000;

export const corsaro2: Detector = {
  id: 'dos/corsaro2',
  version: 1,
  theme: 'dos',
  sentence: {
    ja: 'CAIDA Corsaro 2 の規則による DoS 被害者（RSDoS、しきい値は観測アドレス数に依らない）',
    en: 'DoS victims as CAIDA’s Corsaro 2 tells them (RSDoS; thresholds do not know the size of the telescope).',
  },
  references: [
    { name: 'CAIDA corsaro 2', where: 'libcorsaro/plugins/corsaro_dos.c' },
    { name: 'Moore 2001', where: 'Inferring Internet Denial-of-Service Activity, USENIX Security 2001' },
  ],
  confidence: FULFILLED,
  confirmed_at: 1,
  bin_minutes: 5,
  block_minutes: 360,
  warmup_minutes: 60,
  gap_minutes: 5,
  valid_days: 30,
  reasons: RSDOS_REASONS,
  figures: {
    ...RSDOS_FIGURES,
    targets: {
      unit: 'addresses',
      merge: 'last',
      sentence: { ja: '応答が届いた観測アドレスの数', en: 'Different addresses of ours that got answers.' },
    },
  },
  appliesTo: ({ exposure }) => exposure.addresses > 0,
  start: () => begin(),
  evidence: addressEvidence,
};

function begin(): Run {
  const dos = new Corsaro2Dos();
  const events = new RowEvents();
  const event = new Backscatter();
  let next_ms: number | undefined;
  return {
    step({ minute_ms, flows }) {
      if (next_ms === undefined) {
        next_ms = Math.floor(minute_ms / DUMP_MS) * DUMP_MS;
        dos.begin(next_ms / 1000);
      }
      for (; next_ms < minute_ms; next_ms += MINUTE_MS) dos.end((next_ms + MINUTE_MS) / 1000 - 1);
      events.each(flows, minute_ms, event, () => dos.observe(event));
      const dump = dos.end((minute_ms + MINUTE_MS) / 1000 - 1);
      next_ms = minute_ms + MINUTE_MS;
      if (dump === undefined) return NOTHING_SEEN;
      return { sightings: dump.attacks.map((attack) => sightingOf(attack, next_ms ?? minute_ms)) };
    },
  };
}

/** @param end_ms end of the dump's five minutes */
function sightingOf(attack: Corsaro2Attack, end_ms: number): Sighting {
  const bin_ms = end_ms - DUMP_MS;
  const within = (time_ms: number): number => Math.min(end_ms - 1, Math.max(bin_ms, time_ms));
  const { packets, attack_ports, target_ports, max_ppm, telescopes } = attack;
  return {
    subject: { kind: 'address', value: formatIpv4(attack.victim) },
    aspect: '',
    bin_ms,
    first_ms: within(attack.start_s * 1000 + Math.floor(attack.start_us / 1000)),
    last_ms: within(attack.latest_s * 1000 + Math.floor(attack.latest_us / 1000)),
    confidence: 1,
    reasons: [{ code: 'rsdos', values: { packets, seconds: attack.latest_s - attack.start_s, max_ppm } }],
    figures: { packets, targets: telescopes, attack_ports, target_ports, max_ppm },
  };
}
