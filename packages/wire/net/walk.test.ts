/** The walk on packets built by hand: what it understands, and every way in which it can stop. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_MPLS, ETHERTYPE_VLAN } from './ethernet.ts';
import { LINK_ETHERNET, LINK_IPV4, LINK_IPV6, LINK_RAW } from './linktype.ts';
import { Packet } from './packet.ts';
import * as proto from './protocol.ts';
import { describeStop, isDamage, STOP_KINDS } from './stop.ts';
import { TCP_ACK, TCP_SYN } from './tcp.ts';
import {
  brokenLaw,
  ethernet,
  hex,
  icmp,
  icmp4,
  ipv4,
  ipv6,
  join,
  stopOf,
  tcp,
  tcp4,
  udp,
  udp4,
  viewOf,
  walked,
} from './testing.ts';
import { walk } from './walk.ts';

describe('walk: TCP over IPv4', () => {
  const frame = tcp4({ sport: 1025, dport: 23, seq: -5, flags: TCP_SYN, window: 512, options: hex('020405b4') });

  test('gives every field', () => {
    const p = walked(frame);
    assert.equal(stopOf(p), 'none');
    assert.deepEqual([p.net, p.source, p.destination, p.ttl, p.ipId], [4, '11.0.0.1', '12.0.0.2', 64, 0x1234]);
    assert.deepEqual([p.proto, p.sport, p.dport, p.tcpFlags, p.window], [proto.PROTO_TCP, 1025, 23, TCP_SYN, 512]);
    assert.deepEqual([p.seq, p.optionsAt, p.optionBytes, p.tcpHeaderBytes], [-5, 54, 4, 24]);
    assert.deepEqual([p.payloadAt, p.payloadBytes, p.payloadWireBytes], [58, 0, 0]);
  });

  test('leaves out what pads the frame behind the IP length', () => {
    const p = walked(join(frame, [1, 2, 3, 4]));
    assert.deepEqual([p.transportEnd, p.payloadBytes], [58, 0]);
  });

  test('says how much payload the capture lacks', () => {
    const whole = tcp4({ flags: TCP_ACK, payload: new Uint8Array(100) });
    const p = walked(whole.subarray(0, whole.length - 40));
    assert.deepEqual([stopOf(p), p.payloadBytes, p.payloadWireBytes], ['none', 60, 100]);
  });

  test('keeps the fields before each cut', () => {
    const seen = (bytes: number): unknown[] => {
      const p = walked(frame.subarray(0, bytes));
      return [stopOf(p), p.ipId, p.ttl, p.proto, p.source, p.net, p.sport, p.tcpFlags];
    };
    assert.deepEqual(seen(13), ['cut ethernet', -1, -1, -1, '', 0, -1, -1]);
    assert.deepEqual(seen(14), ['cut ip', -1, -1, -1, '', 0, -1, -1]);
    assert.deepEqual(seen(24), ['cut ipv4', 0x1234, 64, 6, '', 0, -1, -1]);
    assert.deepEqual(seen(32), ['cut ipv4', 0x1234, 64, 6, '11.0.0.1', 0, -1, -1]);
    assert.deepEqual(seen(36), ['cut tcp', 0x1234, 64, 6, '11.0.0.1', 4, -1, -1]);
    assert.deepEqual(seen(38), ['cut tcp', 0x1234, 64, 6, '11.0.0.1', 4, 1025, -1]);
    assert.deepEqual(seen(50), ['cut tcp', 0x1234, 64, 6, '11.0.0.1', 4, 1025, TCP_SYN]);
    assert.deepEqual(seen(57), ['cut tcp', 0x1234, 64, 6, '11.0.0.1', 4, 1025, TCP_SYN]);
  });
});

describe('walk: lengths that lie', () => {
  const stop = (bytes: Uint8Array): string => stopOf(walked(bytes, LINK_RAW));

  test('IPv4: header length below 20', () => {
    const bytes = ipv4({}, tcp({}));
    bytes[0] = 0x44;
    assert.equal(stop(bytes), 'bad_length ipv4');
  });
  test('IPv4: total length below the header', () => {
    assert.equal(stop(ipv4({ totalLength: 19 }, tcp({}))), 'bad_length ipv4');
  });
  test('IPv4: total length 0 is the capture’s own, as segmentation offload leaves it', () => {
    const p = walked(ipv4({ totalLength: 0 }, tcp({ payload: [1, 2, 3] })), LINK_RAW);
    assert.deepEqual([stopOf(p), p.ipBytes, p.payloadBytes], ['none', 43, 3]);
  });
  test('IPv4: total length that ends inside TCP', () => {
    assert.equal(stop(ipv4({ totalLength: 30 }, tcp({}))), 'short tcp');
  });
  test('IPv4: header length beyond the total length', () => {
    const bytes = ipv4({ totalLength: 22 }, tcp({}));
    bytes[0] = 0x46;
    assert.equal(stop(bytes), 'bad_length ipv4');
  });
  test('IPv4: options cut by the capture', () => {
    const bytes = ipv4({ options: new Uint8Array(40) }, tcp({})).subarray(0, 30);
    assert.deepEqual([stop(bytes), walked(bytes, LINK_RAW).destination], ['cut ipv4', '12.0.0.2']);
  });
  test('IPv6: payload length 0 is the capture’s own', () => {
    const p = walked(ipv6({ payloadLength: 0 }, tcp({ payload: [1] })), LINK_RAW);
    assert.deepEqual([stopOf(p), p.payloadBytes], ['none', 1]);
  });
  test('IPv6: payload length that ends inside UDP', () => {
    assert.equal(stop(ipv6({ nextHeader: proto.PROTO_UDP, payloadLength: 4 }, udp(1, 2, []))), 'short udp');
  });
  test('TCP: header length below 20', () => {
    const bytes = ipv4({}, tcp({}));
    bytes[20 + 12] = 0x40;
    const p = walked(bytes, LINK_RAW);
    assert.deepEqual([stopOf(p), p.dport, p.tcpFlags], ['bad_length tcp', 443, -1]);
  });
  test('TCP: header length beyond the segment', () => {
    const bytes = ipv4({}, tcp({}));
    bytes[20 + 12] = 0xf0;
    assert.deepEqual([stop(bytes), walked(bytes, LINK_RAW).tcpFlags], ['cut tcp', TCP_SYN]);
  });
  test('UDP: length below 8', () => {
    assert.equal(stop(ipv4({ protocol: proto.PROTO_UDP }, udp(1, 2, [], 7))), 'bad_length udp');
  });
  test('UDP: length shorter than IP’s bounds the payload', () => {
    const p = walked(ipv4({ protocol: proto.PROTO_UDP }, udp(1, 2, new Uint8Array(20), 10)), LINK_RAW);
    assert.deepEqual([p.payloadBytes, p.payloadWireBytes], [2, 2]);
  });
  test('UDP: length beyond IP’s is bounded by IP’s', () => {
    const p = walked(ipv4({ protocol: proto.PROTO_UDP }, udp(1, 2, new Uint8Array(20), 900)), LINK_RAW);
    assert.deepEqual([p.payloadBytes, p.payloadWireBytes], [20, 20]);
  });
  test('UDP: length 0 is IP’s', () => {
    assert.equal(walked(ipv4({ protocol: proto.PROTO_UDP }, udp(1, 2, [9, 9], 0)), LINK_RAW).payloadBytes, 2);
  });
});

describe('walk: versions', () => {
  test('any link type with IP inside looks at the version', () => {
    assert.equal(stopOf(walked(hex('50000000'), LINK_RAW)), 'bad_version ip');
    assert.equal(walked(ethernet(ETHERTYPE_IPV4, ipv6({}, tcp({})))).net, 6);
  });
  test('what announces IPv6 must be IPv6', () => {
    assert.equal(stopOf(walked(ethernet(ETHERTYPE_IPV6, ipv4({}, new Uint8Array(40))))), 'bad_version ipv6');
    assert.equal(stopOf(walked(ipv4({}, new Uint8Array(40)), LINK_IPV6)), 'bad_version ipv6');
    assert.equal(walked(ipv4({}, tcp({})), LINK_IPV4).net, 4);
  });
});

describe('walk: IPv6', () => {
  test('gives addresses, hop limit and ports', () => {
    const p = walked(ethernet(ETHERTYPE_IPV6, ipv6({ hopLimit: 9 }, tcp({ dport: 22 }))));
    assert.deepEqual([p.net, p.source, p.destination, p.ttl, p.dport, p.ipId], [6, '2600::1', '2600::2', 9, 22, -1]);
  });

  test('passes hop-by-hop, routing, destination options and authentication, and keeps the last protocol', () => {
    const extension = (next: number): Uint8Array => join([next, 0], new Uint8Array(6));
    const authentication = join([proto.PROTO_DSTOPTS, 4], new Uint8Array(22));
    const chain = join(
      extension(proto.PROTO_ROUTING),
      extension(proto.PROTO_AH),
      authentication,
      extension(proto.PROTO_UDP),
      udp(53, 99, [1, 2]),
    );
    const p = walked(ipv6({ nextHeader: proto.PROTO_HOPOPTS }, chain), LINK_RAW);
    assert.deepEqual([stopOf(p), p.proto, p.sport, p.payloadBytes], ['none', proto.PROTO_UDP, 53, 2]);
  });

  test('reads the first fragment and stops at a later one', () => {
    const fragment = (offset: number): Uint8Array =>
      join([proto.PROTO_UDP, 0], [offset >> 5, (offset << 3) | 1], [0, 0, 0, 1]);
    const first = walked(ipv6({ nextHeader: proto.PROTO_FRAGMENT }, join(fragment(0), udp(5, 6, []))), LINK_RAW);
    assert.deepEqual([stopOf(first), first.sport, first.fragment], ['none', 5, 0x2000]);
    const later = walked(ipv6({ nextHeader: proto.PROTO_FRAGMENT }, join(fragment(3), udp(5, 6, []))), LINK_RAW);
    assert.deepEqual([stopOf(later), later.sport, later.proto], ['fragment ipv6_ext', -1, proto.PROTO_UDP]);
  });

  test('believes the next header of an extension that is cut', () => {
    const p = walked(ipv6({ nextHeader: proto.PROTO_HOPOPTS, payloadLength: 32 }, hex('0603')), LINK_RAW);
    assert.deepEqual([stopOf(p), p.proto], ['cut ipv6_ext', proto.PROTO_TCP]);
  });

  test('keeps the source of a header cut behind it', () => {
    const p = walked(ipv6({}, []).subarray(0, 39), LINK_RAW);
    assert.deepEqual([p.net, p.source, p.destination, p.proto], [0, '2600::1', '', proto.PROTO_TCP]);
  });

  test('ends a chain of more extension headers than anybody sends', () => {
    const chain = new Uint8Array(300 * 8);
    for (let at = 0; at < chain.length; at += 8) chain[at] = proto.PROTO_DSTOPTS;
    assert.equal(stopOf(walked(ipv6({ nextHeader: proto.PROTO_DSTOPTS }, chain), LINK_RAW)), 'too_deep ipv6_ext');
  });
});

describe('walk: nesting', () => {
  test('ends a stack of VLAN tags, of MPLS labels, of EtherTypes', () => {
    const tags = new Uint8Array(200).map((_, index) => [0, 1, 0x81, 0][index % 4]);
    assert.equal(stopOf(walked(ethernet(ETHERTYPE_VLAN, tags))), 'too_deep vlan');
    assert.equal(stopOf(walked(ethernet(ETHERTYPE_MPLS, new Uint8Array(200)))), 'too_deep mpls');
    const frames = join(...Array.from({ length: 40 }, () => ethernet(0x6558, [])));
    assert.equal(stopOf(walked(frames)), 'too_deep ethernet');
  });

  test('remembers the outermost VLAN', () => {
    const p = walked(ethernet(ETHERTYPE_VLAN, join(hex('2064 8100 0007 0800'), ipv4({}, tcp({})))));
    assert.deepEqual([p.vlan, p.net, p.dport], [100, 4, 443]);
  });
});

describe('walk: transport', () => {
  test('UDP', () => {
    const p = walked(udp4(68, 67, [1, 2, 3]));
    assert.deepEqual([p.proto, p.sport, p.dport, p.payloadAt, p.payloadBytes], [17, 68, 67, 42, 3]);
  });

  test('a later IPv4 fragment has no ports', () => {
    const p = walked(udp4(68, 67, [1, 2, 3], { fragment: 0x2005 }));
    assert.deepEqual([stopOf(p), p.sport, p.proto, p.fragment], ['fragment ipv4', -1, 17, 0x2005]);
  });

  test('ICMP quotes the packet that it complains about', () => {
    const quoted = ipv4({ source: '9.9.9.9', destination: '8.8.8.8' }, tcp({ sport: 80, dport: 81 })).subarray(0, 28);
    const p = walked(icmp4(3, 1, quoted));
    assert.deepEqual([p.icmpType, p.icmpCode, p.quotedNet, p.quotedProto], [3, 1, 4, 6]);
    assert.deepEqual(
      [p.quotedSource, p.quotedDestination, p.quotedSport, p.quotedDport],
      ['9.9.9.9', '8.8.8.8', 80, 81],
    );
  });

  test('ICMP quotes no ports of a later fragment, nothing of an echo', () => {
    const quoted = ipv4({ fragment: 1 }, tcp({}));
    assert.equal(walked(icmp4(11, 0, quoted)).quotedSport, -1);
    assert.equal(walked(icmp4(8, 0, quoted)).quotedNet, 0);
    assert.equal(walked(icmp4(3, 0, quoted.subarray(0, 19))).quotedNet, 0);
  });

  test('ICMPv6 quotes IPv6', () => {
    const error = icmp(1, 4, ipv6({ nextHeader: 17 }, udp(7, 8, [])));
    const p = walked(ipv6({ nextHeader: proto.PROTO_ICMP6 }, error), LINK_RAW);
    assert.deepEqual([p.icmpType, p.quotedNet, p.quotedSource, p.quotedSport, p.quotedDport], [1, 6, '2600::1', 7, 8]);
  });

  test('ICMP cut behind its type', () => {
    const p = walked(icmp4(5, 6).subarray(0, 35));
    assert.deepEqual([stopOf(p), p.icmpType, p.icmpCode], ['cut icmp', 5, -1]);
  });

  test('SCTP and DCCP ports', () => {
    const ports = hex('0007 0009 00000000 00000000 01');
    const sctp = walked(ipv4({ protocol: proto.PROTO_SCTP }, ports), LINK_RAW);
    assert.deepEqual([stopOf(sctp), sctp.sport, sctp.dport, sctp.payloadBytes], ['none', 7, 9, 1]);
    const dccp = walked(ipv4({ protocol: proto.PROTO_DCCP }, ports.subarray(0, 5)), LINK_RAW);
    assert.deepEqual([stopOf(dccp), dccp.sport, dccp.dport], ['cut dccp', 7, 9]);
  });

  test('UDP-Lite’s coverage is no length', () => {
    const p = walked(ipv4({ protocol: proto.PROTO_UDPLITE }, udp(1, 2, [5, 5, 5], 8)), LINK_RAW);
    assert.deepEqual([p.sport, p.payloadBytes], [1, 3]);
  });

  test('authentication header behind IPv4, twice is not walked', () => {
    const header = (next: number): Uint8Array => join([next, 4], new Uint8Array(22));
    const once = walked(ipv4({ protocol: proto.PROTO_AH }, join(header(6), tcp({ dport: 5 }))), LINK_RAW);
    assert.deepEqual([once.proto, once.dport], [6, 5]);
    const twice = walked(ipv4({ protocol: proto.PROTO_AH }, join(header(51), header(6), tcp({}))), LINK_RAW);
    assert.equal(stopOf(twice), 'unwalked ah');
  });

  test('an unknown protocol is payload', () => {
    const p = walked(ipv4({ protocol: 89 }, [1, 2, 3]), LINK_RAW);
    assert.deepEqual([stopOf(p), p.stopNeeded, p.payloadBytes, p.isDamaged], ['unwalked transport', 89, 3, false]);
  });
});

test('walk: an EtherType that is not walked is named', () => {
  const p = walked(ethernet(ETHERTYPE_ARP, new Uint8Array(28)));
  assert.deepEqual([stopOf(p), p.net, p.stopText], ['unwalked ethernet', 0, 'ethernet: 0x0806 is not walked']);
});

test('walk: leaves nothing of the packet before', () => {
  const first = walked(tcp4({ options: hex('020405b4') }));
  const empty = new Uint8Array(0);
  walk(first, viewOf(empty), 0, 0, LINK_ETHERNET);
  const { sport, dport, tcpFlags, net, tunnel, quotedNet, icmpType, source } = first;
  assert.deepEqual([sport, dport, tcpFlags, net, tunnel, quotedNet, icmpType, source], [-1, -1, -1, 0, 0, 0, -1, '']);
});

test('describeStop: every kind has its sentence, damage is told from an end', () => {
  const sentences = STOP_KINDS.map((_, kind) => describeStop({ kind, layer: 14, offset: 34, needed: 20, had: 8 }));
  assert.equal(new Set(sentences).size, STOP_KINDS.length);
  assert.equal(sentences[1], 'tcp: cut at byte 34, had 8 of 20 bytes');
  assert.deepEqual(
    STOP_KINDS.filter((_, kind) => isDamage(kind)),
    ['cut', 'short', 'bad_length', 'bad_version', 'too_deep'],
  );
});

const LINKS = [
  0, 1, 6, 8, 9, 10, 12, 50, 51, 100, 101, 104, 105, 107, 108, 113, 123, 127, 167, 178, 179, 180, 181, 192, 204, 226,
  228, 229, 239, 242, 258, 276, 147,
];

test('walk: random bytes give a packet that keeps the laws, under every link type', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...LINKS), (bytes, link) => {
      walk(packet, viewOf(bytes), 0, bytes.length, link);
      assert.equal(brokenLaw(packet), undefined);
    }),
    { numRuns: 20_000 },
  );
});

test('walk: good packets cut and changed anywhere keep the laws', () => {
  const good = [
    tcp4({ options: hex('020405b4'), payload: [1, 2, 3] }),
    udp4(53, 53, new Uint8Array(40)),
    icmp4(3, 3, ipv4({}, tcp({}))),
    ethernet(ETHERTYPE_IPV6, ipv6({ nextHeader: 0 }, join([6, 0, 0, 0, 0, 0, 0, 0], tcp({})))),
    ethernet(ETHERTYPE_VLAN, join([0, 5, 8, 0], ipv4({ protocol: 47 }, join([0, 0, 8, 0], ipv4({}, tcp({})))))),
  ];
  const packet = new Packet();
  const change = fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.nat(200), fc.array(change, { maxLength: 4 }), (frame, keep, changes) => {
      const bytes = frame.slice(0, keep);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      walk(packet, viewOf(bytes), 0, bytes.length, LINK_ETHERNET);
      assert.equal(brokenLaw(packet), undefined);
    }),
    { numRuns: 20_000 },
  );
});
