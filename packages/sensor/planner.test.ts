/** The planner hops where a reader reads: the same tasks, the same end, whatever the capture. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { CaptureReader, PACKET_BYTES_MAX } from '@noroshi/wire/capture/reader.ts';
import { pcapHeader, pcapRecord } from '@noroshi/wire/capture/testing.ts';
import { scratch } from './testing/captures.ts';
import { MinuteCut } from './flow/minute-cut.ts';
import { Planner } from './flow/planner.ts';
import { clampSecond } from './flow/table.ts';

const at = scratch();
const START_S = 1_700_000_000;

interface Cut {
  readonly tasks: readonly (readonly [offset: number, packets: number])[];
  readonly failure: unknown;
}

function planned(capture: Uint8Array): Cut {
  const path = at('x.pcap');
  writeFileSync(path, capture);
  const planner = new Planner(path);
  const tasks: [number, number][] = [];
  for (let task = planner.next(); task !== undefined; task = planner.next()) {
    assert.equal(task.number, tasks.length);
    tasks.push([task.offset, task.packets]);
  }
  const [damage] = planner.outcome('x').damage;
  planner.close();
  return { tasks, failure: damage && { kind: damage.kind, offset: damage.offset, detail: damage.detail } };
}

/** What a reader finds that reads every packet. */
function read(capture: Uint8Array): Cut {
  const reader = new CaptureReader();
  reader.push(capture);
  reader.finish();
  const cut = new MinuteCut();
  const tasks: [number, number][] = [];
  while (reader.next()) {
    const change = cut.change(clampSecond(reader.seconds));
    cut.packets++;
    if (change === 'group' || tasks.length === 0) tasks.push([reader.recordOffset, 0]);
    tasks[tasks.length - 1][1]++;
  }
  return { tasks, failure: reader.failure };
}

const records = fc.array(
  fc.record({
    seconds: fc.oneof(fc.integer({ min: START_S, max: START_S + 300 }), fc.integer({ min: 0, max: 0xffff_ffff })),
    // Also more than a second has: it carries.
    fraction: fc.oneof(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 0xffff_ffff })),
    bytes: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 200 }) },
      fc.integer({ min: 0, max: PACKET_BYTES_MAX + 2 }),
    ),
  }),
  { maxLength: 30 },
);
const formats = fc.record({ littleEndian: fc.boolean(), unit_ns: fc.constantFrom(1, 1000) });

test('Planner plans and ends as a reader does, also where the capture is cut or lies', () => {
  const property = fc.property(records, formats, fc.nat(100), (list, format, missing) => {
    const parts = list.map(({ bytes, ...time }) => pcapRecord(new Uint8Array(bytes), { ...time, ...format }));
    const capture = Buffer.concat([pcapHeader(format), ...parts]);
    for (const bytes of [capture, capture.subarray(0, Math.max(0, capture.length - missing))]) {
      assert.deepEqual(planned(bytes), read(bytes));
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test('Planner begins tasks where a reader would: a new group after many minutes or many packets', () => {
  const packet = new Uint8Array(20);
  const jumping = Array.from({ length: 70_000 }, (_, index) => {
    return pcapRecord(packet, { seconds: START_S + (index % 3) * 600 });
  });
  const dense = Array.from({ length: 600_000 }, (_, index) => {
    return pcapRecord(packet, { seconds: START_S + Math.floor(index / 5000) });
  });
  for (const [shots, groups] of [
    [jumping, 3],
    [dense, 2],
  ] as const) {
    const capture = Buffer.concat([pcapHeader(), ...shots]);
    const plan = planned(capture);
    assert.deepEqual(plan, read(capture));
    assert.equal(plan.tasks.length, groups);
  }
});
