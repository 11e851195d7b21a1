import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowStage } from '@noroshi/sensor/flow/stage.ts';
import { Telescope } from '@noroshi/sensor/flow/telescope.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { CLASS_BACKSCATTER } from '@noroshi/wire/classify/class.ts';
import { isIcmp } from './services.ts';
import { Survey } from './survey.ts';
import { Victims } from './victims.ts';

const { bytes: CAPTURE } = simulateToBytes({ seed: 5, packets: 30_000 });

function each(take: (reader: CaptureReader) => void): void {
  const reader = new CaptureReader();
  reader.push(CAPTURE);
  reader.finish();
  while (reader.next()) take(reader);
}

function surveyed(survey: Survey): Survey {
  each((reader) => survey.take(reader));
  survey.close();
  return survey;
}

for (const prefixes of [undefined, ['25.37.0.0/22']]) {
  test(`Survey: counts what the sensor’s flow stage counts, ${prefixes?.join(' ') ?? 'all addresses'}`, () => {
    const telescope = prefixes === undefined ? undefined : Telescope.of(prefixes);
    const survey = surveyed(new Survey(telescope));
    const stage = new FlowStage(() => {}, telescope === undefined ? {} : { telescope });
    each((reader) => stage.takeOne(reader));
    const counters = stage.close();
    assert.deepEqual(
      { received: survey.received, kept: survey.kept, filtered: survey.filtered, bytes: survey.ipBytes },
      { received: counters.received, kept: counters.kept, filtered: counters.filtered, bytes: counters.bytes },
    );
  });
}

test('Survey: sources, services and classes are those of an obvious count', () => {
  const survey = surveyed(new Survey());
  const sources = new Map<string, number>();
  const services = new Map<string, Set<string>>();
  const classes = new Array<number>(CLASSES.length).fill(0);
  const probe = new Survey();
  each((reader) => {
    probe.take(reader);
    const { packet, verdict } = probe;
    classes[verdict.classCode]++;
    if (packet.net === 0) return;
    sources.set(packet.source, (sources.get(packet.source) ?? 0) + 1);
    const port = isIcmp(packet.proto) ? packet.icmpType * 256 + packet.icmpCode : verdict.servicePort;
    if (port < 0 || (isIcmp(packet.proto) && (packet.icmpType < 0 || packet.icmpCode < 0))) return;
    const key = `${packet.proto}/${port}`;
    services.set(key, (services.get(key) ?? new Set()).add(packet.source));
  });
  assert.equal(survey.sources4.keys.count + survey.sources6.keys.count, sources.size);
  assert.deepEqual([...survey.classes], classes);
  for (const { proto, port, sources: distinct } of survey.services.ranked(() => true)) {
    assert.equal(distinct, services.get(`${proto}/${port}`)?.size, `${proto}/${port}`);
  }
});

test('Survey: beyond its limits it says "at least" and goes on counting packets', () => {
  const all = surveyed(new Survey());
  const strangers = { packets: 0 };
  const small = new Survey(undefined, { sources: 100, pairs: 100 });
  small.onStranger = () => strangers.packets++;
  surveyed(small);
  assert.equal(small.sources4.keys.count, 100);
  assert.equal(small.sources4.isAtLeast && small.services.isAtLeast, true);
  assert.equal(all.sources4.isAtLeast || all.services.isAtLeast, false);
  let known = 0;
  for (const { keys, packetsOf } of [small.sources4, small.sources6].map((one) => ({
    keys: one.keys,
    packetsOf: (n: number) => one.packetsOf(n),
  }))) {
    for (let number = 1; number <= keys.count; number++) known += packetsOf(number);
  }
  assert.equal(known + strangers.packets, small.kept);
  const sum = (survey: Survey): number =>
    survey.services.ranked(() => true).reduce((total, { packets }) => total + packets, 0);
  assert.equal(sum(small), sum(all));
});

test('Victims: at its limit the large ones stay', () => {
  const victims = new Victims(64);
  const survey = new Survey();
  each((reader) => {
    survey.take(reader);
    const { packet, verdict } = survey;
    if (packet.net !== 0 && verdict.classCode === CLASS_BACKSCATTER) victims.add(packet, verdict, reader.seconds, 1);
  });
  assert.equal(victims.isAtLeast, true);
  assert.ok(victims.count <= 64);
  const top = survey.victims.ranked().slice(0, 5);
  assert.deepEqual(
    victims
      .ranked()
      .slice(0, 5)
      .map(({ address }) => address),
    top.map(({ address }) => address),
  );
});
