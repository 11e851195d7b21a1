/** What a source can be in an hour, and why: names with their sentences. Names go into tables and answers and never change their meaning. */
import type { Sentence } from '../../../ledger/sighting.ts';

export interface NamedSentence {
  readonly name: string;
  readonly sentence: Sentence;
}

/** Exclusive, in the order in which they are asked for: the first that holds is the source's class. Places are codes. */
export const SOURCE_CLASSES = [
  {
    name: 'bogon',
    sentence: {
      ja: '経路に存在しえない送信元アドレス。',
      en: 'The source address cannot exist on the public Internet.',
    },
  },
  {
    name: 'reflection',
    sentence: {
      ja: '当方のアドレスを詐称した要求に答えたサーバ。',
      en: 'A server that answers requests forged with our addresses.',
    },
  },
  {
    name: 'backscatter',
    sentence: {
      ja: '応答のみを送る送信元。詐称元からの攻撃を受けている可能性が高い。',
      en: 'Sends answers to what we never sent: likely the victim of an attack with forged sources.',
    },
  },
  {
    name: 'bot',
    sentence: { ja: 'ボットの特徴をもつ感染機器。', en: 'An infected device: its packets carry the mark of a bot.' },
  },
  {
    name: 'research',
    sentence: {
      ja: '調査目的のスキャナー(名簿、自己申告、またはふるまいによる)。',
      en: 'A scanner for research: on a list, by its own word, or by what it does.',
    },
  },
  {
    name: 'horizontal',
    sentence: { ja: '少数のポートで多数のアドレスを探索。', en: 'Looks for few services on many addresses.' },
  },
  {
    name: 'vertical',
    sentence: { ja: '少数のアドレスで多数のポートを探索。', en: 'Looks for many services on few addresses.' },
  },
  {
    name: 'mixed',
    sentence: { ja: '多数のアドレスで多数のポートを探索。', en: 'Looks for many services on many addresses.' },
  },
  {
    name: 'exploit',
    sentence: { ja: '脆弱性を突く内容を送信。', en: 'Sends a payload that attacks a weakness.' },
  },
  {
    name: 'misconfiguration',
    sentence: {
      ja: '設定の誤り、または P2P。一つの宛先に通信を続ける。',
      en: 'A wrong setting, or peer to peer: keeps asking one of our addresses for one service.',
    },
  },
  { name: 'unknown', sentence: { ja: '上のいずれでもない。', en: 'None of these.' } },
] as const satisfies readonly NamedSentence[];

export type SourceClassName = (typeof SOURCE_CLASSES)[number]['name'];

/** Everything that speaks for a class, or that is worth knowing beside it; places are bits, so at most 32. */
export const SOURCE_REASONS = [
  {
    name: 'bogon_src',
    sentence: { ja: '経路に載らない空間の送信元。', en: 'The source is in space that is never routed.' },
  },
  { name: 'src_is_dst', sentence: { ja: '送信元と宛先が同一。', en: 'Source and destination are the same.' } },
  {
    name: 'many_to_few',
    sentence: {
      ja: '宛先に、平常をはるかに超える数の送信元から応答が届いた。',
      en: 'Its answers went to addresses of ours that far more sources answered than others.',
    },
  },
  { name: 'answers', sentence: { ja: '半数以上が応答。', en: 'At least half of its packets are answers.' } },
  {
    name: 'bot_mark',
    sentence: { ja: 'ボットの印を統計的に確認。', en: 'The mark of a bot, decided over its packets.' },
  },
  { name: 'scanner_list', sentence: { ja: '調査機関の名簿に記載。', en: 'On a list of acknowledged scanners.' } },
  {
    name: 'probe_uri',
    sentence: {
      ja: '通信内容に調査者の連絡先(RFC 9511)。',
      en: 'Its payload names the prober (RFC 9511).',
    },
  },
  {
    name: 'sweep',
    sentence: {
      ja: '公開ツールで観測網の一割以上を、宛先ごとに一度だけ探索。',
      en: 'Asked a tenth of the telescope or more, with a public tool, each address about once.',
    },
  },
  { name: 'many_targets', sentence: { ja: '宛先アドレスが多数。', en: 'Many of our addresses.' } },
  { name: 'many_ports', sentence: { ja: '宛先ポートが多数。', en: 'Many ports.' } },
  {
    name: 'synack_scan',
    sentence: {
      ja: '同じポートへ、宛先を変えながら SYN-ACK を送る。被害者ではない。',
      en: 'SYN-ACKs to one port of changing addresses, from many ports: a scan, not a victim.',
    },
  },
  { name: 'exploit_payload', sentence: { ja: '攻撃コードを含む。', en: 'A payload matches an exploit rule.' } },
  { name: 'p2p', sentence: { ja: 'P2P の通信内容。', en: 'A payload of a peer-to-peer protocol.' } },
  {
    name: 'one_service',
    sentence: {
      ja: '一つの宛先の一つのサービスに繰り返し送信。',
      en: 'Asks one service of one of our addresses, again and again.',
    },
  },
  {
    name: 'tool_mark',
    sentence: {
      ja: 'スキャンツールの印を統計的に確認。',
      en: 'The mark of a scanning tool, decided over its packets.',
    },
  },
  {
    name: 'counted_in_part',
    sentence: {
      ja: '宛先またはポートの数は上限に達しており、実際はそれ以上。',
      en: 'Targets or ports reached a limit: there are at least so many.',
    },
  },
] as const satisfies readonly NamedSentence[];

export type SourceReasonName = (typeof SOURCE_REASONS)[number]['name'];

type Places<N extends string> = { readonly [K in N]: number };

/** Name → place. */
export const SOURCE_CLASS = Object.fromEntries(
  SOURCE_CLASSES.map(({ name }, place) => [name, place]),
) as Places<SourceClassName>;
/** Name → bit. */
export const SOURCE_REASON = Object.fromEntries(
  SOURCE_REASONS.map(({ name }, place) => [name, 1 << place]),
) as Places<SourceReasonName>;
