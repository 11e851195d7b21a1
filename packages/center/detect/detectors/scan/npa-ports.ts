/**
 * The NPA's definition: sources that touch 100 destination ports or more in a day. Its days are Japan's and its figure a mean over
 * days; ours are days of UTC, each a bin.
 */
import { dayPorts } from './day-ports.ts';

export const npaPorts = dayPorts({
  id: 'scan/npa-ports',
  sentence: {
    ja: '一日に100以上の宛先ポートに接触した送信元(警察庁の定義)。',
    en: 'A source that touches 100 destination ports or more in a day (as the NPA counts).',
  },
  references: [
    { name: 'NPA R04-H1', where: 'www.npa.go.jp/publications/statistics/cybersecurity (wic-net 4897, p. 16)' },
  ],
  ports_min: 100,
});
