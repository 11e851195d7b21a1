/**
 * UDP service scans with the requests that tools really send: DNS version.bind (RFC 4892), NTP client request (RFC 5905 §7.3)
 * and mode-6 READVAR (RFC 9327), SNMPv2c GetRequest sysDescr for "public" (RFC 3416), SSDP M-SEARCH (UPnP 2.0 §1.3.2),
 * memcached `stats` (protocol.txt, UDP frame header), SIP OPTIONS as sipvicious writes it, with names that resolve nowhere.
 */
import type { Actor, Part } from '../actor.ts';
import { udpFrame } from '../craft/frame.ts';
import { ascii, concat, dnsMessage, hex } from '../craft/payload.ts';
import { Sweep } from '../craft/sweep.ts';

interface Request {
  readonly name: string;
  readonly port: number;
  readonly weight: number;
  readonly payload: Uint8Array;
  /** Offset of 16 bits in the payload that are new in each request. */
  readonly idAt?: number;
  /** The port it is sent from, where tools fix it. */
  readonly sourcePort?: number;
}

const DNS_CHAOS_TXT = [16, 3] as const;
const SIP_OPTIONS = [
  'OPTIONS sip:100@pbx.invalid SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-1234567890;rport',
  'Content-Length: 0',
  'From: "sipvicious"<sip:100@probe.invalid>;tag=6434396633623562',
  'Accept: application/sdp',
  'User-Agent: friendly-scanner',
  'To: "sipvicious"<sip:100@probe.invalid>',
  'Contact: sip:100@127.0.0.1:5060',
  'CSeq: 1 OPTIONS',
  'Call-ID: 845693021745839201746503',
  'Max-Forwards: 70',
  '',
  '',
].join('\r\n');
const SSDP =
  'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n';
const SNMP = hex(
  '30 26 02 01 01 04 06 70 75 62 6c 69 63 a0 19 02 01 00 02 01 00 02 01 00 30 0e 30 0c 06 08 2b 06 01 02 01 01 01 00 05 00',
);

const REQUESTS: readonly Request[] = [
  { name: 'udp-dns', port: 53, weight: 2, payload: dnsMessage(0x0100, 'version.bind', ...DNS_CHAOS_TXT), idAt: 0 },
  {
    name: 'udp-ntp',
    port: 123,
    weight: 1,
    payload: concat(hex('e3 00 04 fa 00 01 00 00 00 01 00 00'), new Uint8Array(36)),
  },
  { name: 'udp-ntp-readvar', port: 123, weight: 0.5, payload: hex('16 02 00 01 00 00 00 00 00 00 00 00'), idAt: 2 },
  { name: 'udp-snmp', port: 161, weight: 1, payload: SNMP },
  { name: 'udp-ssdp', port: 1900, weight: 0.7, payload: ascii(SSDP) },
  {
    name: 'udp-memcached',
    port: 11_211,
    weight: 0.5,
    payload: concat(hex('00 00 00 00 00 01 00 00'), ascii('stats\r\n')),
    idAt: 0,
  },
  { name: 'udp-sip', port: 5060, weight: 2, payload: ascii(SIP_OPTIONS), sourcePort: 5060 },
];

export const actors: readonly Actor[] = REQUESTS.map((request) => ({
  name: request.name,
  kind: 'horizontal-scan',
  sentence: `UDP scan of port ${request.port} with a real request`,
  weight: request.weight,
  nets: [4, 6],
  packets_typical: 250,
  span_s: [120, 43_200],
  perform: (part: Part) => perform(part, request),
}));

function perform(part: Part, request: Request): ReturnType<Actor['perform']> {
  const { net } = part;
  const source = part.host();
  const template = udpFrame({ net, ttl: 64 - part.hops() }, request.payload);
  const sourcePort = request.sourcePort ?? part.random.between(1024, 65_535);
  const random = part.random.fork();
  const sweep = new Sweep(part.telescope, net, part.random.fork());
  const streams = part.stream((pen) => {
    pen.stamp(template).from(source).to(sweep.next()).id(random.half());
    pen.udp.sourcePort = sourcePort;
    pen.udp.destinationPort = request.port;
    if (request.idAt !== undefined) pen.data.setUint16(pen.transportAt + 8 + request.idAt, random.half());
    pen.seal();
  });
  return { detail: { subject: source.text, protocol: 'udp', ports: [request.port] }, streams };
}
