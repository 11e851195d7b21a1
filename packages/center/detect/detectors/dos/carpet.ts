/**
 * Carpet bombing: an attack on a whole network whose addresses each answer too little to be victims by themselves. Answers are counted by
 * /24 (IPv6 /48), with the tests of dos/victim; besides, they must come from many addresses, none of which has most of them.
 * Where several such networks belong to one AS, it is told as well.
 */
import { formatAddress } from '@noroshi/wire/net/address.ts';
import type { Sighting } from '../../../ledger/sighting.ts';
import { type Detector, NOTHING_SEEN, type Run } from '../../detector.ts';
import type { Bin } from '../../flow-batch.ts';
import { SHARE_MOST } from './carpet-rule.ts';
import { CONFIDENCE, MEDIUM } from './confidence.ts';
import { evidenceOf } from './evidence.ts';
import { distinct, hasDrawnPorts, isSpread, mostAlike } from './shape.ts';
import { inOrder, sightingOf } from './sighting.ts';
import { type Struck, Watch, type WatchRules } from './watch.ts';
import { FIGURES, REASONS } from './words.ts';

/** A network has more background than an address: servers stand side by side. */
const BACKGROUNDS = 2;
/** Windows of 12 answers and more … */
const LEAST_PLACE = 1;
/** … of at least so many addresses … */
const MEMBERS_LEAST = 8;
/** … and of half as many as answers, as long as those are few. */
const MEMBERS_SHARE = 0.5;
/** Networks of an AS from which on it is told. */
const PREFIXES_LEAST = 3;

const RULES: WatchRules = {
  byPrefix: true,
  backgrounds: BACKGROUNDS,
  leastPlace: LEAST_PLACE,
  accepts: (answers, from, to, addresses) => {
    const size = to - from;
    const members = distinct(answers.members, from, to, -1);
    if (members < MEMBERS_LEAST || members < MEMBERS_SHARE * size) return false;
    if (mostAlike(answers.members, from, to, -1) > SHARE_MOST * size) return false;
    return isSpread(answers, from, to, addresses) && hasDrawnPorts(answers, from, to);
  },
};

export const carpet: Detector = {
  id: 'dos/carpet',
  version: 1,
  theme: 'dos',
  sentence: {
    ja: 'ネットワーク全体への分散した攻撃（絨毯爆撃）',
    en: 'Attacks that are spread over a whole network: carpet bombing.',
  },
  references: [
    {
      name: 'Heinrich 2021',
      where: 'New Kids on the DRDoS Block: Characterizing Multiprotocol and Carpet Bombing Attacks, PAM 2021',
    },
  ],
  confidence: CONFIDENCE,
  confirmed_at: MEDIUM,
  bin_minutes: 1,
  block_minutes: 360,
  warmup_minutes: 60,
  gap_minutes: 30,
  valid_days: 30,
  reasons: {
    ...REASONS,
    addresses: {
      ja: 'ネットワーク内の多くのアドレスが応答している',
      en: 'Many addresses of the network answer, none of them most.',
    },
    prefixes: { ja: '同じ AS の複数のネットワークが攻撃されている', en: 'Several networks of the AS are attacked.' },
  },
  figures: {
    ...FIGURES,
    addresses: {
      unit: 'addresses',
      merge: 'max',
      sentence: { ja: '応答したアドレスの数（推定）', en: 'Different addresses of the network that answered, about.' },
    },
    prefixes: {
      unit: 'prefixes',
      merge: 'max',
      sentence: { ja: '攻撃されているネットワークの数', en: 'Networks under attack.' },
    },
  },
  appliesTo: ({ exposure }) => exposure.addresses > 0 || exposure.networks64 > 0,
  start: () => begin(),
  evidence: evidenceOf,
};

const nobodyElse = (): boolean => false;

function begin(): Run {
  const watch = new Watch(RULES);
  return {
    step(bin) {
      const struck = watch.step(bin, nobodyElse);
      if (struck.length === 0) return NOTHING_SEEN;
      const sightings = struck.map((one) => ofPrefix(one, bin));
      return { sightings: inOrder([...sightings, ...ofNetworks(struck, sightings)]) };
    },
  };
}

function ofPrefix(struck: Struck, bin: Bin): Sighting {
  const length = struck.key[0] === 0 && struck.key[1] === 0 ? 24 : 48;
  const value = `${formatAddress(...struck.key)}/${length}`;
  const sighting = sightingOf(struck, bin, { kind: 'prefix', value });
  const addresses = struck.attack.members.upTo(Math.min(struck.attack.answers, length === 24 ? 256 : Infinity));
  return {
    ...sighting,
    reasons: [...sighting.reasons, { code: 'addresses', values: { addresses } }],
    figures: { ...sighting.figures, addresses },
  };
}

/** An AS of which several networks are attacked in the same way in this minute. */
function ofNetworks(struck: readonly Struck[], sightings: readonly Sighting[]): Sighting[] {
  const groups = new Map<string, Sighting[]>();
  for (const [place, { asn }] of struck.entries()) {
    const sighting = sightings[place];
    if (asn === 0 || sighting === undefined) continue;
    const key = `AS${asn} ${sighting.aspect}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sighting]);
    else group.push(sighting);
  }
  return [...groups].flatMap(([key, group]) => (group.length < PREFIXES_LEAST ? [] : [ofNetwork(key, group)]));
}

function ofNetwork(key: string, group: readonly Sighting[]): Sighting {
  const [value, aspect] = key.split(' ');
  const sum = (name: string): number => group.reduce((total, { figures }) => total + (figures[name] ?? 0), 0);
  const figures: Record<string, number> = { prefixes: group.length };
  for (const name of ['packets', 'answers', 'addresses', 'attack_pps']) figures[name] = sum(name);
  figures.targets = Math.max(...group.map((one) => one.figures.targets));
  return {
    subject: { kind: 'network', value: value ?? '' },
    aspect: aspect ?? '',
    bin_ms: group[0].bin_ms,
    first_ms: Math.min(...group.map((one) => one.first_ms)),
    last_ms: Math.max(...group.map((one) => one.last_ms)),
    confidence: Math.max(...group.map((one) => one.confidence)),
    reasons: [{ code: 'prefixes', values: { prefixes: group.length } }],
    figures,
  };
}
