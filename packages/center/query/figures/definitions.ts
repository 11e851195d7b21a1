/**
 * THE table of figures. Names, sentences, units, denominators and SQL stand here and nowhere else: API, page, report and reference
 * derive from it. To add a figure, add an entry; when it counts something that no relation has, a relation (relations.ts).
 *
 * An access is a packet of any class but `backscatter` and `response`: those answer what somebody else asked in our name, and
 * NPA counts them apart. Rates per address count IPv4 packets by IPv4 addresses; IPv6 packets have figures of their own, by
 * networks of 64 bits, because addresses of an IPv6 network are more than anybody could wait for. What counts sources, victims or
 * backscatter counts both.
 */
import type { Denominator, FigureDefinition, Text } from '@noroshi/wire/api/figures.ts';
import type { FigureSource, Measure, Relation, Who } from './definition.ts';

/** SQL condition: the packet is an access. */
export const IS_ACCESS = `class NOT IN ('backscatter', 'response')`;
const IPV4 = 'net = 4';

const per = {
  address: { en: 'per day and address', ja: '件/日・IPアドレス' },
  network64: { en: 'per day and /64', ja: '件/日・/64' },
  day: { en: 'per day', ja: '件/日' },
  sources: { en: 'addresses per day', ja: 'IPアドレス/日' },
  seconds: { en: 'seconds', ja: '秒' },
  percent: { en: '%', ja: '%' },
} as const satisfies Record<string, Text>;

/** Packets of an hour: the sum of one column of `hours` where all conditions hold. */
const packets =
  (column: string, ...conditions: readonly string[]) =>
  (who: Who): string =>
    `sumIf(${column}, ${[...conditions, ...(who === 'plain' ? ['is_scanner = 0'] : [])].join(' AND ')})`;

/** Rows of a day for which a condition holds; WHO stands for whose. */
const rows =
  (condition: string) =>
  (who: Who): string =>
    `countIf(${condition.replaceAll('WHO', who)})`;

function figure(
  id: string,
  texts: Pick<FigureDefinition, 'name' | 'sentence' | 'unit'>,
  count: { readonly from: Relation; readonly measure: Measure; readonly sql: (who: Who) => string },
  denominator: Denominator,
  more: { readonly digits?: number; readonly hasPlain?: boolean } = {},
): FigureSource {
  return {
    id,
    ...texts,
    ...count,
    denominator,
    digits: more.digits ?? 1,
    is_share: count.measure === 'share',
    steps: count.from === 'hours' ? ['hour', 'day'] : ['day'],
    hasPlain: more.hasPlain ?? true,
  };
}

const rate = (sql: (who: Who) => string) => ({ from: 'hours', measure: 'rate', sql }) as const;
const distinct = (from: Relation, sql: (who: Who) => string) => ({ from, measure: 'distinct', sql }) as const;
const share = (sql: (who: Who) => string) => ({ from: 'hours', measure: 'share', sql }) as const;

const ACCESSES: readonly FigureSource[] = [
  figure(
    'accesses',
    {
      name: { en: 'Accesses', ja: 'アクセス件数' },
      sentence: {
        en: 'Packets that one IPv4 address gets in a day although it offers nothing; answers to forged packets are counted apart.',
        ja: '何のサービスも提供していない1つのIPv4アドレスに1日に届くパケットの数。詐称パケットへの応答は別に数える。',
      },
      unit: per.address,
    },
    rate(packets('packets', IS_ACCESS, IPV4)),
    'address_day',
  ),
  figure(
    'access_spacing',
    {
      name: { en: 'One access every', ja: 'アクセスの間隔' },
      sentence: {
        en: 'Mean time from one access to the next at one IPv4 address.',
        ja: '1つのIPv4アドレスで、あるアクセスから次のアクセスまでの平均時間。',
      },
      unit: per.seconds,
    },
    { from: 'hours', measure: 'spacing', sql: packets('packets', IS_ACCESS, IPV4) },
    'access',
  ),
  figure(
    'sources',
    {
      name: { en: 'Source addresses', ja: '送信元IPアドレス数' },
      sentence: {
        en: 'Different source addresses of accesses in a day, over all sensors; every IPv6 address counts.',
        ja: '1日のアクセスの送信元IPアドレスの種類数(全センサー合計、IPv6もアドレス単位)。',
      },
      unit: per.sources,
    },
    distinct('sources', rows('WHO_packets > 0')),
    'day',
  ),
  figure(
    'low_port_accesses',
    {
      name: { en: 'Accesses to ports up to 1023', ja: '1023番以下のポートへのアクセス' },
      sentence: {
        en: 'Accesses to TCP and UDP ports 0 to 1023, where long-known services live.',
        ja: 'TCP・UDPの0~1023番ポート(広く知られたサービス)へのアクセス。',
      },
      unit: per.address,
    },
    rate(packets('low_port_packets', IS_ACCESS, IPV4)),
    'address_day',
  ),
  figure(
    'high_port_accesses',
    {
      name: { en: 'Accesses to ports from 1024', ja: '1024番以上のポートへのアクセス' },
      sentence: {
        en: 'Accesses to TCP and UDP ports 1024 to 65535, where devices and newer services live.',
        ja: 'TCP・UDPの1024~65535番ポート(IoT機器など)へのアクセス。',
      },
      unit: per.address,
    },
    rate(packets('high_port_packets', IS_ACCESS, IPV4)),
    'address_day',
  ),
];

const SIGNATURES: readonly FigureSource[] = [
  figure(
    'mirai_accesses',
    {
      name: { en: 'Accesses with Mirai’s mark', ja: 'Miraiの特徴を有するアクセス' },
      sentence: {
        en: 'Accesses whose TCP sequence number is the destination address, as Mirai and its heirs write it.',
        ja: 'TCPシーケンス番号が宛先IPアドレスと一致する、Miraiとその亜種に特徴的なアクセス。',
      },
      unit: per.address,
    },
    rate(packets('mirai_packets', IS_ACCESS, IPV4)),
    'address_day',
  ),
  figure(
    'mirai_sources',
    {
      name: { en: 'Sources with Mirai’s mark', ja: 'Miraiの特徴を有する送信元' },
      sentence: {
        en: 'Different source addresses in a day with at least one access that carries Mirai’s mark.',
        ja: 'Miraiの特徴を有するアクセスが1日に1件以上あった送信元IPアドレスの種類数。',
      },
      unit: per.sources,
    },
    distinct('sources', rows('WHO_mirai > 0')),
    'day',
  ),
  figure(
    'marked_accesses',
    {
      name: { en: 'Signature detections', ja: '検知件数(ツール・ボットの特徴)' },
      sentence: {
        en: 'Accesses whose headers carry the mark of a known tool or bot; evidence, not a verdict.',
        ja: '既知のツールやボットの特徴をヘッダーに有するアクセス(断定ではなく手がかり)。',
      },
      unit: per.address,
    },
    rate(packets('marked_packets', IS_ACCESS, IPV4)),
    'address_day',
  ),
  figure(
    'marked_sources',
    {
      name: { en: 'Sources of signature detections', ja: '検知した送信元IPアドレス数' },
      sentence: {
        en: 'Different source addresses in a day with at least one marked access.',
        ja: '特徴を有するアクセスが1日に1件以上あった送信元IPアドレスの種類数。',
      },
      unit: per.sources,
    },
    distinct('sources', rows('WHO_marked > 0')),
    'day',
  ),
  figure(
    'many_port_sources',
    {
      name: { en: 'Sources touching 100 ports or more', ja: '100ポート以上に接続した送信元' },
      sentence: {
        en: 'Source addresses that sent to at least 100 different TCP or UDP ports in a day.',
        ja: '1日に100以上のTCP・UDPポートへアクセスした送信元IPアドレスの数。',
      },
      unit: per.sources,
    },
    distinct('sources', rows('WHO_ports >= 100')),
    'day',
  ),
  figure(
    'several_port_sources',
    {
      name: { en: 'Sources touching more than 10 ports', ja: '10ポートを超えて接続した送信元' },
      sentence: {
        en: 'Source addresses that sent to more than 10 different TCP or UDP ports in a day (JPCERT/CC’s measure of a scanner).',
        ja: '1日に10を超えるTCP・UDPポートへアクセスした送信元IPアドレスの数(JPCERT/CCの調査目的スキャナーの基準)。',
      },
      unit: per.sources,
    },
    distinct('sources', rows('WHO_ports > 10')),
    'day',
  ),
];

const VICTIMS: readonly FigureSource[] = [
  figure(
    'backscatter',
    {
      name: { en: 'Backscatter packets', ja: '跳ね返りパケット件数' },
      sentence: {
        en: 'Packets in a day, over all sensors, that answer what nobody of ours sent: traces of attacks with forged sources.',
        ja: '送信元を詐称したDoS攻撃の被害者から全センサーに1日に届く応答(跳ね返り)パケットの数。',
      },
      unit: per.day,
    },
    rate(packets('packets', `class = 'backscatter'`)),
    'day',
  ),
  figure(
    'victims',
    {
      name: { en: 'Victim addresses', ja: '跳ね返りパケットの送信元(被害)IPアドレス数' },
      sentence: {
        en: 'Different addresses in a day that such answers come from, or that a quoted packet was meant for.',
        ja: '1日に跳ね返りパケットを送信した(または引用パケットの宛先である)IPアドレスの種類数。',
      },
      unit: per.sources,
    },
    distinct('victims', rows('WHO_packets > 0')),
    'day',
  ),
];

const SHARES: readonly FigureSource[] = [
  figure(
    'scanner_share',
    {
      name: { en: 'Share of acknowledged scanners', ja: '調査目的スキャナーの割合' },
      sentence: {
        en: 'Share of accesses whose source is on a list of organisations that say they scan for research or business.',
        ja: '調査目的のスキャンを公表している組織のリストに載る送信元からのアクセスの割合。',
      },
      unit: per.percent,
    },
    share(packets('packets', IS_ACCESS, 'is_scanner = 1')),
    'access',
    { hasPlain: false },
  ),
  figure(
    'ipv6_share',
    {
      name: { en: 'Share of IPv6', ja: 'IPv6の割合' },
      sentence: {
        en: 'Share of accesses that came over IPv6.',
        ja: 'IPv6によるアクセスの割合。',
      },
      unit: per.percent,
    },
    share(packets('packets', IS_ACCESS, 'net = 6')),
    'access',
    { digits: 2 },
  ),
  figure(
    'ipv6_accesses',
    {
      name: { en: 'Accesses over IPv6', ja: 'IPv6アクセス件数' },
      sentence: {
        en: 'Packets over IPv6 that one network of 64 bits gets in a day.',
        ja: '1つの64ビット長IPv6ネットワークに1日に届くアクセスの数。',
      },
      unit: per.network64,
    },
    rate(packets('packets', IS_ACCESS, 'net = 6')),
    'network64_day',
  ),
];

/** All figures, in the order in which they are published. */
export const FIGURES: readonly FigureSource[] = [...ACCESSES, ...SIGNATURES, ...VICTIMS, ...SHARES];

/** All accesses, of either IP version: what shares are shares of. Not published. */
export const ALL_ACCESSES = figure(
  'all_accesses',
  { name: { en: '', ja: '' }, sentence: { en: '', ja: '' }, unit: per.day },
  rate(packets('packets', IS_ACCESS)),
  'day',
);
/** What is counted of every day. */
export const COUNTED: readonly FigureSource[] = [...FIGURES, ALL_ACCESSES];

/** As the API shows them. */
export const figureDefinitions: readonly FigureDefinition[] = FIGURES.map((source) => {
  const { id, name, sentence, unit, denominator, digits, is_share, steps } = source;
  return { id, name, sentence, unit, denominator, digits, is_share, steps };
});

/** The figure of that id; undefined when there is none. */
export function figureOf(id: string): FigureSource | undefined {
  return FIGURES.find((source) => source.id === id);
}
