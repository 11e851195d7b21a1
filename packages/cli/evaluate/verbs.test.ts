/** `noroshi detect` and `noroshi evaluate` as a user sees them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { simulateToBytes, truthLines } from '@noroshi/simulate/main.ts';
import { DETECT_FIELDS, EVALUATE_FIELDS } from '../fields.ts';
import { folder, noroshi } from '../testing.ts';

const NET = '25.37.0.0/20';

/** A capture with one strong attack, and its truth. */
function attackIn(path: string): { readonly file: string; readonly truth: string; readonly victim: string } {
  const mix = { 'dos-echo': 1 };
  const { bytes, truth } = simulateToBytes({
    seed: 5,
    packets: 1000,
    duration_s: 900,
    prefixes: [NET],
    mix,
    only: true,
  });
  const [file, truthFile] = [join(path, 'a.pcap'), join(path, 'a.truth.jsonl')];
  writeFileSync(file, bytes);
  writeFileSync(truthFile, [...truthLines(truth)].join('\n'));
  return { file, truth: truthFile, victim: truth.events[0].subject };
}

interface Found {
  readonly exposure_from: string;
  readonly addresses: number;
  readonly findings: readonly { readonly detector: string; readonly subject: { readonly value: string } }[];
}

/** Paths of all values, as fields.ts writes them. */
function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [path] : value.flatMap((one) => pathsOf(one, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}.${name}`));
}

/** Nothing that has no name in the table. */
function documented(value: unknown, fields: readonly { readonly name: string; readonly type: string }[]): void {
  for (const path of new Set(pathsOf(value))) {
    const isKnown = fields.some(({ name, type }) => {
      return (
        path === name ||
        path === name.split('[]')[0] ||
        path === `${name}[]` ||
        (type === 'object' && path.startsWith(`${name}.`))
      );
    });
    assert.ok(isKnown, `${path} is not documented`);
  }
}

test('detect: tells people whom, what, when, how sure and why', (context) => {
  const { file, victim } = attackIn(folder(context));
  const { code, out, errors } = noroshi(['detect', '--prefixes', NET, '--detectors', 'dos/victim', file]);
  assert.deepEqual([code, errors], [0, '']);
  assert.match(out, /^1,000 packets, 1,000 of them looked at; 2025-01-01 00:\d\d:00 – .* UTC\. 4,096 IPv4/);
  assert.ok(out.includes(victim));
  assert.match(out, /confirmed [01]\.\d\d/);
  assert.match(out.replaceAll(/\s+/g, ' '), /attack ≈ [\d,]+ packets\/s \([\d,]+ – [\d,]+\)/);
  assert.match(out, /1 finding; 0 of 1 detectors found nothing\.\n$/);
});

test('detect: without prefixes it says what counts as the telescope', (context) => {
  const { file } = attackIn(folder(context));
  const { out } = noroshi(['detect', '--detectors', 'scan/horizontal,scan/vertical', file]);
  assert.match(
    out.replaceAll('\n', ' '),
    /count as what listened: the destinations of what nobody in the capture had asked for/,
  );
  assert.match(out, /Nothing found by \d+ detectors\.\n$/);
});

test('detect: JSON and CSV say the same, every name documented', (context) => {
  const { file, victim } = attackIn(folder(context));
  const found = JSON.parse(noroshi(['detect', '--format', 'json', '--prefixes', NET, file]).out) as Found;
  documented(found, DETECT_FIELDS);
  assert.deepEqual([found.exposure_from, found.addresses], ['prefixes', 4096]);
  assert.ok(found.findings.some(({ detector, subject }) => detector === 'dos/victim' && subject.value === victim));
  const [heads, ...lines] = noroshi(['detect', '--format', 'csv', '--prefixes', NET, file]).out.trimEnd().split('\n');
  assert.match(heads, /^detector,subject_kind,subject,aspect,country,/);
  assert.equal(lines.length, found.findings.length);
});

test('detect: addresses of ours are in no finding', (context) => {
  const { file } = attackIn(folder(context));
  for (const format of ['text', 'json', 'csv']) {
    const { out } = noroshi(['detect', '--format', format, '--prefixes', NET, file]);
    assert.doesNotMatch(out, /\b25\.37\.\d+\.\d+/);
  }
});

test('detect: what goes wrong is a sentence', (context) => {
  const { file } = attackIn(folder(context));
  const none = noroshi(['detect', '/nowhere/x.pcap']);
  assert.deepEqual([none.code, none.errors], [3, 'Cannot read /nowhere/x.pcap: no such file\n']);
  const prefix = noroshi(['detect', '--prefixes', 'ours', file]);
  assert.equal(prefix.code, 2);
  assert.match(prefix.errors, /^Cannot read prefix "ours": /);
  const detector = noroshi(['detect', '--detectors', 'dos/magic', file]);
  assert.equal(detector.code, 2);
  assert.match(detector.errors, /^Cannot run detector "dos\/magic": there are dos\/victim, /);
});

test('evaluate: a labelled capture', (context) => {
  const path = folder(context);
  const { file, truth } = attackIn(path);
  const markdown = join(path, 'x.md');
  const args = ['evaluate', '--capture', file, '--truth', truth, '--prefixes', NET, '--detectors', 'dos/victim'];
  const { code, out } = noroshi([...args, '--json', '--markdown', markdown]);
  assert.equal(code, 0);
  const evaluation = JSON.parse(out) as {
    rows: readonly { recall: { value: number }; precision: { value: number } }[];
  };
  documented(evaluation, EVALUATE_FIELDS);
  assert.deepEqual([evaluation.rows[0].recall.value, evaluation.rows[0].precision.value], [1, 1]);
  assert.match(readFileSync(markdown, 'utf8'), /\| dos\/victim \| 4,096 \| 1 \| 1\.00 \(0\.21 – 1\.00\) \|/);
  assert.match(noroshi(args).out, /^How right the detectors are\n {2}.*a\.pcap: .* 1 labelled event\.\n/);
});

test('evaluate: a truth file that makes no sense is refused with its line', (context) => {
  const path = folder(context);
  const { file } = attackIn(path);
  const wrong = join(path, 'wrong.jsonl');
  writeFileSync(wrong, '\n{"kind":"dos"}\n');
  const { code, errors } = noroshi(['evaluate', '--capture', file, '--truth', wrong]);
  assert.equal(code, 3);
  assert.match(errors, /^Cannot read .*wrong\.jsonl: line 2: subject is no address, no prefix and not "\*"\n$/);
  assert.match(noroshi(['evaluate', '--capture', file]).errors, /--capture and --truth go together\n$/);
  assert.match(noroshi(['evaluate', '--write']).errors, /--write goes with --corpus\n$/);
  assert.match(noroshi(['evaluate', '--addresses', '0']).errors, /"0" is not a number of addresses from 1 to 65536\n$/);
});

test('evaluate: simulated worlds, in threads, and exactly what was run', () => {
  const args = [
    '--seeds',
    '2',
    '--addresses',
    '64,256',
    '--hours',
    '1',
    '--scan-hours',
    '0',
    '--days',
    '0',
    '--detectors',
    'dos/victim',
  ];
  const { code, out, errors } = noroshi(['evaluate', ...args, '--workers', '2']);
  assert.deepEqual([code, errors], [0, '']);
  assert.match(
    out,
    /480 events a day among stray answers, without probes; 2 seeds, together 2 h at each size, [\d,]+ rows in all\./,
  );
  assert.match(out, /dos\/victim {2,}64 /);
  assert.match(out, /dos\/victim {2,}256 /);
});
