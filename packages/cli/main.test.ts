import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { folder, noroshi, startNoroshi } from './testing.ts';
import { VERBS } from './verbs/index.ts';

const { bytes: CAPTURE } = simulateToBytes({ seed: 3, packets: 4000 });

function captureIn(path: string, bytes: Uint8Array = CAPTURE): string {
  const file = join(path, 'a.pcap');
  writeFileSync(file, bytes);
  return file;
}

test('noroshi: --help, --version and no arguments at all end with 0 and teach', () => {
  for (const args of [[], ['--help']]) {
    const { code, out, errors } = noroshi(args);
    assert.equal(code, 0);
    assert.match(out, /analyze .*Show what is in captures/s);
    assert.equal(errors, '');
  }
  assert.match(noroshi(['--version']).out, /^\d+\.\d+\.\d+\n$/);
});

test('noroshi: every verb has help with examples', () => {
  for (const { name: verb } of VERBS) {
    const { code, out } = noroshi([verb, '--help']);
    assert.equal(code, 0, verb);
    assert.match(out, /\nExamples:\n {2}\S/, verb);
    const words = out.slice(out.lastIndexOf('\n\n'));
    assert.ok(
      words.split('\n').every((line) => line.startsWith('  ') || line.length <= 100),
      verb,
    );
  }
});

const USAGE: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
  [['analyse'], /^Cannot understand the command line: unknown command 'analyse' \(did you mean analyze\?\)\n$/],
  [
    ['packets', '--jsno', 'x'],
    /^Cannot understand the command line: unknown option '--jsno' \(did you mean --json\?\)\n$/,
  ],
  [['analyze'], /^Cannot understand the command line: missing required argument 'file'\n$/],
  [['analyze', '--top', 'ten', 'x'], /^Cannot read --top: "ten" is not a number from 1 to 100000\n$/],
  [['analyze', '--prefixes', '10.0.0.0/99', 'x'], /^Cannot read prefix "10\.0\.0\.0\/99": .*\n$/],
  [['packets', '--class', 'prob', 'x'], /^Cannot read --class: "prob" is none of not_ip, malformed, probe.*\n$/],
  [['flows', 'x'], /^Cannot write flows: --out says where to\n$/],
  [
    ['flows', 'x', '--out', 'y', '--sensor', '1.2.3.4'],
    /^Cannot name the sensor "1\.2\.3\.4": a name begins with a letter .*\n$/,
  ],
  [['flows', 'x', '--out', 'y', '--sensor', 'My Sensor'], /^Cannot name the sensor "My Sensor": .*\n$/],
  [
    ['analyze', '--net', '10.0.0.0/8', '--prefixes', '10.0.0.0/8', 'x'],
    /^Cannot .*: option '--net <prefix>' cannot be used with .*\n$/,
  ],
  [['detect', '--json', '--format', 'csv', 'x'], /^Cannot write JSON as csv: --json and --format are both given\n$/],
  [['findings', '--json', '--format', 'stix'], /^Cannot write JSON as stix: --json and --format are both given\n$/],
  [['report', '--json', '--format', 'html'], /^Cannot write JSON as html: --json and --format are both given\n$/],
  [['simulate'], /^Cannot simulate: --out says where to write the capture\n$/],
  [['simulate', '--out', '/nowhere/x', '--mix', 'nobody=1'], /^Cannot .*\n$/],
  [['completion', 'tcsh'], /^Cannot write a completion for "tcsh": it is none of bash, zsh, fish\n$/],
  [['help', 'me'], /^Cannot explain "me": it is none of classes, .* nor a verb\n$/],
];

for (const [args, sentence] of USAGE) {
  test(`noroshi: ${args.join(' ')} is refused in one sentence`, () => {
    const { code, out, errors } = noroshi(args);
    assert.match(errors, sentence);
    assert.equal(out, '');
    assert.ok(code === 2 || code === 3, `exit code ${code}`);
  });
}

test('noroshi: a file that cannot be read is an error of input, with its name', (context) => {
  const path = folder(context);
  mkdirSync(join(path, 'sub'));
  for (const verb of ['analyze', 'packets', 'flows']) {
    const more = verb === 'flows' ? ['--out', join(path, 'x.parquet')] : [];
    const absent = noroshi([verb, join(path, 'none.pcap'), ...more]);
    assert.deepEqual([absent.code, absent.errors], [3, `Cannot read ${join(path, 'none.pcap')}: no such file\n`], verb);
    const isFolder = noroshi([verb, join(path, 'sub'), ...more]);
    assert.equal(isFolder.code, 3, verb);
    assert.match(isFolder.errors, /^Cannot read .*sub: is a directory\n$/, verb);
  }
  assert.equal(existsSync(join(path, 'x.parquet.part')), false);
});

test('noroshi: a name with control characters cannot write to the terminal', () => {
  const { code, errors } = noroshi(['analyze', '\u001b]0;owned\u0007.pcap']);
  assert.equal(code, 3);
  assert.equal(errors, 'Cannot read \\x1b]0;owned\\x07.pcap: no such file\n');
});

test('analyze: what cannot be a capture is damage, not a crash', (context) => {
  const file = captureIn(folder(context), Buffer.from('hello world, this is no capture at all'));
  const { code, out, errors } = noroshi(['analyze', file]);
  assert.equal(code, 1);
  assert.match(out, /no packets/);
  assert.match(errors, /^Cannot read .*a\.pcap: it is neither pcap, pcapng nor ERF \(38 bytes looked at\)\n$/);
});

test('analyze and packets: a cut capture gives everything before the cut, one sentence, and 1', (context) => {
  const path = folder(context);
  const cut = captureIn(path, CAPTURE.subarray(0, CAPTURE.length - 7));
  const whole = JSON.parse(noroshi(['analyze', '--json', captureIn(folder(context))]).out) as { packets: number };
  const analyzed = noroshi(['analyze', '--json', cut]);
  const found = JSON.parse(analyzed.out) as {
    packets: number;
    damage: { captures: { kind: string; offset: number }[] };
  };
  assert.equal(analyzed.code, 1);
  assert.equal(found.packets, whole.packets - 1);
  assert.equal(found.damage.captures[0].kind, 'cut');
  assert.match(
    analyzed.errors,
    new RegExp(`is damaged: the file ends inside a record at byte ${found.damage.captures[0].offset}: `),
  );
  const listed = noroshi(['packets', '--json', cut]);
  assert.equal(listed.code, 1);
  assert.equal(listed.out.trimEnd().split('\n').length, whole.packets - 1);
  assert.match(listed.errors, /^Capture [^\n]* at byte \d+: [^\n]*\n$/);
});

test('analyze: standard input, gzip and a plain file give the same', (context) => {
  const path = folder(context);
  const plain = JSON.parse(noroshi(['analyze', '--json', captureIn(path)]).out) as object;
  const zipped = join(path, 'a.pcap.gz');
  writeFileSync(zipped, gzipSync(CAPTURE));
  const piped = JSON.parse(noroshi(['analyze', '--json', '-'], { input: CAPTURE }).out) as object;
  const unzipped = JSON.parse(noroshi(['analyze', '--json', zipped]).out) as object;
  assert.deepEqual({ ...piped, files: [] }, { ...plain, files: [] });
  assert.deepEqual({ ...unzipped, files: [] }, { ...plain, files: [] });
});

test('analyze: no colours in a pipe, colours by FORCE_COLOR, none by NO_COLOR', (context) => {
  const file = captureIn(folder(context));
  const plain = noroshi(['analyze', file]).out;
  assert.equal(plain.includes('\u001b'), false);
  const forced = noroshi(['analyze', file], { env: { FORCE_COLOR: '1' } }).out;
  assert.equal(forced.includes('\u001b[1m'), true);
  assert.equal(stripVTControlCharacters(forced), plain);
  assert.equal(noroshi(['analyze', file], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).out, plain);
});

test('packets: a reader that goes away ends the program quietly with 0', async (context) => {
  const child = startNoroshi(['packets', '--json', captureIn(folder(context))]);
  const errors: Buffer[] = [];
  child.stderr?.on('data', (part: Buffer) => errors.push(part));
  child.stdout?.destroy();
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
  assert.equal(Buffer.concat(errors).toString(), '');
});

test('analyze: Ctrl-C ends with 130 and says nothing', async () => {
  const child = startNoroshi(['analyze', '-']);
  child.stdin?.write(CAPTURE.subarray(0, 1000));
  const errors: Buffer[] = [];
  child.stderr?.on('data', (part: Buffer) => errors.push(part));
  setTimeout(() => child.kill('SIGINT'), 700);
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 130);
  assert.equal(Buffer.concat(errors).toString(), '');
});

test('flows: Ctrl-C ends with 130 and leaves no unfinished file', async (context) => {
  const out = join(folder(context), 'x.parquet');
  const child = startNoroshi(['flows', '-', '--out', out]);
  child.stdin?.write(CAPTURE.subarray(0, 1000));
  setTimeout(() => child.kill('SIGINT'), 1200);
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 130);
  assert.deepEqual([existsSync(out), existsSync(`${out}.part`)], [false, false]);
});

test('--net, as --prefixes was called before, still counts; --json is --format json', (context) => {
  const file = captureIn(folder(context));
  const count = (option: string): unknown =>
    (JSON.parse(noroshi(['analyze', '--json', option, '25.37.0.0/24', file]).out) as { counters: unknown }).counters;
  assert.deepEqual(count('--net'), count('--prefixes'));
  assert.doesNotMatch(noroshi(['analyze', '--help']).out, /--net/);
  const asJson = noroshi(['detect', '--json', file]);
  assert.deepEqual([asJson.code, asJson.out], [0, noroshi(['detect', '--format', 'json', file]).out]);
});

test('packets: shows what there is while the input pauses', async () => {
  const child = startNoroshi(['packets', '-']);
  child.stdin?.write(CAPTURE.subarray(0, 4000));
  const [first] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  assert.match(first.toString(), /\n/);
  child.stdin?.end(CAPTURE.subarray(4000));
  child.stdout?.resume();
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
});

test('simulate: writes capture and truth, refuses to overwrite, is deterministic', (context) => {
  const path = folder(context);
  const out = join(path, 'demo.pcap');
  const first = noroshi(['simulate', '--out', out, '--packets', '500', '--seed', '9', '--json']);
  assert.equal(first.code, 0);
  const { truth, packets } = JSON.parse(first.out) as { truth: string; packets: number };
  assert.equal(packets, 500);
  assert.match(readFileSync(truth, 'utf8'), /^\{"schema":"noroshi-truth\/1"/);
  const bytes = readFileSync(out);
  const again = noroshi(['simulate', '--out', out, '--packets', '500', '--seed', '9']);
  assert.deepEqual([again.code, again.errors], [3, `Cannot write ${out}: it exists already (--force overwrites)\n`]);
  assert.equal(noroshi(['simulate', '--out', out, '--packets', '500', '--seed', '9', '--force']).code, 0);
  assert.deepEqual(readFileSync(out), bytes);
});

test('flows: writes a Parquet file, refuses to overwrite, counts what it wrote', (context) => {
  const path = folder(context);
  const out = join(path, 'x.parquet');
  const ran = noroshi([
    'flows',
    captureIn(path),
    '--out',
    out,
    '--json',
    '--prefixes',
    '25.37.0.0/20',
    '--sensor',
    's1',
  ]);
  assert.deepEqual([ran.code, ran.errors], [0, '']);
  const said = JSON.parse(ran.out) as {
    packets: number;
    bytes: number;
    sensor: string;
    counters: { received: number; kept: number; filtered: Record<string, number> };
  };
  const { received, kept, filtered } = said.counters;
  assert.equal(received, 4000);
  assert.equal(kept + filtered.not_ip + filtered.malformed + filtered.elsewhere, received);
  assert.equal(said.sensor, 's1');
  assert.equal(readFileSync(out).length, said.bytes);
  assert.equal(readFileSync(out).subarray(0, 4).toString(), 'PAR1');
  const again = noroshi(['flows', captureIn(path), '--out', out]);
  assert.deepEqual([again.code, again.errors], [3, `Cannot write ${out}: it exists already (--force overwrites)\n`]);
  assert.match(noroshi(['flows', captureIn(path), '--out', out, '--force']).out, /received 4,000 = kept/);
});

test('flows: a folder that is not there is an error of output', (context) => {
  const path = folder(context);
  const { code, errors } = noroshi(['flows', captureIn(path), '--out', join(path, 'no/x.parquet')]);
  assert.deepEqual([code, errors], [3, `Cannot write ${join(path, 'no/x.parquet')}: no such folder\n`]);
});

test('start: with a capture it shows the report, and says what to try next', (context) => {
  const { code, out } = noroshi(['start', captureIn(folder(context))]);
  assert.equal(code, 0);
  assert.match(out, /4,000 packets/);
  assert.match(out, /\nTry next\n {2}npx noroshi packets/);
});

test('bin/noroshi.mjs: runs, and passes the exit code on', () => {
  const bin = join(import.meta.dirname, 'bin/noroshi.mjs');
  const { status, stderr } = spawnSync(bin, ['analyze', 'none.pcap'], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [3, 'Cannot read none.pcap: no such file\n']);
});
