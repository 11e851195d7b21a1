/**
 * End-to-end cases. A folder beside this file is one: `case.json` says where the input comes from, what is run and what has to
 * come out; `README.md` says in prose what the case is about and where its input is from. An expectation is part of the JSON
 * output: every value named in it has to be there and equal, what it does not name is free. A folder that needs more than one
 * command (a database, a center) has a test of its own instead of `case.json`.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { noroshi } from '@noroshi/cli/testing.ts';
import { needs, sharedData, sharedFile } from '@noroshi/kit/testing.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

interface Case {
  /** A small capture in the case's folder, made by our simulator; or one below the shared data, which is never committed. */
  readonly input: { readonly file: string } | { readonly shared: string };
  /** What is done to it first. */
  readonly then?: 'gzip' | { readonly keepBytes: number };
  /** Arguments; INPUT stands for the input's file. */
  readonly run: readonly string[];
  readonly exit: number;
  /** Regular expression for the error output; without it there must be none. */
  readonly errors?: string;
  /** Part of the JSON object printed; for `packets --json` of the lines, by number from 0. */
  readonly expect: Json;
}

const FOLDERS = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(({ name }) =>
  existsSync(join(import.meta.dirname, name, 'case.json')),
);

for (const { name } of FOLDERS) {
  const read = (file: string): string => readFileSync(join(import.meta.dirname, name, file), 'utf8');
  const { input, then, run, exit, errors, expect } = JSON.parse(read('case.json')) as Case;
  const need = 'shared' in input ? needs(sharedFile('data', 'pcap', input.shared)) : {};
  test(`cases/${name}: noroshi ${run.join(' ')}`, need, (context) => {
    assert.match(read('README.md'), /^# .+\n\n[^]+\n\nInput: /, 'README.md: a title, prose, and the input’s origin');
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-case-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'input.pcap');
    writeFileSync(file, changed(readFileSync(pathOf(input, name)), then));
    const ran = noroshi(run.map((argument) => (argument === 'INPUT' ? file : argument)));
    if (errors === undefined) assert.equal(ran.errors, '');
    else assert.match(ran.errors, new RegExp(errors));
    assert.equal(ran.code, exit);
    holds(parse(ran.out), expect, '');
  });
}

function pathOf(input: Case['input'], name: string): string {
  return 'shared' in input ? sharedData('data', 'pcap', input.shared) : join(import.meta.dirname, name, input.file);
}

function changed(bytes: Uint8Array, then: Case['then']): Uint8Array {
  if (then === undefined) return bytes;
  return then === 'gzip' ? gzipSync(bytes) : bytes.subarray(0, then.keepBytes);
}

/** One object a line becomes an array. */
function parse(out: string): Json {
  const lines = out.trimEnd().split('\n');
  return lines.length === 1 && !lines[0].startsWith('{"n":')
    ? (JSON.parse(lines[0]) as Json)
    : lines.map((line) => JSON.parse(line) as Json);
}

/** Everything that `expected` names is in `actual`; arrays are compared entry by entry as far as named. */
function holds(actual: Json | undefined, expected: Json, path: string): void {
  if (expected === null || typeof expected !== 'object') return assert.deepEqual(actual, expected, path);
  assert.ok(typeof actual === 'object' && actual !== null, `${path} is ${JSON.stringify(actual)}`);
  const values = actual as Record<string, Json>;
  for (const [name, value] of Object.entries(expected)) holds(values[name], value, `${path}.${name}`);
}
