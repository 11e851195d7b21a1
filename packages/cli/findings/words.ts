/** Words of the text forms, in both languages. */
import type { FindingState } from '@noroshi/wire/api/finding.ts';

export type Language = 'ja' | 'en';

interface Words {
  readonly states: Readonly<Record<FindingState, string>>;
  readonly columns: Readonly<
    Record<'subject' | 'detector' | 'since' | 'lasted' | 'rate' | 'sure' | 'state' | 'id', string>
  >;
  readonly open: string;
  readonly telescope: string;
  readonly none: string;
  readonly more: string;
  readonly asOf: string;
  readonly never: string;
  readonly titles: Readonly<Record<'why' | 'sure' | 'figures' | 'query' | 'history' | 'references' | 'bins', string>>;
  readonly where: string;
  readonly binColumns: readonly [time: string, sure: string];
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    states: {
      candidate: 'candidate',
      confirmed: 'confirmed',
      refuted: 'refuted',
      duplicate: 'duplicate',
      expired: 'expired',
      superseded: 'superseded',
    },
    columns: {
      subject: 'SUBJECT',
      detector: 'DETECTOR',
      since: 'SINCE (UTC)',
      lasted: 'LASTED',
      rate: 'PACKETS/S',
      sure: 'SURE',
      state: 'STATE',
      id: 'ID',
    },
    open: 'still going on',
    telescope: 'our telescope',
    none: 'Nothing was found above the detectors’ limits that fits. That does not mean that nothing happened.',
    more: 'There are more: --limit, or export.',
    asOf: 'Detectors have seen everything up to',
    never: 'The detectors have not finished their first minute yet.',
    titles: {
      why: 'Why',
      sure: 'How sure',
      figures: 'Figures',
      query: 'Query that reproduces it',
      history: 'History',
      references: 'References',
      bins: 'Step by step, the newest',
    },
    where: 'Network',
    binColumns: ['TIME (UTC)', 'SURE'],
  },
  ja: {
    states: {
      candidate: '候補',
      confirmed: '確認済み',
      refuted: '否定',
      duplicate: '重複',
      expired: '期限切れ',
      superseded: '差し替え',
    },
    columns: {
      subject: '対象',
      detector: '検知器',
      since: '開始（UTC）',
      lasted: '継続',
      rate: '推定/秒',
      sure: '確度',
      state: '状態',
      id: 'ID',
    },
    open: '継続中',
    telescope: '観測網全体',
    none: '条件に合い、検知限界を超えるものはありません。何も起きなかったことを意味するものではありません。',
    more: '続きがあります：--limit または export で表示できます。',
    asOf: '検知が完了している時刻：',
    never: '検知はまだ最初の1分を終えていません。',
    titles: {
      why: '理由',
      sure: '確度の意味',
      figures: '数値',
      query: '再現する問い合わせ',
      history: '経過',
      references: '参考文献',
      bins: '時刻ごとの観測（新しいもの）',
    },
    where: 'ネットワーク',
    binColumns: ['時刻（UTC）', '確度'],
  },
};
