/** What a report says beside names of figures: all of its sentences, Japanese and English side by side. */
import type { Text } from '@noroshi/wire/api/figures.ts';

export const WORDS = {
  report: { ja: '観測レポート', en: 'Observation report' },
  simulated: {
    ja: '模擬データ:この数値は作られた通信によるもので、実際の観測ではない。',
    en: 'SIMULATED: these figures come from invented traffic, not from the Internet.',
  },
  replayed: {
    ja: '再生データ:この数値は取り込まれたキャプチャーによるもので、センサーの継続観測ではない。',
    en: 'REPLAYED: these figures come from captures that somebody fed in, not from sensors that keep watch.',
  },
  period: { ja: '期間', en: 'Period' },
  previous: { ja: '前期', en: 'Previous period' },
  listening: { ja: '観測規模', en: 'Listening' },
  listeningBefore: { ja: '観測規模(前期)', en: 'Listening before' },
  packets: { ja: 'パケット', en: 'Packets' },
  tables: { ja: '参照表', en: 'Look-up tables' },
  access: { ja: '(a) アクセス', en: '(a) Accesses' },
  accessSentence: {
    ja: '何のサービスも提供していないIPアドレスに届いたパケット。求めていない以上、探索・攻撃・感染機器の活動である。',
    en: 'Packets to addresses that offer nothing: whoever sends them explores, attacks, or is infected.',
  },
  signature: { ja: '(b) 検知(ツール・ボットの特徴)', en: '(b) Signature detections (marks of tools and bots)' },
  signatureSentence: {
    ja: 'ヘッダーに既知のツールやボットの特徴があるアクセス。断定ではなく手がかりであり、警察庁のIDSの分類とは異なる。',
    en: 'Accesses whose headers carry the mark of a known tool or bot: evidence, not a verdict, and other classes than an IDS has.',
  },
  victims: { ja: '(c) DoS攻撃の被害', en: '(c) Victims of denial of service' },
  victimsSentence: {
    ja: '送信元を詐称した攻撃を受けた側からの跳ね返りパケット。件数は全センサーの合計で、攻撃の件数ではない。',
    en: 'Answers of those who are attacked in the name of our addresses: packets over all sensors, not attacks.',
  },
  scanners: { ja: '(d) 調査目的スキャナー', en: '(d) Acknowledged scanners' },
  scannersSentence: {
    ja: '調査目的のスキャンを公表している組織。各表の「除外」はこれらの送信元を除いた値である。',
    en: 'Organisations that say they scan for research or business; “without” leaves them out of the figures above.',
  },
  figure: { ja: '項目', en: 'Figure' },
  value: { ja: '値', en: 'Value' },
  unit: { ja: '単位', en: 'Unit' },
  change: { ja: '増減', en: 'Change' },
  changePercent: { ja: '増減率', en: 'Change %' },
  interval: { ja: '95 %区間', en: '95 % interval' },
  without: { ja: '除外', en: 'Without' },
  rank: { ja: '順位', en: 'Rank' },
  previousRank: { ja: '前回', en: 'Before' },
  rate: { ja: '件/日・IP', en: 'per day, address' },
  share: { ja: '割合', en: 'Share' },
  sources: { ja: '送信元/日', en: 'Sources/day' },
  ports: { ja: '宛先ポート', en: 'Destination port' },
  countries: { ja: '送信元の国・地域', en: 'Country or region' },
  networks: { ja: '送信元のAS', en: 'Network (AS)' },
  marks: { ja: '特徴', en: 'Mark' },
  organisations: { ja: '組織', en: 'Organisation' },
  nothing: { ja: '該当なし', en: 'none' },
  country: { ja: '国', en: 'countries' },
  asn: { ja: 'AS', en: 'AS' },
  scannerList: { ja: 'スキャナー', en: 'scanners' },
} as const satisfies Record<string, Text>;

/** What is said below the figures. */
export const NOTES: readonly Text[] = [
  {
    ja: '件/日・IPアドレス=パケット数÷(実際に待ち受けたアドレス数×時間)。停止していた時間は分母に入らない。',
    en: 'Per day and address: packets ÷ (addresses × time that really listened); time that nobody listened is no part of it.',
  },
  {
    ja: '1日当たりのアドレス数は各日の種類数の平均で、観測できた時間の割合で重み付けする。',
    en: 'Addresses per day: mean of the days’ distinct addresses, a day weighing as much as it was covered.',
  },
  {
    ja: '95 %区間は日ごと(1日だけの場合は時間ごと)のばらつきから求め、ポアソン分布の厳密な区間より狭くはしない。',
    en: 'The 95 % interval follows from how much days (of a single day: hours) differ, and is never narrower than the exact Poisson one.',
  },
  {
    ja: '割合は全アクセス(ポートのないICMPなどを含む)に対するもの。複数の特徴を持つパケットはそれぞれに数える。',
    en: 'Shares are of all accesses, also of those without a port (ICMP). A packet with several marks counts for each of them.',
  },
  {
    ja: '増減は丸める前の値の差。',
    en: 'Changes are differences of the unrounded values.',
  },
];
