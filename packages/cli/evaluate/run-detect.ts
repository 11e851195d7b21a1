/** The work of `noroshi detect`. */
import type { Detector } from '@noroshi/center/detect/detector.ts';
import type { BatchLookups } from '@noroshi/center/detect/flow-batch-of.ts';
import type { Finding } from '@noroshi/center/ledger/ledger.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { parseAddress } from '@noroshi/wire/net/address.ts';
import { Places } from '../analyze/places.ts';
import { openTables, type Tables } from '../analyze/tables.ts';
import type { Io } from '../io/io.ts';
import { reportDamage } from '../io/read-captures.ts';
import type { DetectValues } from '../verbs/detect.ts';
import { chosen, type Detected, detectCaptures } from './detect.ts';
import { renderFindings } from './render-findings.ts';

/** A finding as it is printed: names of `detect --format json`. */
export interface FoundRow {
  readonly detector: string;
  readonly subject: { readonly kind: string; readonly value: string };
  readonly aspect: string;
  readonly country: string;
  readonly as: number | null;
  readonly as_name: string;
  readonly from: string;
  readonly to: string;
  readonly first: string;
  readonly last: string;
  readonly state: string;
  readonly confidence: number;
  readonly reasons: readonly {
    readonly code: string;
    readonly sentence: string;
    readonly values: Readonly<Record<string, number | string>>;
  }[];
  readonly figures: Readonly<Record<string, number>>;
}

export interface FoundAll {
  readonly files: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly addresses: number;
  readonly networks64: number;
  /** `prefixes`, or `destinations`: what nobody had asked for went there. */
  readonly exposure_from: 'prefixes' | 'destinations';
  readonly packets: number;
  readonly kept: number;
  readonly rows_answered: number;
  readonly rows_late: number;
  readonly detectors: readonly string[];
  readonly findings: readonly FoundRow[];
  readonly failures: readonly { readonly detector: string; readonly minute: string; readonly message: string }[];
}

export async function runDetect(io: Io, files: readonly string[], values: DetectValues): Promise<number> {
  const detectors = chosen(values.detectors);
  const tables = openTables(values.geo, values.asn, io.env);
  const { prefixes, format } = values;
  const detected = await detectCaptures(io, files, detectors, { prefixes, lookups: lookupsOf(tables) });
  const found = rowsOf(files, detected, detectors, tables, prefixes.length > 0);
  if (format === 'json') io.out.write(`${JSON.stringify(found)}\n`);
  else if (format === 'csv') for (const line of csvLines(found)) io.out.write(`${line}\n`);
  else io.out.write(renderFindings(found, detectors, io));
  io.out.flush();
  for (const { detector, message } of detected.failures) {
    io.errors.write(`Detector ${detector} failed: ${safe(message)}\n`);
  }
  return reportDamage(io, detected.account.damage);
}

function lookupsOf({ countries, asns }: Tables): BatchLookups {
  return {
    scanner: () => '',
    asn: (words, at) => asns.numberOf(words[at], words[at + 1], words[at + 2], words[at + 3]),
    country: (words, at) => countries.codes[countries.numberOf(words[at], words[at + 1], words[at + 2], words[at + 3])],
  };
}

function rowsOf(
  files: readonly string[],
  { findings, failures, account, from_ms, to_ms }: Detected,
  detectors: readonly Detector[],
  tables: Tables,
  hasPrefixes: boolean,
): FoundAll {
  const places = new Places(tables);
  const { exposure, counters, answered, late } = account;
  return {
    files,
    from: from_ms === undefined ? null : iso(from_ms),
    to: to_ms === undefined ? null : iso(to_ms),
    addresses: exposure.addresses,
    networks64: exposure.networks64,
    exposure_from: hasPrefixes ? 'prefixes' : 'destinations',
    packets: counters.received,
    kept: counters.kept,
    rows_answered: answered,
    rows_late: late,
    detectors: detectors.map(({ id }) => id),
    findings: findings.map((finding) => rowOf(finding, detectors, places)),
    failures: failures.map(({ detector, minute_ms, message }) => ({ detector, minute: iso(minute_ms), message })),
  };
}

function rowOf(finding: Finding, detectors: readonly Detector[], places: Places): FoundRow {
  const { detector, subject, aspect, from_ms, to_ms, first_ms, last_ms, state, confidence, reasons, figures } = finding;
  const meanings = detectors.find(({ id }) => id === detector)?.reasons ?? {};
  const words =
    subject.kind === 'address' || subject.kind === 'prefix'
      ? parseAddress(subject.value.split('/')[0] ?? '')
      : undefined;
  const place = words === undefined ? { country: 'unknown', as: null, as_name: '' } : places.placeOf(words);
  return {
    detector,
    subject,
    aspect,
    ...place,
    from: iso(from_ms),
    to: iso(to_ms),
    first: iso(first_ms),
    last: iso(last_ms),
    state,
    confidence,
    reasons: reasons.map(({ code, values = {} }) => ({ code, sentence: meanings[code]?.en ?? code, values })),
    figures,
  };
}

/** Times of a capture may lie beyond what calendars hold. */
function iso(time_ms: number): string {
  return Math.abs(time_ms) > 8.64e15 ? String(time_ms) : new Date(time_ms).toISOString();
}

const CSV_COLUMNS = [
  'detector',
  'subject_kind',
  'subject',
  'aspect',
  'country',
  'as',
  'as_name',
  'from',
  'to',
  'first',
  'last',
  'state',
  'confidence',
  'reasons',
  'figures',
] as const;

/** RFC 4180, heads first; reasons are codes, figures JSON. */
function csvLines({ findings }: FoundAll): string[] {
  const rows = findings.map((row) => {
    const { subject, reasons, figures, as } = row;
    const own = {
      subject_kind: subject.kind,
      subject: subject.value,
      as: as ?? '',
      reasons: reasons.map(({ code }) => code).join(' '),
    };
    const cells = { ...row, ...own, figures: JSON.stringify(figures) };
    return CSV_COLUMNS.map((name) => csvCell(String(cells[name]))).join(',');
  });
  return [CSV_COLUMNS.join(','), ...rows];
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe: names of networks are foreign text. */
function csvCell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
