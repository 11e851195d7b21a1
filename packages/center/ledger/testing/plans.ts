/** Reports at random, and what episodes.ts makes of the same sightings: the ledger's oracle. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { episodesOf } from '../episodes.ts';
import type { Finding, Ledger, Rules } from '../ledger.ts';
import type { Sighting } from '../sighting.ts';
import { MINUTE_MS, reportOf, START_MS, sightingAt } from '../testing.ts';

const BINS = 40;

/** Few subjects and bins, so that findings meet, fall apart and vanish. */
const seen = fc.record({
  minute: fc.nat(BINS - 1),
  subject: fc.constantFrom('198.51.100.7', '2001:db8::7'),
  aspect: fc.constantFrom('', 'tcp/80'),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  packets: fc.double({ min: 0, max: 1e9, noNaN: true }),
  code: fc.constantFrom('a', 'b'),
});
export const reportPlan = fc.record({
  from: fc.nat(BINS - 1),
  length: fc.nat(BINS),
  watermark: fc.nat(BINS + 10),
  seen: fc.array(seen, { maxLength: 12 }),
});
type Plan = typeof reportPlan extends fc.Arbitrary<infer T> ? T : never;

/** Tells the ledger report after report, and holds after each what it has against what it should have. */
export async function followPlans(ledger: Ledger, rules: Rules, plans: readonly Plan[]): Promise<void> {
  const known = new Map<string, Sighting>();
  let watermark_ms = 0;
  for (const plan of plans) {
    const sightings = plan.seen.flatMap((one) => sightingsOfPlan(plan, one));
    const report = reportOf(plan.from, plan.from + plan.length, sightings, {
      rules,
      watermark_ms: START_MS + plan.watermark * MINUTE_MS,
    });
    watermark_ms = Math.max(watermark_ms, report.watermark_ms);
    for (const [key, { bin_ms }] of known) if (bin_ms >= report.from_ms && bin_ms < report.to_ms) known.delete(key);
    for (const one of sightings) known.set(`${one.subject.value} ${one.aspect} ${one.bin_ms}`, one);
    await ledger.record(report);
    assert.deepEqual(await ledger.record(report), [], 'the same again changes nothing');
    const { findings } = await ledger.findings({ feed: 'replay', detectors: [rules.detector], limit: 1000 });
    const live = findings.filter(({ state }) => state === 'candidate' || state === 'confirmed');
    const expected = episodesOf(rules, 'replay', [...known.values()], watermark_ms);
    assert.deepEqual(live.map(comparable).toSorted(), expected.map(comparable).toSorted());
  }
}

function sightingsOfPlan(
  { from, length }: Plan,
  { minute, subject, aspect, confidence, packets, code }: Plan['seen'][number],
): Sighting[] {
  if (minute < from || minute >= from + length) return [];
  const reasons = [{ code, values: { minute } }];
  const figures = { packets, attack_pps: packets, ttl: packets, begin: minute, end: minute, other: 1 };
  return [sightingAt(minute, { subject: { kind: 'address', value: subject }, aspect, confidence, reasons, figures })];
}

/** All but its name and how often it was revised. */
function comparable(finding: Finding): string {
  const { id: _, revision: __, ...rest } = finding;
  return JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
