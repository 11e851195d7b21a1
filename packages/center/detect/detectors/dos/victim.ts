/**
 * Victims of attacks with forged sources, by what they answer: SYN-ACK, RST, ICMP, and answers over UDP. An attack is many answers in a
 * short time, spread evenly over our addresses and over forged ports: what close, evenly and many mean is in spans.ts and
 * shape.ts, with the chance of error; how weak an attack may be, `detectionLimit_pps` says.
 *
 * Not a victim: who sends SYN-ACKs to one port or few of everybody's (scan/synack), who answers only few of ours (dos/reflection), and
 * who is one of many in a network under attack (dos/carpet).
 */
import { formatAddress } from '@noroshi/wire/net/address.ts';
import { type Detector, NOTHING_SEEN, type Run } from '../../detector.ts';
import { isCarpet } from './carpet-rule.ts';
import { CONFIDENCE, MEDIUM } from './confidence.ts';
import { evidenceOf } from './evidence.ts';
import { hasDrawnPorts, isSpread } from './shape.ts';
import { inOrder, sightingOf } from './sighting.ts';
import { Watch, type WatchRules } from './watch.ts';
import { FIGURES, REASONS } from './words.ts';

const RULES: WatchRules = {
  byPrefix: false,
  backgrounds: 1,
  leastPlace: 0,
  accepts: (answers, from, to, addresses) => isSpread(answers, from, to, addresses) && hasDrawnPorts(answers, from, to),
};

export const victim: Detector = {
  id: 'dos/victim',
  version: 1,
  theme: 'dos',
  sentence: {
    ja: '送信元を詐称した攻撃の被害者（届いた応答から）',
    en: 'Victims of attacks with forged sources, by the answers that reach us.',
  },
  references: [
    { name: 'Moore 2001', where: 'Inferring Internet Denial-of-Service Activity, USENIX Security 2001' },
    {
      name: 'CAIDA RSDoS',
      where: 'corsaro 2 and 3, plugin dos: what this is better than, and dos/corsaro2, dos/corsaro3',
    },
    { name: 'Nawrocki 2021', where: 'QUICsand, arXiv 2109.01106: backscatter of QUIC' },
  ],
  confidence: CONFIDENCE,
  confirmed_at: MEDIUM,
  bin_minutes: 1,
  block_minutes: 360,
  warmup_minutes: 60,
  gap_minutes: 30,
  valid_days: 30,
  reasons: REASONS,
  figures: FIGURES,
  appliesTo: ({ exposure }) => exposure.addresses > 0 || exposure.networks64 > 0,
  start: () => begin(),
  evidence: evidenceOf,
};

function begin(): Run {
  const watch = new Watch(RULES);
  return {
    step(bin) {
      const struck = watch.step(bin, (ring, since_ms) => isCarpet(watch, ring, since_ms));
      if (struck.length === 0) return NOTHING_SEEN;
      const sightings = struck.map((one) =>
        sightingOf(one, bin, { kind: 'address', value: formatAddress(...one.key) }),
      );
      return { sightings: inOrder(sightings) };
    },
  };
}
