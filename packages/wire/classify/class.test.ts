/** Every class has packets that belong to it and near ones that do not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ETHERTYPE_ARP, ETHERTYPE_IPV6 } from '../net/ethernet.ts';
import { LINK_RAW } from '../net/linktype.ts';
import * as proto from '../net/protocol.ts';
import { TCP_ACK, TCP_CWR, TCP_ECE, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from '../net/tcp.ts';
import { ascii, ethernet, hex, icmp, icmp4, ipv4, ipv6, join, tcp, tcp4, udp, udp4 } from '../net/testing.ts';
import { CLASSES, type ClassName } from './class.ts';
import { classified } from './testing.ts';

const sctp = (chunk: number): Uint8Array =>
  ethernet(0x0800, ipv4({ protocol: 132 }, join(new Uint8Array(12), [chunk])));
const icmp6 = (type: number): Uint8Array => {
  return ethernet(ETHERTYPE_IPV6, ipv6({ nextHeader: proto.PROTO_ICMP6 }, icmp(type, 0)));
};
const DNS_ANSWER = hex('1234 8180 0001 0001 0000 0000');
const DNS_QUERY = hex('1234 0100 0001 0000 0000 0000');

const PACKETS: readonly [what: string, packet: Uint8Array, name: ClassName][] = [
  ['ARP', ethernet(ETHERTYPE_ARP, new Uint8Array(28)), 'not_ip'],
  ['a frame cut in its header', hex('0200'), 'malformed'],
  ['an IPv4 header of version 9', ethernet(0x0800, hex('95')), 'malformed'],
  ['TCP cut before its flags', tcp4({}).subarray(0, 44), 'malformed'],
  ['TCP with a header of 8 bytes', withTcpOffset(tcp4({}), 2), 'malformed'],
  ['UDP with a length of 3', ethernet(0x0800, ipv4({ protocol: 17 }, udp(1, 2, [], 3))), 'malformed'],

  ['SYN', tcp4({ flags: TCP_SYN }), 'probe'],
  ['SYN with ECE and CWR', tcp4({ flags: TCP_SYN | TCP_ECE | TCP_CWR }), 'probe'],
  ['SYN cut inside its options', tcp4({ options: new Uint8Array(20) }).subarray(0, 60), 'probe'],
  ['null scan', tcp4({ flags: 0 }), 'probe'],
  ['FIN scan', tcp4({ flags: TCP_FIN }), 'probe'],
  ['Xmas scan', tcp4({ flags: TCP_FIN | TCP_PSH | TCP_URG }), 'probe'],
  ['UDP', udp4(40_000, 9999, [1, 2, 3, 4]), 'probe'],
  ['DNS query', udp4(40_000, 53, DNS_QUERY), 'probe'],
  ['a query from port 53', udp4(53, 53, DNS_QUERY), 'probe'],
  ['ICMP echo', icmp4(8, 0), 'probe'],
  ['ICMP timestamp', icmp4(13, 0), 'probe'],
  ['ICMPv6 echo', icmp6(128), 'probe'],
  ['SCTP INIT', sctp(1), 'probe'],

  ['SYN-ACK', tcp4({ flags: TCP_SYN | TCP_ACK }), 'backscatter'],
  ['RST', tcp4({ flags: TCP_RST }), 'backscatter'],
  ['RST-ACK of a bogon', tcp4({ flags: TCP_RST | TCP_ACK }, { source: '10.1.1.1' }), 'backscatter'],
  ...[0, 3, 4, 5, 11, 12, 14, 16, 18].map((type): [string, Uint8Array, ClassName] => [
    `ICMP ${type}`,
    icmp4(type, 0),
    'backscatter',
  ]),
  ...[1, 2, 3, 4, 129].map((type): [string, Uint8Array, ClassName] => [`ICMPv6 ${type}`, icmp6(type), 'backscatter']),
  ['SCTP INIT ACK', sctp(2), 'backscatter'],
  ['SCTP ABORT', sctp(6), 'backscatter'],

  ['DNS answer', udp4(53, 40_000, DNS_ANSWER), 'response'],
  ['SIP answer', udp4(5060, 5060, ascii('SIP/2.0 200 OK')), 'response'],

  ['ACK', tcp4({ flags: TCP_ACK }), 'stray'],
  ['data', tcp4({ flags: TCP_ACK | TCP_PSH, payload: [1] }), 'stray'],
  ['FIN-ACK', tcp4({ flags: TCP_ACK | TCP_FIN }), 'stray'],

  ['a later fragment', udp4(1, 2, [1], { fragment: 5 }), 'fragment'],
  ['a first fragment is what it begins', udp4(1, 2, [1, 2, 3, 4], { fragment: 0x2000 }), 'probe'],

  ['IP in IP', ethernet(0x0800, ipv4({ protocol: 4 }, ipv4({}, tcp({})))), 'tunnel'],
  ['VXLAN', udp4(1, 4789, join(hex('08000000 00000100'), tcp4({}))), 'tunnel'],

  ['OSPF', ethernet(0x0800, ipv4({ protocol: 89 }, [1])), 'other'],
  ['ICMP of an unknown type', icmp4(40, 0), 'other'],
  ['ICMP 32 and above do not wrap round', icmp4(40 + 32, 0), 'other'],
  ['neighbour solicitation', icmp6(135), 'other'],
  ['SCTP data', sctp(0), 'other'],
];

function withTcpOffset(frame: Uint8Array, words: number): Uint8Array {
  frame[14 + 20 + 12] = words << 4;
  return frame;
}

describe('classOf', () => {
  for (const [what, packet, name] of PACKETS) {
    test(`${what}: ${name}`, () => assert.equal(classified(packet).name, name));
  }

  test('every class is in the table', () => {
    const met = new Set<string>(PACKETS.map(([, , name]) => name));
    assert.deepEqual(
      CLASSES.map(({ name }) => name).filter((name) => !met.has(name)),
      [],
    );
  });
});

describe('classify: service port', () => {
  test('a probe goes to it', () => {
    const { servicePort, clientPort } = classified(tcp4({ sport: 40_000, dport: 23 }));
    assert.deepEqual([servicePort, clientPort], [23, 40_000]);
  });
  test('backscatter and responses come from it', () => {
    const rst = classified(tcp4({ sport: 80, dport: 40_000, flags: TCP_RST }));
    assert.deepEqual([rst.servicePort, rst.clientPort], [80, 40_000]);
    assert.equal(classified(udp4(53, 40_000, DNS_ANSWER)).servicePort, 53);
  });
  test('without ports, or without IP, there is none', () => {
    assert.equal(classified(icmp4(8, 0)).servicePort, -1);
    assert.deepEqual(classified(ethernet(ETHERTYPE_ARP, [])).predicates, []);
  });
  test('IPv6 is classified as IPv4 is', () => {
    assert.equal(classified(ipv6({}, tcp({ flags: TCP_SYN })), LINK_RAW).name, 'probe');
  });
});
