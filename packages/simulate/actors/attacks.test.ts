import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TCP_ACK, TCP_PSH, TCP_RST, TCP_SYN } from '@noroshi/wire/net/tcp.ts';
import { simulateToBytes } from '../main.ts';
import { actAlone, readRecords } from '../testing.ts';

const PREFIXES_4 = { prefixes: ['198.51.100.0/24'] };

test('dos-syn: answers of few ports to uniform addresses; the stated rate is what the answers stand for', () => {
  const { packets, truth } = actAlone('dos-syn', { ...PREFIXES_4, packets: 12_000, seed: 2 });
  assert.ok(truth.events.length >= 6);
  for (const event of truth.events) {
    const own = packets.filter(({ source }) => source === event.subject);
    assert.equal(own.length, event.packets);
    const sports = new Set(own.map(({ sport }) => sport));
    assert.ok([...sports].every((port) => event.ports?.includes(port)));
    assert.ok(own.every(({ tcpFlags }) => [TCP_SYN | TCP_ACK, TCP_RST | TCP_ACK, TCP_RST].includes(tcpFlags)));
    const perAnswer = ((event.attack_pps ?? 0) * 256) / 2 ** 32;
    const expected = perAnswer * (event.end - event.start);
    const answers = event.answers ?? 0;
    assert.ok(Math.abs(expected - answers) < 6 * Math.sqrt(answers) + 0.1 * answers, `${expected} ${answers}`);
  }
});

test('dos-syn-pulsed: nothing in the pauses', () => {
  const { records, truth } = actAlone('dos-syn-pulsed', { ...PREFIXES_4, packets: 1500, duration_s: 1200, seed: 5 });
  for (const { subject, start, pulse_s, profile } of truth.events) {
    if (profile === 'open' || pulse_s === undefined) continue;
    const period_s = pulse_s[0] + pulse_s[1];
    const own = records.filter(({ packet }) => packet.source === subject);
    const inside = own.filter(({ seconds, fraction }) => (seconds + fraction / 1e6 - start) % period_s <= pulse_s[0]);
    assert.ok(inside.length > 0.95 * own.length);
  }
});

test('dos-udp and dos-ttl: quotes name the victim and the address that hears of it', () => {
  for (const name of ['dos-udp', 'dos-ttl']) {
    const { packets, truth } = actAlone(name, { seed: 4, packets: 2000 });
    const victims = new Set(truth.events.map(({ subject }) => subject));
    for (const packet of packets) {
      assert.ok(victims.has(packet.quotedDestination));
      assert.equal(packet.quotedSource, packet.destination);
      assert.equal(packet.source === packet.quotedDestination, name === 'dos-udp');
    }
  }
});

test('dos-carpet: one event, a whole /24', () => {
  const { packets, truth } = actAlone('dos-carpet', { ...PREFIXES_4, packets: 1500 });
  assert.equal(truth.events.length, 1);
  assert.match(truth.events[0]?.subject ?? '', /\.0\/24$/);
  assert.equal(new Set(packets.map(({ src3 }) => src3 & ~255)).size, 1);
  assert.ok(new Set(packets.map(({ src3 }) => src3)).size > 200);
});

test('dos-dns, dos-ntp, dos-quic: from the port of the service, with the meaning of an answer', () => {
  for (const { packet, data } of actAlone('dos-dns').records) {
    assert.equal(packet.sport, 53);
    assert.ok((data.getUint8(packet.payloadAt + 2) & 0x80) !== 0);
  }
  for (const { packet, data } of actAlone('dos-ntp').records) assert.equal(data.getUint8(packet.payloadAt) & 7, 4);
  for (const { packet, data } of actAlone('dos-quic').records) {
    assert.equal(packet.sport, 443);
    assert.ok((data.getUint8(packet.payloadAt) & 0x80) !== 0);
  }
});

test('reflection-tcp: very many sources, at most four of our addresses', () => {
  const { packets } = actAlone('reflection-tcp', { packets: 4000 });
  assert.ok(new Set(packets.map(({ src3 }) => src3)).size > 300);
  assert.ok(new Set(packets.map(({ dst3 }) => dst3)).size <= 4);
});

test('quiet: no attack, no reflection, no amplification', () => {
  const { truth } = simulateToBytes({ packets: 20_000, scenario: 'quiet' });
  assert.deepEqual(
    truth.events.filter(({ kind }) => ['dos', 'reflection', 'amplification'].includes(kind)),
    [],
  );
});

test('logins: lines follow SYN and ACK, sequence numbers add up', () => {
  const { records } = actAlone('login-ftp', { packets: 200, duration_s: 600 });
  const flows = new Map<string, { flags: number; seq: number; text: string }[]>();
  for (const { packet, data } of records) {
    const text = Buffer.from(data.buffer, packet.payloadAt, packet.payloadBytes).toString('latin1');
    const flow = `${packet.source} ${packet.destination} ${packet.sport}`;
    flows.set(flow, [...(flows.get(flow) ?? []), { flags: packet.tcpFlags, seq: packet.seq, text }]);
  }
  const whole = [...flows.values()].filter((turns) => turns.length === 5);
  assert.ok(whole.length > 20);
  for (const turns of whole) {
    const [syn, ack, user, pass, fin] = turns as [{ flags: number; seq: number; text: string }, ...typeof turns] &
      typeof turns;
    assert.deepEqual(
      turns.map(({ flags }) => flags),
      [TCP_SYN, TCP_ACK, TCP_ACK | TCP_PSH, TCP_ACK | TCP_PSH, TCP_ACK | 1],
    );
    assert.match(user?.text ?? '', /^USER .+\r\n$/);
    assert.match(pass?.text ?? '', /^PASS .+\r\n$/);
    assert.equal(ack?.seq, (syn.seq + 1) | 0);
    assert.equal(fin?.seq, ((pass?.seq ?? 0) + (pass?.text.length ?? 0)) | 0);
  }
});

test('repeats and unique: few flows, or nearly as many as packets', () => {
  const flowsOf = (scenario: 'repeats' | 'unique'): number => {
    const { bytes } = simulateToBytes({ scenario, packets: 20_000, rate_pps: 2000 });
    return new Set(readRecords(bytes).map(({ packet }) => `${packet.source} ${packet.destination} ${packet.dport}`))
      .size;
  };
  assert.ok(flowsOf('repeats') <= 1000);
  assert.ok(flowsOf('unique') > 19_000);
});
