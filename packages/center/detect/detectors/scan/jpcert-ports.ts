/** JPCERT/CC's definition for research scanners at home: more than 10 destination ports in a day. */
import { dayPorts } from './day-ports.ts';

export const jpcertPorts = dayPorts({
  id: 'scan/jpcert-ports',
  sentence: {
    ja: '一日に10を超える宛先ポートに接触した送信元(JPCERT/CC の定義)。',
    en: 'A source that touches more than 10 destination ports in a day (as JPCERT/CC counts).',
  },
  references: [{ name: 'JPCERT/CC TSUBAME', where: 'blogs.jpcert.or.jp: TSUBAME report overflow, 2022-12' }],
  ports_min: 11,
});
