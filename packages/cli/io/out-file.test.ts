/** What must not be overwritten is not, and what is no file is written as it is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { folder, noroshi, startNoroshi } from '../testing.ts';

const { bytes: CAPTURE } = simulateToBytes({ seed: 3, packets: 400 });
const MAIN = join(import.meta.dirname, '../main.ts');

type Stdio = (number | 'pipe' | 'ignore')[];

interface Place {
  after(fn: () => void): void;
}

function placeOf(context: Place): string {
  const path = folder(context);
  writeFileSync(join(path, 'a.pcap'), CAPTURE);
  return path;
}

const FLOWS = ['flows', 'a.pcap', '--out'];
const TUPLES = ['flows', 'a.pcap', '--format', 'flowtuple', '--out'];

test('an output that is an input is refused before anything is read, also with --force', (context) => {
  const path = placeOf(context);
  linkSync(join(path, 'a.pcap'), join(path, 'hard'));
  symlinkSync('a.pcap', join(path, 'soft'));
  writeFileSync(join(path, 'b.part'), CAPTURE);
  const before = readdirSync(path).sort();
  const refused: readonly (readonly [args: readonly string[], what: RegExp])[] = [
    [[...FLOWS, 'a.pcap', '--force'], /^Cannot write a\.pcap: it would overwrite a\.pcap, which is read\n$/],
    [[...FLOWS, './a.pcap'], /overwrite a\.pcap/],
    [[...FLOWS, 'hard', '--force'], /^Cannot write hard: it would overwrite a\.pcap/],
    [[...FLOWS, 'soft', '--force'], /^Cannot write soft: it would overwrite a\.pcap/],
    [['flows', 'b.part', '--out', 'b'], /^Cannot write b: it would overwrite b\.part/],
    [[...TUPLES, 'a.pcap', '--force'], /overwrite a\.pcap/],
    [[...TUPLES, 'x', '--dos', 'a.pcap', '--force'], /^Cannot write a\.pcap: it would overwrite a\.pcap/],
    [['evaluate', '--capture', 'a.pcap', '--truth', 't', '--markdown', 'a.pcap'], /overwrite a\.pcap/],
  ];
  for (const [args, what] of refused) {
    const { code, out, errors } = noroshi(args, { cwd: path });
    assert.match(errors, what, args.join(' '));
    assert.deepEqual([code, out], [2, ''], args.join(' '));
  }
  assert.deepEqual(readdirSync(path).sort(), before);
  assert.deepEqual(readFileSync(join(path, 'a.pcap')), Buffer.from(CAPTURE));
});

test('standard input and output that are one file are refused as well', (context) => {
  const path = placeOf(context);
  const a = join(path, 'a.pcap');
  const fromIt = { cwd: path, encoding: 'utf8' as const, stdio: [openSync(a, 'r'), 'pipe', 'pipe'] as Stdio };
  const piped = spawnSync(process.execPath, [MAIN, 'flows', '-', '--out', 'a.pcap', '--force'], fromIt);
  assert.deepEqual(
    [piped.status, piped.stderr],
    [2, 'Cannot write a.pcap: it would overwrite standard input, which is read\n'],
  );
  const toIt = { cwd: path, encoding: 'utf8' as const, stdio: ['ignore', openSync(a, 'a'), 'pipe'] as Stdio };
  const led = spawnSync(process.execPath, [MAIN, 'flows', 'a.pcap', '--out', '-'], toIt);
  assert.match(led.stderr, /^Cannot write standard output: it would overwrite a\.pcap, which is read\n$/);
  assert.deepEqual(readFileSync(a), Buffer.from(CAPTURE));
});

test('a folder is refused before anything is read', (context) => {
  const path = placeOf(context);
  mkdirSync(join(path, 'sub'));
  for (const args of [
    [...FLOWS, 'sub', '--force'],
    [...TUPLES, 'sub', '--force'],
    ['simulate', '--out', 'sub', '--force'],
    ['report', '--month', '2021-02', '--out', 'sub', '--force'],
    ['findings', '--out', 'sub', '--force'],
  ]) {
    const { code, errors } = noroshi(args, { cwd: path });
    assert.deepEqual([code, errors], [3, 'Cannot write sub: is a directory\n'], args.join(' '));
  }
  assert.deepEqual(readdirSync(path).sort(), ['a.pcap', 'sub']);
});

test('a device is written as it is, without --force', (context) => {
  const path = placeOf(context);
  for (const args of [
    [...FLOWS, '/dev/null'],
    [...TUPLES, '/dev/null', '--dos', '/dev/null'],
    ['simulate', '--packets', '9', '--out', '/dev/null'],
  ]) {
    const { code, out, errors } = noroshi(args, { cwd: path });
    assert.deepEqual([code, errors], [0, ''], args.join(' '));
    assert.match(out, /^Wrote \/dev\/null: /);
  }
  assert.ok(statSync('/dev/null').isCharacterDevice());
  const full = noroshi([...FLOWS, '/dev/full'], { cwd: path });
  assert.deepEqual([full.code, full.errors], [3, 'Cannot write /dev/full: no space left on the device\n']);
  const fullTuples = noroshi([...TUPLES, '/dev/full'], { cwd: path });
  assert.deepEqual([fullTuples.code, fullTuples.errors], [3, 'Cannot write /dev/full: no space left on the device\n']);
  const evidence = noroshi(['evidence', 'a.pcap', '--subject', '1.2.3.4', '--out', '/dev/null'], { cwd: path });
  assert.deepEqual(
    [evidence.code, evidence.errors],
    [2, 'Cannot write evidence to /dev/null: its manifest goes beside it\n'],
  );
});

test('a FIFO is written as it is', (context) => {
  const path = placeOf(context);
  const script = 'mkfifo f; cat f > copy & "$0" "$1" flows a.pcap --out f && wait && test -p f';
  const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, MAIN], { cwd: path, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(noroshi([...FLOWS, 'x.parquet'], { cwd: path }).code, 0);
  assert.deepEqual(readFileSync(join(path, 'copy')), readFileSync(join(path, 'x.parquet')));
});

test('a FIFO without a reader: Ctrl-C ends the wait', async (context) => {
  const path = placeOf(context);
  spawnSync('mkfifo', [join(path, 'f')]);
  const child = startNoroshi(['flows', join(path, 'a.pcap'), '--out', join(path, 'f')]);
  setTimeout(() => child.kill('SIGINT'), 1200);
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 130);
});

test('--out - is standard output, and what is said goes to the error output', (context) => {
  const path = placeOf(context);
  const raw = (args: readonly string[]) => spawnSync(process.execPath, [MAIN, ...args], { cwd: path });
  for (const name of ['-', '/dev/stdout']) {
    for (const [args, file] of [
      [FLOWS, 'x.parquet'],
      [TUPLES, 'x.tuples'],
      [['simulate', '--seed', '3', '--packets', '400', '--out'], 'x.pcap'],
    ] as const) {
      assert.equal(noroshi([...args, file, '--force'], { cwd: path }).code, 0);
      const { status, stdout, stderr } = raw([...args, name]);
      assert.equal(status, 0);
      assert.deepEqual(stdout, readFileSync(join(path, file)));
      assert.match(stderr.toString(), /^Wrote standard output: /);
    }
  }
  assert.deepEqual(readdirSync(path).sort(), ['a.pcap', 'x.parquet', 'x.pcap', 'x.truth.jsonl', 'x.tuples']);
  const twice = noroshi([...TUPLES, '-', '--dos', '-'], { cwd: path });
  assert.deepEqual([twice.code, twice.errors], [2, 'Cannot write: two outputs have one name\n']);
  const { truth } = JSON.parse(raw(['simulate', '--packets', '9', '--json', '--out', '-']).stderr.toString()) as Record<
    string,
    unknown
  >;
  assert.equal(truth, null);
});

test('a link stays, and what it names is replaced', (context) => {
  const path = placeOf(context);
  writeFileSync(join(path, 'there'), '');
  symlinkSync('there', join(path, 'link'));
  assert.equal(noroshi([...FLOWS, 'link'], { cwd: path }).code, 3);
  assert.equal(noroshi([...FLOWS, 'link', '--force'], { cwd: path }).code, 0);
  assert.equal(readFileSync(join(path, 'there')).subarray(0, 4).toString(), 'PAR1');
  assert.deepEqual(readdirSync(path).sort(), ['a.pcap', 'link', 'there']);
});

test('text that finds no room is an error of writing, not of the capture', (context) => {
  const path = placeOf(context);
  for (const verb of ['packets', 'analyze']) {
    const stdio: Stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, verb, 'a.pcap'], {
      cwd: path,
      stdio,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [3, 'Cannot write standard output: no space left on the device\n']);
  }
});
