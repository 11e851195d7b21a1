import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TCP_ACK, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import { actAlone, optionKinds } from '../testing.ts';

const SEED = { seed: 11 };

/** Share of values in the most frequent one. */
function modeShare(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(...counts.values()) / values.length;
}

const ZMAP = [
  ['zmap-2', '', 255, 54_321],
  ['zmap-3', '2', 255, 54_321],
  ['zmap-4.1.0', '2-1-3-1-1-4', 255, undefined],
  ['zmap-4.1.1-windows', '2-1-3-1-1-4', 64, undefined],
  ['zmap-4.1.1-linux', '2-4-8-1-3', 64, undefined],
  ['zmap-4.1.1-bsd', '2-1-3-1-1-8-4-0', 64, undefined],
  ['zmap-4.1.1-smallest', '2', 64, undefined],
] as const;

for (const [name, kinds, ttl, id] of ZMAP) {
  test(`${name}: window 65535, options ${kinds || 'none'}, TTL ${ttl} at the source, IP id ${id ?? 'random'}`, () => {
    const { records, packets } = actAlone(name, SEED);
    for (const record of records) {
      assert.equal(optionKinds(record), kinds);
      assert.equal(record.packet.window, 65_535);
      assert.equal(record.packet.tcpFlags, TCP_SYN);
      assert.ok(record.packet.ttl < ttl && record.packet.ttl >= ttl - 30);
      assert.ok(record.packet.sport >= 32_768 && record.packet.sport <= 61_000);
    }
    const share = modeShare(packets.map(({ ipId }) => ipId));
    if (id === undefined) assert.ok(share < 0.02);
    else assert.ok(share === 1 && packets[0]?.ipId === id);
  });
}

test('zmap: every address once per round', () => {
  const { packets } = actAlone('zmap-2', { packets: 512, prefixes: ['198.51.100.0/24'] });
  assert.equal(new Set(packets.slice(0, 256).map(({ dst3 }) => dst3)).size, 256);
});

for (const [name, window, kinds] of [
  ['masscan-1.3.2', 1024, ''],
  ['masscan-head', 1025, '2'],
] as const) {
  test(`${name}: cookie in the IP id, window ${window}, options ${kinds || 'none'}, TTL 255 at the source`, () => {
    const { records } = actAlone(name, SEED);
    for (const record of records) {
      const { packet } = record;
      if (packet.net === 4) assert.equal(packet.ipId, (packet.dst3 ^ packet.dport ^ packet.seq) & 0xffff);
      assert.equal(packet.window, window);
      assert.equal(optionKinds(record), kinds);
      assert.ok(packet.ttl >= 225);
    }
  });
}

test('nmap: window 1024, MSS alone, TTL 37 … 59 at the source, sequence numbers differ in equal small halves', () => {
  const { records, packets } = actAlone('nmap', { ...SEED, prefixes: ['198.51.100.0/24'], packets: 200 });
  const bySource = new Map<number, number[]>();
  for (const record of records) {
    const { packet } = record;
    assert.equal(packet.window, 1024);
    assert.equal(optionKinds(record), '2');
    assert.ok(packet.ttl >= 37 - 24 && packet.ttl <= 59 - 5);
    bySource.set(packet.src3, [...(bySource.get(packet.src3) ?? []), packet.seq]);
  }
  for (const sequences of bySource.values()) {
    for (const sequence of sequences) {
      const d = sequence ^ (sequences[0] ?? 0);
      assert.equal(d >>> 16, d & 0xffff);
      assert.ok((d & 0xffff) <= 0xff);
    }
    assert.ok(new Set(sequences).size >= 2, 'a second try changes the sequence number');
  }
  assert.ok(modeShare(packets.map(({ ipId }) => ipId)) < 0.05);
});

test('unicornscan: window 4096, one key per run in one byte order of the destination', () => {
  const { packets, truth } = actAlone('unicornscan', { ...SEED, packets: 1200 });
  const reversed = (word: number) => Buffer.from(new Int32Array([word]).buffer).readInt32BE();
  for (const { subject, profile } of truth.events) {
    const own = packets.filter(({ source }) => source === subject);
    const keys = own.map(({ seq, dst3, dport, sport }) => {
      const destination = profile === 'big-endian' ? dst3 : reversed(dst3);
      return seq ^ destination ^ ((dport << 16) + sport);
    });
    assert.equal(new Set(keys).size, 1);
    assert.ok(own.every(({ window }) => window === 4096));
  }
});

test('vertical-slow: many ports of at most two addresses', () => {
  const { packets } = actAlone('vertical-slow', SEED);
  assert.ok(new Set(packets.map(({ destination }) => destination)).size <= 2);
  assert.ok(new Set(packets.map(({ dport }) => dport)).size >= 190);
});

test('connect: a SYN comes up to four times with the same port and sequence number', () => {
  const { packets } = actAlone('connect-linux', { ...SEED, packets: 100 });
  const flows = new Map<string, number>();
  for (const { source, destination, sport, seq } of packets) {
    const flow = `${source} ${destination} ${sport} ${seq}`;
    flows.set(flow, (flows.get(flow) ?? 0) + 1);
  }
  assert.equal(flows.size, 25);
  assert.ok([...flows.values()].every((count) => count === 4));
});

test('synack-scan: SYN-ACK to one port from many source ports', () => {
  const { packets } = actAlone('synack-scan', SEED);
  assert.ok(packets.every(({ tcpFlags }) => tcpFlags === (TCP_SYN | TCP_ACK)));
  assert.equal(new Set(packets.map(({ dport }) => dport)).size, 1);
  assert.ok(new Set(packets.map(({ sport }) => sport)).size > 300);
  assert.equal(new Set(packets.map(({ dst3 }) => dst3)).size, 400);
});

test('mirai: sequence number = destination, one port and window per source, no options, 23 to 2323 as nine to one', () => {
  const { packets } = actAlone('mirai', { ...SEED, packets: 4000 });
  const facts = new Map<string, string>();
  for (const { source, dst3, seq, sport, window, optionBytes, ttl } of packets) {
    assert.equal(seq, dst3);
    assert.equal(optionBytes, 0);
    assert.ok(ttl < 64 && ttl >= 40);
    assert.equal(facts.get(source) ?? `${sport} ${window}`, `${sport} ${window}`);
    facts.set(source, `${sport} ${window}`);
  }
  const share = packets.filter(({ dport }) => dport === 23).length / packets.length;
  assert.ok(share > 0.88 && share < 0.92, `${share}`);
  assert.ok(packets.every(({ dport }) => dport === 23 || dport === 2323));
});

for (const name of ['hajime-like', 'telnet-bot', 'smb-worm']) {
  test(`${name}: without the mark of Mirai`, () => {
    assert.ok(actAlone(name, SEED).packets.every(({ seq, dst3 }) => seq !== dst3));
  });
}
