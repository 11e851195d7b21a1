import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import {
  ANALYZE_FIELDS,
  type Field,
  FLOWS_FIELDS,
  PACKET_EXTRA_FIELDS,
  PACKET_FIELDS,
  SIMULATE_FIELDS,
} from '../fields.ts';
import { folder, noroshi } from '../testing.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Every value with its path, as fields.ts writes paths. */
function* leaves(
  value: Json,
  path: string,
  known: ReadonlySet<string>,
): Generator<readonly [path: string, value: Json]> {
  if (known.has(path) || value === null || typeof value !== 'object') yield [path, value];
  else if (Array.isArray(value)) for (const one of value) yield* leaves(one, `${path}[]`, known);
  else for (const [name, inner] of Object.entries(value)) yield* leaves(inner, step(path, name, known), known);
}

function step(path: string, name: string, known: ReadonlySet<string>): string {
  const own = path === '' ? name : `${path}.${name}`;
  const any = `${path}.*`;
  return [...known].some((field) => field === any || field.startsWith(`${any}.`)) ? any : own;
}

function hasType(value: Json, type: string): boolean {
  if (type.endsWith('?')) return value === null || hasType(value, type.slice(0, -1));
  if (type.endsWith('[]')) return Array.isArray(value) && value.every((one) => hasType(one, type.slice(0, -2)));
  return type === 'object' ? typeof value === 'object' && value !== null : typeof value === type;
}

/** Nothing undocumented, everything of its type; and what was never met, for the caller to judge. */
function hold(value: Json, fields: readonly Field[]): Set<string> {
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  const known = new Set(types.keys());
  const unmet = new Set(known);
  for (const [path, leaf] of leaves(value, '', known)) {
    const type = types.get(path);
    if (type === undefined && leaf === null && [...known].some((name) => name.startsWith(`${path}.`))) continue;
    assert.notEqual(type, undefined, `${path} is not documented`);
    assert.ok(hasType(leaf, type ?? ''), `${path} is ${JSON.stringify(leaf)}, documented as ${type}`);
    unmet.delete(path);
  }
  return unmet;
}

function simulated(path: string): string {
  const file = join(path, 'a.pcap');
  writeFileSync(file, simulateToBytes({ seed: 2, packets: 20_000, damage: { file: true } }).bytes);
  return file;
}

test('analyze --json: every name documented, every documented name there', (context) => {
  const { out } = noroshi(['analyze', '--json', simulated(folder(context))]);
  const unmet = hold(JSON.parse(out) as Json, ANALYZE_FIELDS);
  assert.deepEqual([...unmet], []);
});

test('analyze --json: first and last are written with all nine digits', (context) => {
  const { out } = noroshi(['analyze', '--json', simulated(folder(context))]);
  assert.match(out, /"first":1735689600\.\d{9},"last":1735690\d{3}\.\d{9},/);
});

test('packets --json: the sixteen names on every line, nothing undocumented', (context) => {
  const { out } = noroshi(['packets', '--json', '--verify', '--inner', simulated(folder(context))]);
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 20_000);
  const always = PACKET_FIELDS.map(({ name }) => name);
  const met = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const packet = JSON.parse(line) as Record<string, Json>;
    assert.deepEqual(Object.keys(packet).slice(0, always.length), always);
    assert.equal(packet['n'], index + 1);
    hold(packet, [...PACKET_FIELDS, ...PACKET_EXTRA_FIELDS]);
    for (const name of Object.keys(packet)) met.add(name);
  }
  assert.deepEqual(
    PACKET_EXTRA_FIELDS.map(({ name }) => name).filter((name) => !met.has(name)),
    [],
  );
});

test('packets --json: ts keeps nanoseconds that a double would lose', (context) => {
  const file = join(folder(context), 'ns.pcap');
  writeFileSync(file, simulateToBytes({ seed: 2, packets: 50, resolution: 'ns' }).bytes);
  const { out } = noroshi(['packets', '--json', file]);
  for (const line of out.trimEnd().split('\n')) assert.match(line, /^\{"n":\d+,"ts":\d{10}\.\d{9},"link":"/);
  assert.match(out, /"ts":\d{10}\.\d{6}(?!000)\d{3},/);
});

test('flows --json and simulate --json: every name documented, every documented name there', (context) => {
  const path = folder(context);
  const flows = noroshi([
    'flows',
    simulated(path),
    '--out',
    join(path, 'x.parquet'),
    '--net',
    '25.37.0.0/20',
    '--json',
  ]);
  assert.deepEqual([...hold(JSON.parse(flows.out) as Json, FLOWS_FIELDS)], []);
  const made = noroshi(['simulate', '--out', join(path, 'b.pcap'), '--packets', '2000', '--json']);
  assert.deepEqual([...hold(JSON.parse(made.out) as Json, SIMULATE_FIELDS)], []);
});

const CAPTURES = [
  'tcpdump/08-sunrise-sunset-esp2.pcap',
  'tcpdump/3560_CDP.pcap',
  'scanner-recognition/zmap.pcap',
  'slips/test7-malicious.pcap',
  'stopddos/amp.UDP.isakmp.pcap',
  'nping/tcpconnect_T1.cap',
];

for (const name of CAPTURES) {
  test(`packets and analyze: agree with each other on ${name}`, needs(sharedFile('data', 'pcap', name)), () => {
    const file = sharedData('data', 'pcap', name);
    const packets = noroshi(['packets', '--json', file])
      .out.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, Json>);
    const analysis = JSON.parse(noroshi(['analyze', '--json', file]).out) as {
      packets: number;
      classes: Record<string, number>;
    };
    assert.equal(analysis.packets, packets.length);
    for (const [klass, count] of Object.entries(analysis.classes)) {
      assert.equal(packets.filter((packet) => packet['class'] === klass).length, count, klass);
    }
    for (const packet of packets) hold(packet, [...PACKET_FIELDS, ...PACKET_EXTRA_FIELDS]);
  });
}
