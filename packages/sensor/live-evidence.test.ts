/** Evidence: exactly the packets of a finding, unchanged, with digests that others can check. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { classify, Verdict } from '@noroshi/wire/classify/classify.ts';
import type { FindingDetailShape } from '@noroshi/wire/api/finding.ts';
import { Packet } from '@noroshi/wire/net/packet.ts';
import { walk } from '@noroshi/wire/net/walk.ts';
import { packetsOf, pcapOf, scratch, type Shot, shotsOf } from './testing/captures.ts';
import { type EvidenceOptions, makeEvidence } from './live/evidence-run.ts';
import { LiveError } from './live/live-error.ts';
import { wantedByFinding, wantedOf } from './live/wanted.ts';

const at = scratch();
const { bytes: CAPTURE } = simulateToBytes({ seed: 11, packets: 3000 });
const FILE = at('capture.pcap');
writeFileSync(FILE, CAPTURE);

/** The obvious form: text of addresses, packet by packet. */
function expected(subject: string, proto: number, port: number | undefined): Shot[] {
  const packet = new Packet();
  const verdict = new Verdict();
  const shots = shotsOf(CAPTURE);
  const found: Shot[] = [];
  let index = 0;
  for (const reader of packetsOf(CAPTURE)) {
    const shot = shots[index++];
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
    const isQuoted = packet.quotedNet !== 0 && packet.quotedDestination === subject;
    const [itsProto, itsPort] = isQuoted
      ? [packet.quotedProto, packet.quotedDport]
      : [packet.proto, verdict.servicePort];
    const isIts = isQuoted || (packet.net !== 0 && packet.source === subject);
    if (isIts && itsProto === proto && (port === undefined || itsPort === port)) found.push(shot);
  }
  return found;
}

/** The sources with most packets of a service, and their service. */
function busiest(): { readonly source: string; readonly port: number }[] {
  const counts = new Map<string, number>();
  const packet = new Packet();
  const verdict = new Verdict();
  for (const reader of packetsOf(CAPTURE)) {
    walk(packet, reader.data, reader.at, reader.end, reader.link);
    classify(verdict, packet, reader.data);
    if (packet.net === 0 || packet.proto !== 6 || verdict.servicePort < 0) continue;
    const key = `${packet.source} ${verdict.servicePort}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = [...counts].toSorted((a, b) => b[1] - a[1]).map(([key]) => key.split(' '));
  return keys.slice(0, 20).map(([source, port]) => ({ source, port: Number(port) }));
}

function optionsOf(more: Partial<EvidenceOptions>): EvidenceOptions {
  return {
    ring: undefined,
    captures: [FILE],
    finding: undefined,
    subject: undefined,
    service: undefined,
    from: undefined,
    to: undefined,
    out: at('out.pcap'),
    now_ms: 0,
    version: '0',
    ...more,
  };
}

test('makeEvidence: the packets of a source and a service, unchanged, with digest and manifest', async () => {
  for (const [index, { source, port }] of busiest().entries()) {
    const out = at(`cut-${index}.pcap`);
    const manifest = await makeEvidence(optionsOf({ subject: source, service: `tcp/${port}`, out }));
    const written = readFileSync(out);
    const shots = expected(source, 6, port);
    assert.ok(shots.length > 0);
    assert.deepEqual(shotsOf(written), shots);
    assert.deepEqual(manifest.counts, { read: shotsOf(CAPTURE).length, matched: shots.length });
    const [file] = manifest.files;
    assert.equal(file.sha256, createHash('sha256').update(written).digest('hex'));
    assert.deepEqual([file.bytes, file.packets], [written.length, shots.length]);
    assert.equal(manifest.inputs[0].sha256, createHash('sha256').update(CAPTURE).digest('hex'));
    assert.deepEqual(JSON.parse(readFileSync(`${out}.json`, 'utf8')), manifest);
  }
});

test('makeEvidence: by a finding, within its time, the end left out; overwrites nothing', async () => {
  const [{ source, port }] = busiest();
  const shots = expected(source, 6, port);
  const times_ms = shots.map(({ seconds, nanoseconds }) => seconds * 1000 + nanoseconds / 1e6);
  const [from_ms, to_ms] = [Math.floor(times_ms[1]), Math.floor(times_ms.at(-1) ?? 0)];
  const finding: Pick<FindingDetailShape, 'id' | 'subject' | 'aspect' | 'from' | 'to'> = {
    id: 'f-1',
    subject: { kind: 'address', value: source },
    aspect: `tcp/${port}`,
    from: new Date(from_ms).toISOString(),
    to: new Date(to_ms).toISOString(),
  };
  const file = at('finding.json');
  writeFileSync(file, JSON.stringify(finding));
  const out = at('finding.pcap');
  const manifest = await makeEvidence(optionsOf({ finding: file, out }));
  assert.equal(manifest.finding, 'f-1');
  assert.equal(manifest.counts.matched, times_ms.filter((time) => time >= from_ms && time < to_ms).length);
  await assert.rejects(makeEvidence(optionsOf({ finding: file, out })), /exists already/);
  await assert.rejects(makeEvidence(optionsOf({ finding: file, subject: source, out: at('x.pcap') })), LiveError);
});

test('makeEvidence: a capture that is cut gives what stands before, and says so', async () => {
  const cut = at('cut.pcap');
  writeFileSync(cut, CAPTURE.subarray(0, CAPTURE.length - 5));
  const manifest = await makeEvidence(optionsOf({ captures: [cut], service: 'tcp', out: at('whole.pcap') }));
  assert.deepEqual(
    manifest.damage.map(({ file, kind }) => [file, kind]),
    [['cut.pcap', 'cut']],
  );
  assert.equal(manifest.counts.read, shotsOf(CAPTURE).length - 1);
});

test('makeEvidence: packets of another link type are a capture of their own', async () => {
  const raw = shotsOf(CAPTURE).map((shot) => ({ ...shot, link: 101, bytes: shot.bytes.subarray(14) }));
  const other = at('raw.pcap');
  writeFileSync(other, pcapOf(raw));
  const manifest = await makeEvidence(optionsOf({ captures: [FILE, other], service: 'udp', out: at('links.pcap') }));
  assert.deepEqual(
    manifest.files.map(({ link }) => link).toSorted((a, b) => a - b),
    [1, 101],
  );
  assert.ok(manifest.files.some(({ file }) => file === 'links.101.pcap' || file === 'links.1.pcap'));
});

test('wantedOf and wantedByFinding: whatever is given, a demand or a refusal', () => {
  const bad = [{}, { subject: 'x' }, { service: 'tcp/70000' }, { service: 'tcp', from: 'yesterday' }];
  for (const given of [...bad, { service: 'tcp', from: '2026-03-02', to: '2026-03-01' }]) {
    const texts = { subject: undefined, service: undefined, from: undefined, to: undefined, ...given };
    assert.throws(() => wantedOf(texts), LiveError);
  }
  assert.deepEqual(
    wantedByFinding('{"id":"a","subject":{"kind":"port","value":"udp/53"},"from":"2026-03-01","to":"2026-03-02"}')
      .wanted.service,
    {
      proto: 17,
      port: 53,
    },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.throws(() => wantedByFinding(text), LiveError);
    }),
  );
});
