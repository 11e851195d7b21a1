/**
 * Durumeric, Bailey and Halderman 2014: a source contacts at least 100 of our addresses on one port and protocol, at an estimated 10
 * packets a second or more over all of IPv4; a scan ends with a silence of 480 s. Times of rows: sessions.ts.
 */
import type { Detector } from '../../detector.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FULFILLED, internetRate_pps, isProbe, LEFT_OUT, portKey, portText, SESSION_FIGURES } from './common.ts';
import { type Definition, SESSION_BLOCK, SESSION_LIMITS, SessionRun } from './sessions.ts';

const IDLE_S = 480;
const TARGETS_MIN = 100;
const RATE_MIN_PPS = 10;

const definition: Definition = {
  idle_s: IDLE_S,
  counts: isProbe,
  key: portKey,
  port: () => 0,
  countsPorts: false,
  aspect: portText,
  judge: ({ packets, targets, duration_s, addresses }) => {
    const isFast = internetRate_pps(packets, duration_s, addresses) >= RATE_MIN_PPS;
    return targets >= TARGETS_MIN && isFast
      ? { confidence: 1, reasons: [{ code: 'scan', values: { targets } }] }
      : undefined;
  },
  limits: SESSION_LIMITS,
};

export const durumeric: Detector = {
  id: 'scan/durumeric',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: 'Durumeric らの定義: 同じポートで100以上のアドレス、全 IPv4 換算で毎秒10以上。',
    en: 'By Durumeric’s definition: 100 addresses on one port, at 10 packets a second over all of IPv4.',
  },
  references: [
    { name: 'Durumeric 2014', where: 'An Internet-Wide View of Internet-Wide Scanning, USENIX Security, §3.1' },
  ],
  confidence: FULFILLED,
  confirmed_at: 1,
  ...SESSION_BLOCK,
  reasons: { scan: { ja: '100以上の宛先。', en: 'A hundred targets or more.' }, ...LEFT_OUT },
  figures: SESSION_FIGURES,
  appliesTo: ({ exposure }) => exposure.addresses >= 1,
  start: () => new SessionRun(definition),
  evidence: (of) => serviceEvidence(of, 'probe'),
};
