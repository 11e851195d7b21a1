/** What the ledger takes: texts and numbers within bounds, before anything reaches the database. */
import { FINDING_STATES, type FindingState } from '@noroshi/wire/api/finding.ts';
import { LedgerError } from './error.ts';
import type { FindingQuery, Report } from './ledger.ts';
import type { Reason, Sighting } from './sighting.ts';

/** Of one report; whoever has more tells of fewer bins at once. */
const SIGHTINGS_MAX = 100_000;
/** Findings of one answer. */
const FINDINGS_MAX = 1000;
/** Characters of a subject, an aspect, a code, the name of a figure. */
export const NAME_CHARACTERS_MAX = 256;
/** Characters of a note, of a value of a reason. */
const TEXT_CHARACTERS_MAX = 2000;
/** Reasons and figures of a sighting, values of a reason. */
const ENTRIES_MAX = 64;
/** Characters of what the engine remembers under one key. */
export const MEMORY_CHARACTERS_MAX = 1_000_000;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MINUTE_MS = 60_000;

/** @throws LedgerError, `refused`: what is wrong with it, without the address */
export function checkReport({ rules, from_ms, to_ms, watermark_ms, at_ms, sightings }: Report): void {
  const action = `record what ${rules.detector} saw`;
  const refuse = (state: string): never => refused(action, state);
  if (![from_ms, to_ms, watermark_ms, at_ms].every(Number.isSafeInteger)) refuse('a time is no whole number');
  if (sightings.length > SIGHTINGS_MAX) refuse(`${sightings.length} sightings are more than ${SIGHTINGS_MAX}`);
  for (const sighting of sightings) {
    const state = sightingState(sighting);
    if (state !== undefined) refuse(`a sighting's ${state}`);
    const isWithin = sighting.bin_ms >= from_ms && sighting.bin_ms < to_ms;
    if (!isWithin || sighting.bin_ms % (rules.bin_minutes * MINUTE_MS) !== 0) refuse('a sighting is of no bin of it');
  }
}

/** What is wrong with it; undefined when nothing is. */
function sightingState({
  subject,
  aspect,
  bin_ms,
  first_ms,
  last_ms,
  confidence,
  ...rest
}: Sighting): string | undefined {
  if (![bin_ms, first_ms, last_ms].every(Number.isSafeInteger)) return 'time is no whole number';
  if (!(confidence >= 0 && confidence <= 1)) return 'confidence is not between 0 and 1';
  if (!isText(subject.value, NAME_CHARACTERS_MAX) || subject.value === '') return 'subject is no text that can be kept';
  if (!isText(aspect, NAME_CHARACTERS_MAX)) return 'aspect is no text that can be kept';
  const figures = Object.entries(rest.figures);
  if (figures.length > ENTRIES_MAX || rest.reasons.length > ENTRIES_MAX) return 'reasons or figures are too many';
  if (!figures.every(([name, value]) => isShort(name) && Number.isFinite(value))) return 'figure is no number';
  return rest.reasons.every(isReason) ? undefined : 'reason is too long or no number';
}

/** Texts of reasons come out of packets: whatever they hold is kept as JSON. */
function isReason({ code, values = {} }: Reason): boolean {
  const entries = Object.entries(values);
  if (!isShort(code) || entries.length > ENTRIES_MAX) return false;
  return entries.every(([name, value]) => {
    return isShort(name) && (typeof value === 'string' ? value.length <= TEXT_CHARACTERS_MAX : Number.isFinite(value));
  });
}

function isShort(text: string): boolean {
  return text.length <= NAME_CHARACTERS_MAX;
}

/** PostgreSQL's texts are UTF-8 without U+0000. */
function isText(text: string, characters_max: number): boolean {
  return text.length <= characters_max && !text.includes('\0') && text.isWellFormed();
}

/** @throws LedgerError, `refused` */
export function checkText(action: string, name: string, text: string, characters_max = TEXT_CHARACTERS_MAX): void {
  if (!isText(text, characters_max)) {
    refused(action, `the ${name} has more than ${characters_max} characters, or some that cannot be kept`);
  }
}

/** Whether there can be such a finding at all: what is no UUID is none. */
export function isFindingId(id: string): boolean {
  return UUID.test(id);
}

/** Whether a person may decide so: `superseded` is a fact of the ledger alone. */
export function isDecision(state: FindingState): boolean {
  return state !== 'superseded' && FINDING_STATES.includes(state);
}

/** @throws LedgerError, `refused` */
export function checkQuery({ limit, from_ms, to_ms, subject }: FindingQuery): void {
  const action = 'look findings up';
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > FINDINGS_MAX) {
    refused(action, `the limit is not between 1 and ${FINDINGS_MAX}`);
  }
  if (![from_ms ?? 0, to_ms ?? 0].every(Number.isSafeInteger)) refused(action, 'a time is no whole number');
  if (subject !== undefined) checkText(action, 'subject', subject.value, NAME_CHARACTERS_MAX);
}

export function refused(action: string, state: string): never {
  throw new LedgerError('refused', `Cannot ${action}: ${state}`);
}
