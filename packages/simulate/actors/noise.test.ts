import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addBytes, finish, pseudoIpv4 } from '@noroshi/wire/net/checksum.ts';
import { IPV4_FLAG_MF } from '@noroshi/wire/net/ipv4.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { TUNNELS } from '@noroshi/wire/net/tunnel.ts';
import { walkInner } from '@noroshi/wire/net/walk.ts';
import { actAlone, type Record, wrongSums } from '../testing.ts';
import { ACTORS } from './all.ts';

test('actors: names are unique, every one has a sentence, a weight and a family', () => {
  assert.equal(new Set(ACTORS.map(({ name }) => name)).size, ACTORS.length);
  for (const { name, sentence, weight, nets } of ACTORS) assert.ok(sentence && weight > 0 && nets.length > 0, name);
});

test('bittorrent-dht: many sources, one address, one port', () => {
  const { packets } = actAlone('bittorrent-dht', { packets: 2000 });
  assert.equal(new Set(packets.map(({ destination, dport }) => `${destination} ${dport}`)).size, 1);
  assert.ok(new Set(packets.map(({ source }) => source)).size > 200);
});

test('connect-vlan: frames carry a tag', () => {
  assert.ok(actAlone('connect-vlan').packets.every(({ vlan, stopKind }) => vlan > 0 && stopKind === 0));
});

test('tunnels: named, and the inner packet walks with right sums', () => {
  for (const [name, tunnel] of [
    ['tunnel-gre', 'gre'],
    ['tunnel-6in4', '6in4'],
    ['tunnel-vxlan', 'vxlan'],
  ] as const) {
    for (const { packet, data } of actAlone(name, { packets: 50 }).records) {
      assert.equal(TUNNELS[packet.tunnel], tunnel);
      const inner = new Packet();
      assert.ok(walkInner(inner, data, packet));
      assert.equal(inner.stopKind, 0);
      assert.equal(wrongSums({ packet: inner, data } as Record), '');
    }
  }
});

test('fragments: two of each, the checksum of the first covers both', () => {
  const { records } = actAlone('fragments', { prefixes: ['198.51.100.0/24'], packets: 40 });
  const bytesFrom = ({ packet }: Record): number => packet.netAt + 20;
  const firsts = records.filter(({ packet }) => (packet.fragment & IPV4_FLAG_MF) !== 0);
  assert.equal(firsts.length, 20);
  for (const first of firsts) {
    const { packet, data } = first;
    const second = records.find(
      (other) => other !== first && other.packet.ipId === packet.ipId && other.packet.dst3 === packet.dst3,
    );
    assert.ok(second);
    const head = addBytes(
      data,
      bytesFrom(first),
      packet.netAt + packet.ipBytes,
      pseudoIpv4(packet.src3, packet.dst3, 17, 48),
    );
    assert.equal(finish(addBytes(data, bytesFrom(second), second.packet.netAt + second.packet.ipBytes, head)), 0);
  }
});

test('damage: each kind does what it says, to every packet', () => {
  const wrong = actAlone('damage-checksum', { packets: 100 });
  assert.ok(wrong.records.every((record) => wrongSums(record) !== ''));
  assert.equal(
    wrong.truth.events.reduce((sum, event) => sum + (event.bad_checksums ?? 0), 0),
    100,
  );
  assert.ok(actAlone('damage-snap').records.every(({ captured, wire }) => captured < wire));
  for (const { stopKind, payloadBytes, payloadWireBytes } of actAlone('damage-length').packets) {
    assert.ok(stopKind !== 0 || payloadWireBytes > payloadBytes);
  }
  assert.ok(actAlone('damage-version').packets.every(({ stopKind }) => stopKind !== 0));
});
