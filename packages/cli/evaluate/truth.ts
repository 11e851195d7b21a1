/**
 * Labelled captures: what really happened, as lines of JSON, one event a line, in any order (simulate/README.md, "Truth").
 *
 *     {"kind":"dos","subject":"198.51.100.7","start":1735689600,"end":1735690200}
 *
 * `kind` is one of simulate/truth.ts (`dos`, `reflection`, `synack-scan`, `horizontal-scan`, …), `subject` an address, a prefix in
 * CIDR notation, or `*` when there is none; `start` and `end` are epoch seconds, of the first and the last packet. Understood where
 * given: `ports` (numbers), `attack_pps`, `packets`, `answers`, `pulse_s`, `profile`. A first line with `schema` is a header; what else
 * lines hold is not looked at. Empty lines are fine.
 */
import { EVENT_KINDS, type EventKind, TRUTH_SCHEMA } from '@noroshi/simulate/main.ts';
import { parsePrefix } from '@noroshi/wire/net/prefix.ts';

/** As much of an event as matching and scores need. */
export interface LabelledEvent {
  readonly kind: EventKind;
  readonly subject: string;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly ports?: readonly number[];
  readonly attack_pps?: number;
  readonly packets?: number;
  readonly answers?: number;
  readonly pulse_s?: readonly number[];
}

/** Events of one file. */
const EVENTS_MAX = 1_000_000;

/** `line 3: …`, for whoever wrote the file. */
export class TruthError extends Error {
  override readonly name = 'TruthError';
}

/** Throws TruthError with the number of the first line that is not understood. */
export function readTruth(text: string, eventsMax = EVENTS_MAX): LabelledEvent[] {
  const events: LabelledEvent[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const event = readLine(line, index + 1);
    if (event === undefined) continue;
    if (events.length === eventsMax) throw wrong(index + 1, `more than ${eventsMax} events`);
    events.push(event);
  }
  return events;
}

function readLine(line: string, number: number): LabelledEvent | undefined {
  const value = parse(line, number);
  if ('schema' in value) {
    if (value['schema'] === TRUTH_SCHEMA) return undefined;
    throw wrong(number, `schema is not "${TRUTH_SCHEMA}"`);
  }
  const { kind, subject, start, end } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(EVENT_KINDS, kind)) {
    throw wrong(number, `kind is none of ${Object.keys(EVENT_KINDS).join(', ')}`);
  }
  if (typeof subject !== 'string' || (subject !== '*' && parsePrefix(subject) === undefined)) {
    throw wrong(number, 'subject is no address, no prefix and not "*"');
  }
  if (!isTime(start) || !isTime(end)) throw wrong(number, 'start and end are not both epoch seconds');
  if (end < start) throw wrong(number, 'end lies before start');
  return { kind: kind as EventKind, subject, start, end, ...extrasOf(value, number) };
}

function extrasOf(value: Readonly<Record<string, unknown>>, number: number): Partial<LabelledEvent> {
  const extras: Record<string, unknown> = {};
  for (const name of ['ports', 'pulse_s'] as const) {
    const list = value[name];
    if (list === undefined) continue;
    if (!Array.isArray(list) || !list.every((one) => isAmount(one))) {
      throw wrong(number, `${name} is no list of numbers`);
    }
    extras[name] = list;
  }
  for (const name of ['attack_pps', 'packets', 'answers'] as const) {
    const amount = value[name];
    if (amount === undefined) continue;
    if (!isAmount(amount)) throw wrong(number, `${name} is no number from 0 on`);
    extras[name] = amount;
  }
  return extras;
}

function parse(line: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong(number, 'no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(number, 'no JSON object');
  return value as Readonly<Record<string, unknown>>;
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
/** Until the year 9999. */
const isTime = (value: unknown): value is number => isAmount(value) && value < 253_402_300_800;

function wrong(line: number, state: string): TruthError {
  return new TruthError(`line ${line}: ${state}`);
}
