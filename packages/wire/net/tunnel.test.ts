/** Tunnels are named, and what they carry can be walked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LINK_RAW } from './linktype.ts';
import { Packet } from './packet.ts';
import * as proto from './protocol.ts';
import { ascii, ethernet, hex, ipv4, ipv6, join, stopOf, tcp, tcp4, udp, viewOf, walked } from './testing.ts';
import { TUNNELS } from './tunnel.ts';
import { walkInner } from './walk.ts';

const INNER4 = ipv4({ source: '1.1.1.1' }, tcp({ dport: 7777 }));
const INNER6 = ipv6({}, tcp({ dport: 7777 }));
const FRAME = tcp4({ dport: 7777 });

const over4 = (protocol: number, payload: Uint8Array): Uint8Array => ipv4({ protocol }, payload);
const over6 = (nextHeader: number, payload: Uint8Array): Uint8Array => ipv6({ nextHeader }, payload);

const CARRIERS: readonly [name: string, tunnel: string, packet: Uint8Array][] = [
  ['IP in IP', 'ipip', over4(proto.PROTO_IPIP, INNER4)],
  ['IPv6 in IPv4', '6in4', over4(proto.PROTO_IPV6, INNER6)],
  ['IPv4 in IPv6', '4in6', over6(proto.PROTO_IPIP, INNER4)],
  ['IPv6 in IPv6', '6in6', over6(proto.PROTO_IPV6, INNER6)],
  ['GRE', 'gre', over4(proto.PROTO_GRE, join(hex('0000 0800'), INNER4))],
  ['GRE of IPv6', 'gre', over4(proto.PROTO_GRE, join(hex('0000 86dd'), INNER6))],
  [
    'GRE with checksum, key and sequence',
    'gre',
    over4(proto.PROTO_GRE, join(hex('b000 0800'), new Uint8Array(12), INNER4)),
  ],
  ['GRE of Ethernet', 'gre', over4(proto.PROTO_GRE, join(hex('0000 6558'), FRAME))],
  ['PPTP', 'gre', over4(proto.PROTO_GRE, join(hex('3081 880b'), new Uint8Array(12), hex('ff03 0021'), INNER4))],
  ['VXLAN', 'vxlan', over4(proto.PROTO_UDP, udp(50_000, 4789, join(hex('08000000 00000700'), FRAME)))],
  ['Geneve', 'geneve', over4(proto.PROTO_UDP, udp(50_000, 6081, join(hex('0000 6558 00000700'), FRAME)))],
  [
    'Geneve with options',
    'geneve',
    over4(proto.PROTO_UDP, udp(9, 6081, join(hex('0100 0800 00000700 00000000'), INNER4))),
  ],
];

describe('walkInner', () => {
  for (const [name, tunnel, packet] of CARRIERS) {
    test(name, () => {
      const outer = walked(packet, LINK_RAW);
      const inner = new Packet();
      assert.deepEqual([TUNNELS[outer.tunnel], outer.isDamaged], [tunnel, false]);
      assert.equal(walkInner(inner, viewOf(packet), outer), true);
      assert.deepEqual([stopOf(inner), inner.dport], ['none', 7777]);
    });
  }

  test('nothing is carried by a plain packet, nor by GRE of something that is not walked', () => {
    const inner = new Packet();
    for (const packet of [INNER4, over4(proto.PROTO_GRE, hex('0000 0806 0001'))]) {
      assert.equal(walkInner(inner, viewOf(packet), walked(packet, LINK_RAW)), false);
    }
  });

  test('a tunnel header that is cut carries nothing', () => {
    const packet = over4(proto.PROTO_GRE, hex('2000 0800 00'));
    const outer = walked(packet, LINK_RAW);
    assert.equal(stopOf(outer), 'cut gre');
    assert.equal(walkInner(new Packet(), viewOf(packet), outer), false);
  });

  test('a datagram to VXLAN’s port that is too short is no tunnel', () => {
    assert.equal(TUNNELS[walked(over4(proto.PROTO_UDP, udp(1, 4789, ascii('hello'))), LINK_RAW).tunnel], 'none');
  });

  test('nested tunnels are walked one by one', () => {
    const packet = over4(proto.PROTO_IPIP, over4(proto.PROTO_IPIP, INNER4));
    const first = walked(packet, LINK_RAW);
    const second = new Packet();
    const third = new Packet();
    assert.equal(walkInner(second, viewOf(packet), first), true);
    assert.equal(walkInner(third, viewOf(packet), second), true);
    assert.deepEqual([second.dport, third.dport], [-1, 7777]);
  });
});

test('a tunnel in a frame keeps its offsets', () => {
  const frame = ethernet(0x0800, over4(proto.PROTO_IPIP, INNER4));
  const outer = walked(frame);
  assert.deepEqual([outer.innerAt, outer.innerEnd], [34, frame.length]);
});
