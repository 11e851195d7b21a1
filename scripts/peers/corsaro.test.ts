/**
 * What CAIDA's Corsaro 2 wrote of 1,865 captures, beside what we write of them: flowtuples byte for byte, attacks as sets, the
 * global file line by line. A difference that corsaro-deviations.json does not list fails, and a listed one that is none any more.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { Corsaro3 } from '@noroshi/wire/interchange/corsaro3.ts';
import { Corsaro3Dos } from '@noroshi/wire/interchange/rsdos/corsaro3.ts';
import {
  type CorsaroReference,
  type CorsaroText,
  readReferences,
  sortedLines,
  sumsOf,
  writeCorsaro2,
} from './corsaro.ts';
import { readBytes } from './corpus.ts';

interface Reason {
  readonly name: string;
  readonly reason: string;
  readonly deviations: readonly string[];
}

const NEEDS = needs(
  sharedFile('data', 'pcap'),
  sharedFile('reference', 'corsaro-out', 'real-one.tar.zst'),
  sharedFile('reference', 'corsaro-out', 'real-index.jsonl'),
);
const LISTED = (
  JSON.parse(readFileSync(join(import.meta.dirname, 'corsaro-deviations.json'), 'utf8')) as readonly Reason[]
).flatMap(({ deviations }) => deviations);

/** Lines `capture file`, for each of the three files that differs. */
function differences(name: string, ours: CorsaroText, theirs: CorsaroText): string[] {
  return [
    ...(ours.flowtuple === theirs.flowtuple ? [] : [`${name} flowtuple`]),
    ...(same(sortedLines(ours.dos), sortedLines(theirs.dos)) ? [] : [`${name} dos`]),
    ...(ours.global === theirs.global ? [] : [`${name} global`]),
  ];
}

function same(ours: readonly string[], theirs: readonly string[]): boolean {
  return ours.length === theirs.length && ours.every((line, index) => line === theirs[index]);
}

function differencesOfMinutes({ name, minutes }: CorsaroReference, bytes: Uint8Array): string[] {
  if (minutes === undefined) return [];
  const ours = sumsOf(writeCorsaro2(bytes, 60));
  const isSame = (['flowtuples', 'packets', 'attacks'] as const).every((sum) => ours[sum] === minutes[sum]);
  return isSame ? [] : [`${name} minutes`];
}

/** Corsaro 3's outputs of these captures are not known; ours has to come to an end. */
function takeAllWith3(bytes: Uint8Array): void {
  const reader = new CaptureReader();
  reader.push(bytes);
  reader.finish();
  const corsaro = new Corsaro3({ interval_s: 60, isWide: true, dos: new Corsaro3Dos() }, () => {});
  corsaro.takeAll(reader);
  corsaro.finish();
}

test('Corsaro2 writes of real captures what Corsaro wrote, but for what is listed', NEEDS, () => {
  const found: string[] = [];
  const counts = { compared: 0, minutes: 0, died: 0, packetsOfDied: 0 };
  for (const reference of readReferences()) {
    const bytes = readBytes(sharedData('data', reference.name));
    const ours = writeCorsaro2(bytes, undefined);
    if (reference.one !== undefined) {
      counts.compared++;
      found.push(...differences(reference.name, ours, reference.one));
    } else {
      counts.died++;
      counts.packetsOfDied += sumsOf(writeCorsaro2(bytes, undefined, true)).packets;
    }
    takeAllWith3(bytes);
    if (reference.minutes !== undefined) counts.minutes++;
    found.push(...differencesOfMinutes(reference, bytes));
  }
  assert.deepEqual(found.sort(), [...LISTED].sort());
  assert.ok(counts.compared > 1800 && counts.minutes > 1800 && counts.died > 100, JSON.stringify(counts));
  // Those on which Corsaro dies, or that it cannot read at all, give flowtuples nevertheless.
  assert.ok(counts.packetsOfDied > 1000, JSON.stringify(counts));
});
