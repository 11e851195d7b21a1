/** What the DoS detectors say in words: figures and reasons that several of them have. */
import type { FigureMeaning, Sentence } from '../../../ledger/sighting.ts';

export const FIGURES = {
  packets: { unit: 'packets', merge: 'sum', sentence: { ja: '届いた応答パケット', en: 'Answers that reached us.' } },
  answers: {
    unit: 'packets',
    merge: 'sum',
    sentence: {
      ja: 'そのうち最初の応答（再送を除いた推定）',
      en: 'Of these, first answers: without repetitions, estimated.',
    },
  },
  targets: {
    unit: 'addresses',
    merge: 'max',
    sentence: {
      ja: '応答が届いた観測アドレスの数（推定）',
      en: 'Different addresses of ours that they went to, about.',
    },
  },
  peers_ports: {
    unit: 'ports',
    merge: 'max',
    sentence: {
      ja: '攻撃者が詐称した送信元ポートの種類（少なくとも。応答からの推定）',
      en: 'Different ports that the attacker forged, as far as answers know them: at least about so many.',
    },
  },
  attack_pps: {
    unit: 'packets/s',
    merge: 'last',
    sentence: {
      ja: '推定攻撃レート（攻撃中の平均、× 2³² ÷ 観測アドレス数、送信元は一様に詐称と仮定）',
      en: 'Estimated rate of the attack while it strikes: × 2³² ÷ our addresses, if sources are forged evenly.',
    },
  },
  attack_pps_low: {
    unit: 'packets/s',
    merge: 'last',
    sentence: { ja: '推定攻撃レートの 95 % 区間の下限', en: 'Lower end of its exact 95 % interval.' },
  },
  attack_pps_high: {
    unit: 'packets/s',
    merge: 'last',
    sentence: { ja: '推定攻撃レートの 95 % 区間の上限', en: 'Upper end of its exact 95 % interval.' },
  },
} as const satisfies Record<string, FigureMeaning>;

export const REASONS = {
  dense: {
    ja: '応答がその送信元・サービスの平常の背景より密である（負の二項検定、偶然は応答 1 件あたり 5×10⁻⁸ 以下）',
    en: 'Answers came closer together than the background of source and service explains (negative binomial, 5×10⁻⁸ an answer).',
  },
  spread: {
    ja: '応答が観測アドレス全体に一様に広がっている（targets はおよその数）',
    en: 'They are spread evenly over our addresses, as forged sources are (targets: about so many of them).',
  },
  drawn_ports: {
    ja: '警報のもとになった応答は、ほぼすべて異なるポートに届いた（SYN-ACK スキャンは一つか数個）。ports は攻撃全体で少なくともおよその数',
    en: 'Nearly every answer that raised the alarm went to another port; a SYN-ACK scan has one, or few (ports: at least about so many in the whole attack).',
  },
  without_ports: {
    ja: 'ICMP のためポートは分からない',
    en: 'ICMP: the ports that were forged are not known.',
  },
  bogon: {
    ja: 'インターネットに存在しえないアドレスである',
    en: 'The address cannot be on the Internet: a laboratory, or forged answers.',
  },
} as const satisfies Record<string, Sentence>;
