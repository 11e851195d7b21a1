/** Each link type and each frame in a frame leads to the same IP packet. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as link from './linktype.ts';
import { ENCAP_LLC, ENCAP_MPLS, ENCAP_PPPOE, ENCAP_VLAN } from './packet.ts';
import { ethernet, hex, ipv4, ipv6, join, stopOf, tcp, walked } from './testing.ts';

const IP4 = ipv4({}, tcp({ dport: 1234 }));
const IP6 = ipv6({}, tcp({ dport: 1234 }));
const SNAP = hex('aaaa03 000000 0800');

/** What stands before IPv4 under each link type. */
const BEFORE: readonly [name: string, link: number, head: Uint8Array][] = [
  ['Ethernet', link.LINK_ETHERNET, ethernet(0x0800, [])],
  ['raw', link.LINK_RAW, hex('')],
  ['raw (BSD)', link.LINK_RAW_BSD, hex('')],
  ['raw (OpenBSD)', link.LINK_RAW_OPENBSD, hex('')],
  ['IPv4', link.LINK_IPV4, hex('')],
  ['null, little-endian', link.LINK_NULL, hex('02000000')],
  ['null, big-endian', link.LINK_NULL, hex('00000002')],
  ['null, EtherType', link.LINK_NULL, hex('0f000800')],
  ['null, PPP', link.LINK_NULL, hex('ff030021')],
  ['loop', link.LINK_LOOP, hex('00000002')],
  ['cooked', link.LINK_LINUX_SLL, hex('0000 0001 0006 020000000001 0000 0800')],
  ['cooked, LLC', link.LINK_LINUX_SLL, join(hex('0000 0001 0006 020000000001 0000 0004'), SNAP)],
  ['cooked v2', link.LINK_LINUX_SLL2, hex('0800 0000 00000001 0001 00 06 020000000001 0000')],
  ['PPP', link.LINK_PPP, hex('ff03 0021')],
  ['PPP without address', link.LINK_PPP, hex('0021')],
  ['PPP, short protocol', link.LINK_PPP, hex('21')],
  ['PPP in HDLC', link.LINK_PPP_HDLC, hex('ff03 0021')],
  ['Cisco in PPP-HDLC', link.LINK_PPP_HDLC, hex('0f00 0800')],
  ['PPP with direction', link.LINK_PPP_WITH_DIR, hex('00 ff03 0021')],
  ['PPPoE', link.LINK_PPP_ETHER, hex('11 00 0001 0040 0021')],
  ['Cisco HDLC', link.LINK_C_HDLC, hex('8f00 0800')],
  ['frame relay, NLPID', link.LINK_FRELAY, hex('1841 03 cc')],
  ['frame relay, padded NLPID', link.LINK_FRELAY, hex('1841 03 00 cc')],
  ['frame relay, SNAP', link.LINK_FRELAY, hex('1841 03 00 80 000000 0800')],
  ['frame relay, Cisco', link.LINK_FRELAY, hex('1841 0800')],
  ['FDDI', link.LINK_FDDI, join(hex('50 020000000001 020000000002'), SNAP)],
  ['token ring', link.LINK_TOKEN_RING, join(hex('1040 020000000001 020000000002'), SNAP)],
  ['token ring, routed', link.LINK_TOKEN_RING, join(hex('1040 020000000001 820000000002 0200'), SNAP)],
  ['ATM', link.LINK_ATM_RFC1483, SNAP],
  ['ATM, bridged', link.LINK_ATM_RFC1483, join(hex('aaaa03 0080c2 0007 0000'), ethernet(0x0800, []))],
  ['ATM of SunOS', link.LINK_SUNATM, join(hex('02 00 0005'), SNAP)],
  ['802.11', link.LINK_IEEE802_11, join(hex('0802 0000'), new Uint8Array(20), SNAP)],
  ['802.11, QoS', link.LINK_IEEE802_11, join(hex('8802 0000'), new Uint8Array(22), SNAP)],
  ['802.11, QoS and HT control', link.LINK_IEEE802_11, join(hex('8882 0000'), new Uint8Array(26), SNAP)],
  ['802.11, four addresses', link.LINK_IEEE802_11, join(hex('0803 0000'), new Uint8Array(26), SNAP)],
  [
    '802.11, A-MSDU',
    link.LINK_IEEE802_11,
    join(hex('8802'), new Uint8Array(22), hex('8000'), new Uint8Array(12), [0, 48], SNAP),
  ],
  ['802.11, mesh', link.LINK_IEEE802_11, join(hex('8803'), new Uint8Array(28), hex('0001'), new Uint8Array(6), SNAP)],
  ['radiotap', link.LINK_RADIOTAP, join(hex('0000 0800 00000000 0802 0000'), new Uint8Array(20), SNAP)],
  [
    'radiotap, padded data',
    link.LINK_RADIOTAP,
    join(hex('0000 1100 03000000'), new Uint8Array(8), hex('20 8802'), new Uint8Array(24), [0, 0], SNAP),
  ],
  ['NFLOG', link.LINK_NFLOG, hex('02 00 0005 0800 0100 08000100 2c00 0900')],
  ['NFLOG, big-endian', link.LINK_NFLOG, hex('02 00 0005 0008 0001 08000100 002c 0009')],
  ['IPNET', link.LINK_IPNET, join(hex('0102'), new Uint8Array(22))],
  ['IPoIB', link.LINK_IPOIB, join(new Uint8Array(40), hex('0800 0000'))],
  ['PKTAP', link.LINK_PKTAP, join(hex('10000000 01000000 01000000 00000000'), ethernet(0x0800, []))],
  ['PPI', link.LINK_PPI, join(hex('00 00 0800 01000000'), ethernet(0x0800, []))],
  ['Juniper Ethernet', link.LINK_JUNIPER_ETHER, join(hex('4d4743 80 0002 aabb'), ethernet(0x0800, []))],
  ['Juniper PPPoE', link.LINK_JUNIPER_PPPOE, join(hex('4d4743 00'), ethernet(0x0800, []))],
  ['Juniper PPP', link.LINK_JUNIPER_PPP, hex('4d4743 00 0021')],
  ['Juniper frame relay', link.LINK_JUNIPER_FRELAY, hex('4d4743 01 1841 03 cc')],
  ['Juniper Cisco HDLC', link.LINK_JUNIPER_CHDLC, hex('4d4743 00 0f00 0800')],
];

describe('walkLink: reaches IPv4', () => {
  for (const [name, type, head] of BEFORE) {
    test(`under ${name}`, () => {
      const p = walked(join(head, IP4), type);
      assert.deepEqual([stopOf(p), p.netAt, p.net, p.dport], ['none', head.length, 4, 1234]);
    });
    test(`under ${name}, a header cut anywhere is a stop and nothing else`, () => {
      for (let bytes = 0; bytes < head.length; bytes++) {
        const p = walked(head.subarray(0, bytes), type);
        assert.notEqual(stopOf(p), 'none');
        assert.equal(p.net, 0);
      }
    });
  }
});

describe('walkLink: reaches IPv6', () => {
  const heads: readonly [string, number, Uint8Array][] = [
    ['IPv6', link.LINK_IPV6, hex('')],
    ['null of Linux', link.LINK_NULL, hex('0a000000')],
    ['null of NetBSD', link.LINK_NULL, hex('18000000')],
    ['null of FreeBSD', link.LINK_NULL, hex('1c000000')],
    ['null of Darwin', link.LINK_NULL, hex('1e000000')],
    ['PPP', link.LINK_PPP, hex('ff03 0057')],
    ['frame relay', link.LINK_FRELAY, hex('1841 03 8e')],
    ['NFLOG', link.LINK_NFLOG, hex('0a 00 0005 4400 0900')],
    ['IPNET', link.LINK_IPNET, join(hex('011a'), new Uint8Array(22))],
  ];
  for (const [name, type, head] of heads) {
    test(`under ${name}`, () => {
      const p = walked(join(head, IP6), type);
      assert.deepEqual([stopOf(p), p.net, p.dport], ['none', 6, 1234]);
    });
  }
});

describe('walkFrame: reaches IPv4 below', () => {
  const frames: readonly [name: string, type: number, head: Uint8Array, encapsulation: number][] = [
    ['802.1Q', 0x8100, hex('0005 0800'), ENCAP_VLAN],
    ['802.1ad and 802.1Q', 0x88a8, hex('0005 8100 0006 0800'), ENCAP_VLAN],
    ['0x9100', 0x9100, hex('0005 0800'), ENCAP_VLAN],
    ['802.3 with SNAP', 80, SNAP, ENCAP_LLC],
    ['802.3 in a tag', 0x8100, join(hex('0005 0050'), SNAP), ENCAP_VLAN | ENCAP_LLC],
    ['802.3 with LLC of IP', 80, hex('060603'), ENCAP_LLC],
    ['802.3 with an NLPID', 80, hex('fefe03 cc'), ENCAP_LLC],
    ['802.3 with the bridge tunnel', 80, hex('aaaa03 0000f8 0800'), ENCAP_LLC],
    ['MPLS', 0x8847, hex('00010040 00020140'), ENCAP_MPLS],
    ['MPLS and a pseudowire', 0x8847, join(hex('00010140 00000000'), ethernet(0x0800, [])), ENCAP_MPLS],
    ['PPPoE', 0x8864, hex('11 00 0001 0040 0021'), ENCAP_PPPOE],
    ['PPP', 0x880b, hex('0021'), 0],
    ['transparent bridging', 0x6558, ethernet(0x0800, []), 0],
    ['E-TAG', 0x893f, hex('e0000000 0000 0800'), 0],
    ['VN-Tag', 0x8926, hex('00000001 0800'), 0],
    ['Cisco metadata', 0x8909, hex('0101 0001 0005 0800'), 0],
    ['802.1ah', 0x88e7, hex('00000001 020000000001 020000000002 0800'), 0],
    ['Arista’s long time', 0xd28b, hex('0001 0010 00000000 00000000 0800'), 0],
    ['Arista’s short time', 0xd28b, hex('0001 0120 0000 00000000 0800'), 0],
    ['MACsec in clear', 0x88e5, hex('00 00 00000001 0800'), 0],
    ['MACsec in clear with its channel', 0x88e5, hex('20 00 00000001 0000000000000001 0800'), 0],
    ['FabricPath', 0x8903, join(hex('0001'), ethernet(0x0800, [])), 0],
    ['NSH', 0x894f, hex('0fc2 0201 00000101'), 0],
    ['NSH, Ethernet', 0x894f, join(hex('0fc2 0203 00000101'), ethernet(0x0800, [])), 0],
    ['NSH in NSH', 0x894f, hex('0fc2 0204 00000101 0fc2 0201 00000101'), 0],
    ['NSH, MPLS', 0x894f, hex('0fc2 0205 00000101 00010140'), ENCAP_MPLS],
  ];
  for (const [name, type, head, encapsulation] of frames) {
    test(name, () => {
      const p = walked(ethernet(type, join(head, IP4)));
      assert.deepEqual([stopOf(p), p.dport, p.encapsulation], ['none', 1234, encapsulation]);
    });
  }
});

describe('walkFrame: ends where nothing can be read', () => {
  const ends: readonly [name: string, type: number, body: string, stop: string][] = [
    ['MACsec, encrypted', 0x88e5, '2c 00 00000001 0000000000000001 0800', 'unwalked shim'],
    ['an unknown Arista format', 0xd28b, '0001 0099 00000000 00000000 0800', 'unwalked shim'],
    ['a tag cut short', 0x893f, 'e000', 'cut shim'],
    ['NSH shorter than its base header', 0x894f, '0fc1 0201 00000101', 'bad_length nsh'],
    ['NSH of an unknown protocol', 0x894f, '0fc2 0207 00000101', 'unwalked nsh'],
    ['PPPoE that is no session data', 0x8864, '11 09 0001 0000', 'unwalked pppoe'],
    ['PPPoE cut by its own length', 0x8864, '11 00 0001 0001 0021', 'short ppp'],
    ['PPP link control', 0x880b, 'c021 0101', 'unwalked ppp'],
    ['LLC of spanning tree', 0x0026, '4242030000', 'unwalked llc'],
    ['SNAP of another organisation', 0x0026, 'aaaa03 00000c 2000 00', 'unwalked llc'],
    ['MPLS alert above messages', 0x8847, '0000e1ff 45000000', 'unwalked mpls'],
    ['MPLS above neither IP nor Ethernet', 0x8847, '00010140 90', 'unwalked mpls'],
  ];
  for (const [name, type, body, stop] of ends) {
    test(name, () => assert.equal(stopOf(walked(ethernet(type, hex(body)))), stop));
  }
});

describe('walkLink: ends where nothing can be read', () => {
  const ends: readonly [name: string, link: number, body: string, stop: string][] = [
    ['an unknown link type', 147, '00', 'unwalked link'],
    ['null of another family', link.LINK_NULL, '07000000', 'unwalked null'],
    ['cooked, no EtherType', link.LINK_LINUX_SLL, '0000 0001 0006 020000000001 0000 0060', 'unwalked sll'],
    ['802.11 management', link.LINK_IEEE802_11, '8000', 'unwalked ieee80211'],
    ['802.11 data, protected', link.LINK_IEEE802_11, '0842', 'unwalked ieee80211'],
    ['802.11 without data', link.LINK_IEEE802_11, '4802', 'unwalked ieee80211'],
    ['radiotap shorter than itself', link.LINK_RADIOTAP, '0000 0400 00000000', 'bad_length radiotap'],
    ['FDDI station management', link.LINK_FDDI, '41 020000000001 020000000002', 'unwalked fddi'],
    ['token ring MAC', link.LINK_TOKEN_RING, '1000 020000000001 020000000002 00', 'unwalked token_ring'],
    ['ATM signalling', link.LINK_SUNATM, '06 00 0005', 'unwalked atm'],
    ['NFLOG of another family', link.LINK_NFLOG, '07 00 0005 0400 0900', 'unwalked nflog'],
    ['NFLOG without payload', link.LINK_NFLOG, '02 00 0005 0800 0100 00000000', 'unwalked nflog'],
    ['NFLOG that lies', link.LINK_NFLOG, '02 00 0005 0300 0100', 'unwalked nflog'],
    ['IPNET of another family', link.LINK_IPNET, `0103${'00'.repeat(22)}`, 'unwalked ipnet'],
    ['PKTAP shorter than itself', link.LINK_PKTAP, '08000000 01000000 01000000', 'bad_length pktap'],
    ['PPI in PPI for ever', link.LINK_PPI, '00000800c0000000'.repeat(40), 'too_deep ppi'],
    ['Juniper without its magic', link.LINK_JUNIPER_ETHER, '000000 00 0000', 'unwalked juniper'],
    ['Juniper without link header', link.LINK_JUNIPER_ETHER, '4d4743 02 0000', 'unwalked juniper'],
  ];
  for (const [name, type, body, stop] of ends) {
    test(name, () => assert.equal(stopOf(walked(hex(body), type)), stop));
  }
});

test('linkName: known and unknown', () => {
  assert.deepEqual(
    [link.linkName(1), link.linkName(276), link.linkName(147)],
    ['ETHERNET', 'LINUX_SLL2', 'LINKTYPE_147'],
  );
});
