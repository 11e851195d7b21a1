/**
 * `npm run check:peers`: are the captures of the corpus read as others read them? Packet counts beside profile.jsonl's two
 * readers, fields packet by packet beside tshark, twins beside each other. Every deviation that stays is a line of
 * peers/deviations.json under its reason; a difference that is not listed and a line that is none any more both fail.
 *
 *     check-peers.ts [text in the capture's path …]     only those captures
 */
import { availableParallelism } from 'node:os';
import { isCI, type Need, program, sharedFile } from '@noroshi/kit/testing.ts';
import { compareCounts, compareFields } from './peers/compare.ts';
import { type Capture, readBytes, readCorpus } from './peers/corpus.ts';
import { Deviations, type Difference, lineOf } from './peers/deviations.ts';
import { readCapture } from './peers/ours.ts';
import { PROGRAM, readWithTshark } from './peers/tshark.ts';
import { compareTwins } from './peers/twins.ts';

const PROGRESS_CAPTURES = 500;

class Tally {
  passed = 0;
  failed = 0;
  packets = 0;
  captures = 0;
  unsupported = 0;

  /** Counts one comparison; a failed one says its lines. */
  count(lines: readonly string[]): void {
    if (lines.length === 0) this.passed++;
    else this.failed++;
    for (const line of lines) console.log(line);
  }
}

function unlisted(differences: readonly Difference[], deviations: Deviations): string[] {
  return differences.filter((difference) => !deviations.has(difference)).map((found) => `not listed: ${lineOf(found)}`);
}

async function checkCapture(capture: Capture, deviations: Deviations, tally: Tally): Promise<void> {
  const theirs = await readWithTshark(capture.path);
  const ours = readCapture(readBytes(capture.path));
  tally.count(unlisted(compareCounts(capture, ours), deviations));
  if (theirs === undefined) tally.unsupported++;
  else tally.count(unlisted(compareFields(capture, ours, theirs), deviations));
  tally.packets += ours.rows.length;
  tally.captures++;
}

/** One tshark per core: nearly all the time is theirs. */
async function checkAll(captures: readonly Capture[], deviations: Deviations, tally: Tally): Promise<void> {
  const waiting = [...captures];
  const work = async (): Promise<void> => {
    for (let capture = waiting.shift(); capture !== undefined; capture = waiting.shift()) {
      await checkCapture(capture, deviations, tally);
      if (tally.captures % PROGRESS_CAPTURES === 0) console.log(`${tally.captures} of ${captures.length} captures`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

function missing(): string {
  const needs: Need[] = [sharedFile('data', 'pcap', 'profile.jsonl'), program(PROGRAM)];
  return needs.flatMap((need) => need.missing ?? []).join('; ');
}

async function main(wanted: readonly string[]): Promise<number> {
  const absent = missing();
  if (absent !== '') {
    console.log(`Cannot compare with peers: ${absent}`);
    console.log(isCI() ? '0 passed, 1 failed' : '0 passed, 0 failed');
    return isCI() ? 1 : 0;
  }
  const isWanted = ({ name }: Capture): boolean => wanted.length === 0 || wanted.some((text) => name.includes(text));
  const captures = readCorpus().filter(isWanted);
  const deviations = new Deviations();
  const tally = new Tally();
  await checkAll(captures, deviations, tally);
  for (const [pair, difference] of compareTwins()) {
    tally.count(difference === undefined ? [] : [`twins differ: ${pair}: ${difference}`]);
  }
  const stale = deviations.stale(new Set(captures.map(({ name }) => name)));
  if (stale.length > 0) tally.count(stale.map((line) => `listed but no deviation: ${line}`));
  console.log(
    `${tally.captures} captures, ${tally.packets} packets; ${tally.unsupported} captures not supported by tshark`,
  );
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
