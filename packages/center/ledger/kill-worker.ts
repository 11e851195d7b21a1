/** A process that records minute after minute into the ledger of a folder, says each, and waits for its end: for kill.test.ts. */
import { openLedger } from './open.ts';
import { MINUTE_MS, reportOf, START_MS, sightingAt } from './testing.ts';

const SUBJECTS = 40;
const [path = '', from = '0'] = process.argv.slice(2);

const ledger = await openLedger({ path });
for (let minute = Number(from); ; minute++) {
  const sightings = Array.from({ length: SUBJECTS }, (_, place) => {
    return sightingAt(minute, { subject: { kind: 'address', value: `198.51.100.${place}` } });
  });
  await ledger.record(reportOf(minute, minute + 1, sightings, { watermark_ms: START_MS + minute * MINUTE_MS }));
  process.stdout.write(`${minute}\n`);
}
