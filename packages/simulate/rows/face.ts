/**
 * What all rows of one kind of packet have in common: header facts as the flow columns say them. There are a few dozen of them; a
 * row only names its face. The same facts as the packets of actors/*.ts have, by which they are tested
 * (cli/evaluate/rows-against-packets.test.ts).
 */
import type { ClassName } from '@noroshi/wire/classify/class.ts';
import { ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_TIME_EXCEEDED, ICMP_UNREACHABLE } from '@noroshi/wire/net/icmp.ts';
import { PROTO_ICMP, PROTO_TCP, PROTO_UDP } from '@noroshi/wire/net/protocol.ts';
import { TCP_ACK, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import { ascii, concat, dnsMessage, hex } from '../craft/payload.ts';

export interface Face {
  readonly proto: number;
  readonly class: ClassName;
  readonly marks: string;
  readonly predicates: string;
  readonly tcp_flags: number;
  readonly tcp_window: number;
  /** `kinds_mss_ws`. */
  readonly options: string;
  readonly ip_bytes: number;
  readonly icmp_type: number;
  readonly icmp_code: number;
  /** 0: quotes nothing. */
  readonly quoted_proto: number;
  readonly payload: Uint8Array;
}

const IPV4_BYTES = 20;
const TCP_BYTES = 20;
const UDP_BYTES = 8;
const ICMP_BYTES = 8;
const ICMP_BODY_BYTES = 32;
const PORT_UNREACHABLE = 3;
const NO_BYTES = new Uint8Array(0);

const BLANK: Face = {
  proto: PROTO_TCP,
  class: 'probe',
  marks: '',
  predicates: '',
  tcp_flags: 0,
  tcp_window: 0,
  options: '',
  ip_bytes: IPV4_BYTES + TCP_BYTES,
  icmp_type: 0,
  icmp_code: 0,
  quoted_proto: 0,
  payload: NO_BYTES,
};

const syn = (tcp_window: number, options: string, more: Partial<Face> = {}): Face => {
  const optionBytes = options === '' ? 0 : options.startsWith('2_') ? 4 : 20;
  return {
    ...BLANK,
    tcp_flags: TCP_SYN,
    tcp_window,
    options,
    ip_bytes: BLANK.ip_bytes + optionBytes,
    predicates: options === '' ? 'syn_no_options' : '',
    ...more,
  };
};

const answer = (tcp_flags: number, tcp_window: number, options: string, predicates = ''): Face => ({
  ...BLANK,
  class: 'backscatter',
  tcp_flags,
  tcp_window,
  options,
  predicates,
  ip_bytes: BLANK.ip_bytes + (options === '' ? 0 : 4),
});

const udp = (name: 'probe' | 'response', payload: Uint8Array, predicates = ''): Face => ({
  ...BLANK,
  proto: PROTO_UDP,
  class: name,
  predicates,
  payload,
  ip_bytes: IPV4_BYTES + UDP_BYTES + payload.length,
});

const icmp = (icmp_type: number, icmp_code: number, quoted_proto: number): Face => ({
  ...BLANK,
  proto: PROTO_ICMP,
  class: icmp_type === ICMP_ECHO ? 'probe' : 'backscatter',
  icmp_type,
  icmp_code,
  quoted_proto,
  ip_bytes: IPV4_BYTES + ICMP_BYTES + (quoted_proto === 0 ? ICMP_BODY_BYTES : IPV4_BYTES + ICMP_BYTES),
});

const LINUX = '2-4-8-1-3_1460_7';
const WINDOWS = '2-1-3-1-1-4_1460_8';
const MSS = '2_1460_';

/** By name, in the order of their numbers in a sheet. */
export const FACES = {
  'syn-linux': syn(64_240, LINUX),
  'syn-windows': syn(64_240, WINDOWS),
  'syn-windows-7': syn(8192, WINDOWS),
  'syn-embedded': syn(5808, '2-4-8-1-3_1452_2'),
  'syn-drizzle': syn(65_535, MSS),
  'syn-outbreak': syn(14_600, MSS),
  mirai: syn(14_600, '', { marks: 'mirai', predicates: 'syn_no_options' }),
  'zmap-2': syn(65_535, '', { marks: 'zmap zmap_2', predicates: 'syn_no_options' }),
  'zmap-windows': syn(65_535, WINDOWS, { marks: 'zmap_4_windows' }),
  masscan: syn(1024, '', { marks: 'masscan masscan_1_3', predicates: 'syn_no_options' }),
  nmap: syn(1024, MSS, { marks: 'nmap' }),
  bogon: syn(64_240, LINUX, { predicates: 'bogon_src' }),
  'open-port': answer(TCP_SYN | TCP_ACK, 64_240, MSS),
  'synack-scan': answer(TCP_SYN | TCP_ACK, 65_535, MSS),
  'closed-port': answer(TCP_RST | TCP_ACK, 0, '', 'rst_ack'),
  reset: answer(TCP_RST, 0, ''),
  'port-unreachable': icmp(ICMP_UNREACHABLE, PORT_UNREACHABLE, PROTO_UDP),
  'ttl-exceeded': icmp(ICMP_TIME_EXCEEDED, 0, PROTO_TCP),
  'host-unreachable': icmp(ICMP_UNREACHABLE, 1, PROTO_TCP),
  'echo-reply': icmp(ICMP_ECHO_REPLY, 0, 0),
  echo: icmp(ICMP_ECHO, 0, 0),
  'dns-failure': udp('response', dnsMessage(0x8182, 'aaaaaaaa.victim.example', 1), 'port_53'),
  'ntp-answer': udp('response', concat(hex('24 02 06 e9 00 00 01 57 00 00 09 a1 c0 00 02 01'), new Uint8Array(32))),
  'quic-retry': udp('response', concat(hex('f0 00000001 08 0000000000000000 08 0000000000000000'), new Uint8Array(48))),
  'dns-query': udp('probe', dnsMessage(0x0100, 'amplify.example', 255), 'port_53'),
  'ntp-monlist': udp('probe', concat(hex('17 00 03 2a'), new Uint8Array(4))),
  snmp: udp('probe', hex('30 26 02 01 01 04 06 70 75 62 6c 69 63')),
  dht: udp('probe', ascii('d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t2:aa1:y1:qe'), 'bittorrent'),
  datagram: udp('probe', ascii('noroshi-drizzle!')),
} as const satisfies Record<string, Face>;

export type FaceName = keyof typeof FACES;
