/**
 * ncsa/bro-simple-scan: attempts are distinct pairs of host and port to which a source's SYN got no answer, kept until it is silent for
 * 15 minutes. Three dark hosts make it a scan of a darknet: then ten attempts, or three hosts on one port, are enough; else 25, or 20
 * hosts on one port. In a telescope every host is dark, and every source remote. Up to five ports it is an address scan, else up to
 * five hosts a port scan, else a random scan. After a notice it is quiet about the source for an hour; here that is one finding.
 * Times of rows: sessions.ts.
 */
import type { Detector } from '../../detector.ts';
import { serviceEvidence } from '../sources/source-evidence.ts';
import { FULFILLED, isSynProbe, LEFT_OUT, portKey, SESSION_FIGURES } from './common.ts';
import { type Definition, SESSION_BLOCK, SESSION_LIMITS, type Session, SessionRun } from './sessions.ts';

const IDLE_S = 15 * 60;
const DARK_HOSTS_MIN = 3;
const ATTEMPTS_MIN = 25;
const ATTEMPTS_DARK_MIN = 10;
const HOSTS_A_PORT_MIN = 20;
const HOSTS_A_PORT_DARK_MIN = 3;
const FEW = 5;

function isScan({ targets, attempts, targets_a_port }: Session): boolean {
  const isDark = targets >= DARK_HOSTS_MIN;
  return (
    attempts >= (isDark ? ATTEMPTS_DARK_MIN : ATTEMPTS_MIN) ||
    targets_a_port >= (isDark ? HOSTS_A_PORT_DARK_MIN : HOSTS_A_PORT_MIN)
  );
}

/** One port, then one host, then few of either: the order of its source. */
export function kindOf(hosts: number, ports: number): 'address_scan' | 'port_scan' | 'random_scan' {
  if (ports === 1) return 'address_scan';
  if (hosts === 1) return 'port_scan';
  if (ports <= FEW) return 'address_scan';
  return hosts <= FEW ? 'port_scan' : 'random_scan';
}

const definition: Definition = {
  idle_s: IDLE_S,
  counts: isSynProbe,
  key: () => 0,
  port: portKey,
  countsPorts: true,
  aspect: () => '',
  judge: (session) => {
    const { targets, ports, attempts } = session;
    return isScan(session)
      ? { confidence: 1, reasons: [{ code: kindOf(targets, ports), values: { hosts: targets, ports, attempts } }] }
      : undefined;
  },
  limits: SESSION_LIMITS,
};

export const simpleScan: Detector = {
  id: 'scan/simple-scan',
  version: 1,
  theme: 'scan',
  sentence: {
    ja: 'bro-simple-scan の定義: 15分の無通信で途切れない試行の数。',
    en: 'By the definition of bro-simple-scan: attempts at hosts and ports, until 15 minutes of silence.',
  },
  references: [{ name: 'bro-simple-scan', where: 'ncsa/bro-simple-scan scripts/scan.zeek' }],
  confidence: FULFILLED,
  confirmed_at: 1,
  ...SESSION_BLOCK,
  reasons: {
    address_scan: { ja: '少数のポートで多数のアドレス。', en: 'Hosts on one port, or up to five.' },
    port_scan: { ja: '少数のアドレスで多数のポート。', en: 'Ports of one host, or up to five.' },
    random_scan: { ja: '多数のアドレスと多数のポート。', en: 'Many hosts on many ports.' },
    ...LEFT_OUT,
  },
  figures: SESSION_FIGURES,
  appliesTo: () => true,
  start: () => new SessionRun(definition),
  evidence: (of) => serviceEvidence(of, 'probe'),
};
