/** Every field that a view can write is read back as it was written, and writing one leaves its neighbours alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EthernetView, LlcView, VlanView } from './ethernet.ts';
import { IcmpView } from './icmp.ts';
import { Ieee80211View } from './ieee80211.ts';
import { Ipv4View } from './ipv4.ts';
import { Ipv6ExtensionView, Ipv6View } from './ipv6.ts';
import { JuniperView } from './juniper.ts';
import { FddiView, SunAtmView, TokenRingView } from './lan.ts';
import { MplsView } from './mpls.ts';
import { NflogView } from './nflog.ts';
import { NshView } from './nsh.ts';
import { PppoeView } from './ppp.ts';
import { RadiotapView } from './radiotap.ts';
import { Sll2View, SllView } from './sll.ts';
import { TcpView } from './tcp.ts';
import { GeneveView, GreView, VxlanView } from './tunnel.ts';
import { UdpView } from './udp.ts';
import type { View } from './view.ts';
import { IpnetView, IpoibView, PktapView, PpiView } from './wrap.ts';

const U8 = fc.integer({ min: 0, max: 0xff });
const U12 = fc.integer({ min: 0, max: 0xfff });
const U16 = fc.integer({ min: 0, max: 0xffff });
const U32 = fc.integer({ min: 0, max: 0xffff_ffff });
const U48 = fc.integer({ min: 0, max: 0xffff_ffff_ffff });
const S32 = fc.integer();
/** A length that its field counts in units. */
const lengths = (min: number, max: number, unit: number) =>
  fc.integer({ min: min / unit, max: max / unit }).map((n) => n * unit);

type Fields = Readonly<Record<string, fc.Arbitrary<number | boolean>>>;

/** Fields of one view that do not share a byte with what another one's setter fixes. */
const VIEWS: readonly [new () => View, Fields][] = [
  [EthernetView, { type: U16, destination: U48, source: U48 }],
  [VlanView, { id: U12, priority: fc.integer({ min: 0, max: 7 }), type: U16 }],
  [LlcView, {}],
  [IcmpView, { type: U8, code: U8, checksum: U16, rest: S32 }],
  [Ieee80211View, { flags: U8, fragment: fc.integer({ min: 0, max: 15 }) }],
  [
    Ipv4View,
    {
      headerBytes: lengths(20, 60, 4),
      tos: U8,
      totalLength: U16,
      id: U16,
      fragment: U16,
      ttl: U8,
      protocol: U8,
      checksum: U16,
      source: S32,
      destination: S32,
    },
  ],
  [Ipv6View, { flowLabel: fc.integer({ min: 0, max: 0xfffff }), payloadLength: U16, nextHeader: U8, hopLimit: U8 }],
  [Ipv6ExtensionView, { nextHeader: U8, bytes: lengths(8, 2048, 8) }],
  [JuniperView, { flags: U8, extensionBytes: U16 }],
  [FddiView, { frameControl: U8 }],
  [TokenRingView, { frameControl: U8 }],
  [SunAtmView, { channel: U16 }],
  [MplsView, { label: fc.integer({ min: 0, max: 0xfffff }), isBottom: fc.boolean(), ttl: U8 }],
  [NflogView, { family: U8, resource: U16 }],
  [NshView, { headerBytes: lengths(0, 252, 4), next: U8 }],
  [PppoeView, { code: U8, session: U16, length: U16 }],
  [RadiotapView, { headerBytes: U16, present: S32 }],
  [SllView, { protocol: U16 }],
  [Sll2View, { protocol: U16, interfaceIndex: U32 }],
  [
    TcpView,
    {
      sourcePort: U16,
      destinationPort: U16,
      sequence: S32,
      acknowledgement: S32,
      headerBytes: lengths(0, 60, 4),
      flags: U12,
      window: U16,
      checksum: U16,
      urgent: U16,
    },
  ],
  [GreView, { flags: U16, type: U16 }],
  [VxlanView, { flags: U8, vni: fc.integer({ min: 0, max: 0xffffff }) }],
  [GeneveView, { type: U16 }],
  [UdpView, { sourcePort: U16, destinationPort: U16, length: U16, checksum: U16 }],
  [IpnetView, { family: U8 }],
  [IpoibView, { type: U16 }],
  [PktapView, { headerBytes: U32, link: U32 }],
  [PpiView, { headerBytes: U16, link: U32 }],
];

for (const [Class, fields] of VIEWS) {
  test(`${Class.name}: has its setters in the table above`, () => {
    const prototype = Class.prototype as object;
    const isSetter = (name: string): boolean => Reflect.getOwnPropertyDescriptor(prototype, name)?.set !== undefined;
    const setters = Object.getOwnPropertyNames(prototype).filter(isSetter);
    assert.deepEqual(setters.toSorted(), Object.keys(fields).toSorted());
  });

  test(`${Class.name}: reads back what was written, over any bytes`, () => {
    const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(bytes, fc.record(fields), (before, values) => {
        const view = new Class().place(new DataView(before.slice().buffer), 4, 60);
        Object.assign(view, values);
        for (const name of Object.keys(fields)) assert.equal(Reflect.get(view, name), values[name], name);
      }),
    );
  });
}

test('Ipv6View: keeps each word of both addresses', () => {
  const words = fc.tuple(S32, S32, S32, S32);
  fc.assert(
    fc.property(words, words, (source, destination) => {
      const view = new Ipv6View().place(new DataView(new ArrayBuffer(40)), 0, 40);
      for (const word of [0, 1, 2, 3]) {
        view.setSource(word, source[word]);
        view.setDestination(word, destination[word]);
      }
      assert.deepEqual(
        [0, 1, 2, 3].map((word) => view.source(word)),
        source,
      );
      assert.deepEqual(
        [0, 1, 2, 3].map((word) => view.destination(word)),
        destination,
      );
    }),
  );
});

test('Ipv6ExtensionView: keeps offset and flag of a fragment header', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x1fff }), fc.boolean(), (offset, more) => {
      const view = new Ipv6ExtensionView().place(new DataView(new ArrayBuffer(8)), 0, 8);
      view.setFragment(offset, more);
      assert.deepEqual([view.fragmentOffset, view.moreFragments], [offset, more]);
    }),
  );
});

test('Ieee80211View: keeps type and subtype', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 15 }), (type, subtype) => {
      const view = new Ieee80211View().place(new DataView(new ArrayBuffer(24)), 0, 24);
      view.setKind(type, subtype);
      assert.deepEqual([view.type, view.subtype], [type, subtype]);
    }),
  );
});

test('View: room is what lies between start and end', () => {
  assert.equal(new UdpView().place(new DataView(new ArrayBuffer(20)), 5, 17).room, 12);
});
