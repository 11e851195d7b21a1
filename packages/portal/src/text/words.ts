/** Words of files and messages that a person should not have to know: marks, reasons. An unknown one stays as it is. */
import type { Text } from '@noroshi/wire/api/figures.ts';
import type { Language } from '../format/number.ts';

const MARKS: Readonly<Record<string, Text>> = {
  mirai: { en: 'Mirai and its heirs', ja: 'Miraiとその亜種' },
  hajime: { en: 'Hajime (candidate)', ja: 'Hajime（候補）' },
  masscan: { en: 'masscan', ja: 'masscan' },
  masscan_1_3: { en: 'masscan up to 1.3.2', ja: 'masscan 1.3.2以前' },
  masscan_head: { en: 'masscan since 2023', ja: 'masscan 2023年以降' },
  masscan_banner: { en: 'masscan reading banners', ja: 'masscan バナー取得' },
  zmap: { en: 'ZMap up to 4.0', ja: 'ZMap 4.0以前' },
  zmap_2: { en: 'ZMap 1 and 2', ja: 'ZMap 1・2' },
  zmap_3: { en: 'ZMap 3 and 4.0', ja: 'ZMap 3・4.0' },
  zmap_4: { en: 'ZMap 4.1 and later', ja: 'ZMap 4.1以降' },
  zmap_4_windows: { en: 'ZMap 4.1, as Windows (candidate)', ja: 'ZMap 4.1 Windows風（候補）' },
  zmap_4_linux: { en: 'ZMap 4.1, as Linux (candidate)', ja: 'ZMap 4.1 Linux風（候補）' },
  zmap_4_bsd: { en: 'ZMap 4.1, as BSD (candidate)', ja: 'ZMap 4.1 BSD風（候補）' },
  zmap_4_smallest: { en: 'ZMap 4.1, smallest probes (candidate)', ja: 'ZMap 4.1 最小プローブ（候補）' },
  nmap: { en: 'Nmap', ja: 'Nmap' },
  unicornscan: { en: 'unicornscan (candidate)', ja: 'unicornscan（候補）' },
};

const REASONS: Readonly<Record<string, Text>> = {
  not_ip: { en: 'no IP packet', ja: 'IPパケットではない' },
  malformed: { en: 'damaged before the addresses', ja: 'アドレスより前で破損' },
  elsewhere: { en: 'meant for other addresses', ja: '観測対象外の宛先' },
  before_capture: { en: 'lost before the capture', ja: '取得前に欠落' },
  kernel: { en: 'the kernel had no room', ja: 'カーネルの受信容量の不足' },
  interface: { en: 'the network card had no room', ja: 'ネットワークカードの受信容量の不足' },
  capture_ended: { en: 'lost when a capture ended', ja: '取得の終了時に欠落' },
  clock: { en: 'while the clock was set', ja: '時計の修正中' },
  spool_full: { en: 'no room on the sensor’s disk', ja: 'センサーの保存容量の不足' },
  wrong_path: { en: 'address names no segment', ja: '宛先の誤り' },
  unknown_sensor: { en: 'unknown sensor', ja: '未登録のセンサー' },
  wrong_token: { en: 'wrong token', ja: 'トークンの誤り' },
  wrong_certificate: { en: 'wrong certificate', ja: '証明書の誤り' },
  wrong_type: { en: 'not announced as Parquet', ja: '形式の表示の誤り' },
  length_missing: { en: 'length not announced', ja: '長さの表示なし' },
  digest_missing: { en: 'digest not announced', ja: 'ダイジェストの表示なし' },
  too_large: { en: 'too large', ja: '大きすぎる' },
  digest_differs: { en: 'digest differs', ja: 'ダイジェストの不一致' },
  not_parquet: { en: 'not a Parquet file', ja: 'Parquetファイルではない' },
  cut: { en: 'cut short', ja: '途中で切れている' },
  wrong_schema: { en: 'wrong columns', ja: '列の誤り' },
  wrong_metadata: { en: 'contradicts itself', ja: '内容の矛盾' },
  wrong_rows: { en: 'rows differ from what it says', ja: '行の内容の不一致' },
  explodes: { en: 'too large uncompressed', ja: '展開後に大きすぎる' },
  from_future: { en: 'from the future', ja: '未来の時刻' },
  too_old: { en: 'too old', ja: '古すぎる' },
  identity_conflict: { en: 'two segments with one number', ja: '番号の重複' },
};

const UNITS: Readonly<Record<string, Text>> = {
  packets: { en: 'packets', ja: 'パケット' },
  'packets/s': { en: 'packets/s', ja: 'パケット/秒' },
  'packets/min': { en: 'packets/min', ja: 'パケット/分' },
  addresses: { en: 'addresses', ja: 'アドレス' },
  networks: { en: 'networks', ja: 'ネットワーク' },
  prefixes: { en: 'prefixes', ja: 'プレフィックス' },
  ports: { en: 'ports', ja: 'ポート' },
};

const CLASSES: Readonly<Record<string, Text>> = {
  bogon: { en: 'Impossible source', ja: '存在しえない送信元' },
  reflection: { en: 'Abused reflector', ja: '反射に悪用されたサーバー' },
  backscatter: { en: 'Backscatter', ja: '跳ね返り' },
  bot: { en: 'Bot', ja: 'ボット' },
  research: { en: 'Research scanner', ja: '調査目的スキャナー' },
  horizontal: { en: 'Horizontal scan', ja: '水平スキャン' },
  vertical: { en: 'Vertical scan', ja: '垂直スキャン' },
  mixed: { en: 'Mixed scan', ja: '混合スキャン' },
  exploit: { en: 'Exploit', ja: '脆弱性の攻撃' },
  misconfiguration: { en: 'Misconfiguration, P2P', ja: '設定の誤り・P2P' },
  unknown: { en: 'Unknown', ja: '不明' },
};

/** A class of sources. */
export function className(language: Language, name: string): string {
  return CLASSES[name]?.[language] ?? name.replaceAll('_', ' ');
}

export function markName(language: Language, mark: string): string | undefined {
  return MARKS[mark]?.[language];
}

export function reasonName(language: Language, reason: string): string {
  return REASONS[reason]?.[language] ?? reason.replaceAll(/[_-]/g, ' ');
}

/** Unit of a detector's figure. */
export function unitText(language: Language, unit: string): string {
  return UNITS[unit]?.[language] ?? unit;
}
