/** `noroshi flows --format flowtuple…` as a user sees it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FLOWTUPLE_FIELDS } from '../fields.ts';
import { folder, noroshi } from '../testing.ts';

/** SYN-ACKs of one victim, one a second: raw IP, classic pcap. The last record may be cut. */
function capture(packets: number, cut = 0): Buffer {
  const bytes = Buffer.alloc(24 + packets * 56);
  bytes.writeUInt32LE(0xa1b2c3d4, 0);
  bytes.writeUInt32LE(0x00040002, 4);
  bytes.writeUInt32LE(65_535, 16);
  bytes.writeUInt32LE(101, 20);
  for (let index = 0; index < packets; index++) {
    const at = 24 + index * 56;
    bytes.writeUInt32LE(1_700_000_000 + index, at);
    bytes.writeUInt32LE(40, at + 8);
    bytes.writeUInt32LE(40, at + 12);
    bytes.set([0x45, 0, 0, 40, 0, 0, 0, 0, 50, 6, 0, 0, 203, 0, 113, 1, 198, 51, 100, 2, 0, 80, 4, 1], at + 16);
    bytes.set([0x50, 0x12], at + 48);
  }
  return bytes.subarray(0, bytes.length - cut);
}

test('flows --format flowtuple: text, attacks and the global file', (context) => {
  const path = folder(context);
  const file = (name: string): string => join(path, name);
  writeFileSync(file('c.pcap'), capture(330));
  const { code, out, errors } = noroshi(
    ['flows', 'c.pcap', '--format', 'flowtuple', '--out', 'c.ft', '--dos', 'c.dos', '--global', 'c.global'],
    { cwd: path },
  );
  assert.deepEqual([code, errors], [0, '']);
  assert.match(out, /Wrote c\.ft: 6 flowtuples in 6 intervals/);
  const text = readFileSync(file('c.ft'), 'utf8');
  assert.ok(text.startsWith('# CORSARO_INTERVAL_START 0 1700000000\nSTART flowtuple_backscatter 1\n'));
  assert.match(text, /\n203\.0\.113\.1\|198\.51\.100\.2\|80\|1025\|6\|50\|0x12\|40,60\n/);
  const attack = '203.0.113.1,1,1,1,1,300,300,12000,12000,60,1700000000.000000,1700000299.000000';
  const bounds = ['# CORSARO_INTERVAL_START 4 1700000240', '# CORSARO_INTERVAL_END 4 1700000299'];
  assert.equal(readFileSync(file('c.dos'), 'utf8'), `${bounds[0]}\n1\n${attack}\n${bounds[1]}\n`);
  assert.match(readFileSync(file('c.global'), 'utf8'), /attack_vectors: 1\nnon-attack_vectors: 0\n/);
  assert.deepEqual(readdirSync(path).sort(), ['c.dos', 'c.ft', 'c.global', 'c.pcap']);
});

test('flows --format flowtuple --one: several captures, JSON, damage', (context) => {
  const path = folder(context);
  writeFileSync(join(path, 'a.pcap'), capture(100));
  writeFileSync(join(path, 'b.pcap'), capture(50, 1));
  const args = ['flows', 'a.pcap', 'b.pcap', '--format', 'flowtuple-binary', '--one', '--out', 'c.ft', '--json'];
  const { code, out, errors } = noroshi(args, { cwd: path });
  assert.equal(code, 1);
  assert.match(errors, /^Capture b\.pcap is damaged: /);
  const summary = JSON.parse(out) as Record<string, unknown>;
  const { packets, counted, intervals, skipped, tuples, bytes: size } = summary;
  assert.deepEqual([packets, counted, intervals, skipped, tuples, size], [149, 149, 1, 0, 1, 97]);
  assert.deepEqual(
    Object.keys(summary).sort(),
    FLOWTUPLE_FIELDS.map(({ name }) => name.replace(/\..*/, ''))
      .filter((name, index, all) => all.indexOf(name) === index)
      .sort(),
  );
  const bytes = readFileSync(join(path, 'c.ft'));
  assert.deepEqual([bytes.length, bytes.readUInt32BE(14 + 10 + 17)], [97, 149]);
});

test('flows --format flowtuple3: Avro from a pipe, with attacks', (context) => {
  const path = folder(context);
  const args = ['flows', '-', '--format', 'flowtuple3', '--out', 'c.avro', '--dos', 'dos.avro', '--json'];
  const { code, out } = noroshi(args, { cwd: path, input: capture(200) });
  assert.equal(code, 0);
  // The first second is in the middle of a minute: four intervals, three of which end with a minute of the attack behind them.
  const { intervals, tuples, attacks } = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual([intervals, tuples, attacks], [4, 4, 3]);
  assert.equal(readFileSync(join(path, 'dos.avro')).toString('latin1', 0, 4), 'Obj\x01');
});

test('flows --format: what makes no sense is refused before anything is written', (context) => {
  const path = folder(context);
  writeFileSync(join(path, 'c.pcap'), capture(1));
  writeFileSync(join(path, 'there'), '');
  const refused: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [['--format', 'flowtuple', '--workers', '2'], /--workers means nothing with --format flowtuple\n$/],
    [['--format', 'flowtuple3', '--global', 'g'], /--global means nothing with --format flowtuple3\n$/],
    [['--format', 'flowtuple', '--dos', 'x'], /two outputs have one name\n$/],
    [['--format', 'flowtuple', '--dos', 'there'], /^Cannot write there: it exists already \(--force overwrites\)\n$/],
    [['--format', 'flowtuple', '--dos', 'no/where'], /^Cannot write no\/where: no such folder\n$/],
    [['--dos', 'd'], /need a flowtuple --format\n$/],
  ];
  for (const [args, sentence] of refused) {
    const { code, errors } = noroshi(['flows', 'c.pcap', '--out', 'x', ...args], { cwd: path });
    assert.match(errors, sentence);
    assert.ok(code === 2 || code === 3);
  }
  assert.deepEqual(readdirSync(path).sort(), ['c.pcap', 'there']);
});
