/**
 * Victims as CAIDA's Corsaro 3 tells them (RSDoS with intervals of 60 s), every minute, by attacked protocol. The state machine is
 * wire/interchange/rsdos/corsaro3.ts, exact; rows of several packets are spread evenly (published.ts), a quote's source port is not
 * known, mismatches are not counted.
 */
import { Backscatter } from '@noroshi/wire/interchange/rsdos/backscatter.ts';
import { type Corsaro3Attack, Corsaro3Dos } from '@noroshi/wire/interchange/rsdos/corsaro3.ts';
import { formatIpv4 } from '@noroshi/wire/net/address.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import type { Detector, Run } from '../../detector.ts';
import { serviceName } from './answers.ts';
import { addressEvidence } from './evidence.ts';
import { FULFILLED, RowEvents, RSDOS_FIGURES, RSDOS_REASONS } from './published.ts';

const MINUTE_MS = 60_000;

export const corsaro3: Detector = {
  id: 'dos/corsaro3',
  version: 1,
  theme: 'dos',
  sentence: {
    ja: 'CAIDA Corsaro 3 の規則による DoS 被害者（RSDoS、プロトコル別、しきい値は観測アドレス数に依らない）',
    en: 'DoS victims as CAIDA’s Corsaro 3 tells them (RSDoS, by protocol; thresholds do not know the size of the telescope).',
  },
  references: [{ name: 'CAIDA corsaro 3', where: 'libcorsaro/plugins/corsaro_dos.c' }],
  confidence: FULFILLED,
  confirmed_at: 1,
  bin_minutes: 1,
  block_minutes: 360,
  warmup_minutes: 60,
  gap_minutes: 1,
  valid_days: 30,
  reasons: RSDOS_REASONS,
  figures: {
    ...RSDOS_FIGURES,
    slash16s: {
      unit: 'networks',
      merge: 'last',
      sentence: { ja: '応答が届いた観測側 /16 の数', en: 'Different /16 networks of ours that got answers.' },
    },
  },
  appliesTo: ({ exposure }) => exposure.addresses > 0,
  start: () => begin(),
  evidence: addressEvidence,
};

function begin(): Run {
  const dos = new Corsaro3Dos();
  const events = new RowEvents();
  const event = new Backscatter();
  let next_ms: number | undefined;
  return {
    step({ minute_ms, flows }) {
      // A minute that is missing ends every attack, as one without answers does; two of them do no more.
      if (next_ms !== undefined && next_ms < minute_ms) {
        dos.begin(next_ms / 1000);
        dos.end();
      }
      dos.begin(minute_ms / 1000);
      events.each(flows, minute_ms, event, () => dos.observe(event));
      next_ms = minute_ms + MINUTE_MS;
      return { sightings: dos.end().map((attack) => sightingOf(attack, minute_ms)) };
    },
  };
}

function sightingOf(attack: Corsaro3Attack, bin_ms: number): Sighting {
  const within = (time_ms: number): number => Math.min(bin_ms + MINUTE_MS - 1, Math.max(bin_ms, time_ms));
  const { packets, attack_ports, target_ports, max_ppm, slash16s } = attack;
  return {
    subject: { kind: 'address', value: formatIpv4(attack.victim) },
    aspect: serviceName(attack.protocol, undefined),
    bin_ms,
    first_ms: within(attack.start_s * 1000 + Math.floor(attack.start_us / 1000)),
    last_ms: within(attack.latest_s * 1000 + Math.floor(attack.latest_us / 1000)),
    confidence: 1,
    reasons: [{ code: 'rsdos', values: { packets, seconds: attack.latest_s - attack.start_s, max_ppm } }],
    figures: { packets, slash16s, attack_ports, target_ports, max_ppm },
  };
}
