import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { CaptureReader } from '@noroshi/wire/capture/reader.ts';
import { folder, noroshi } from '../testing.ts';
import { Seen } from './seen.ts';
import { flagsText } from './text-line.ts';

const { bytes: CAPTURE } = simulateToBytes({ seed: 4, packets: 3000 });

function capture(path: string): string {
  const file = join(path, 'a.pcap');
  writeFileSync(file, CAPTURE);
  return file;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}

test('flagsText: a letter for each flag', () => {
  assert.deepEqual([0, 2, 18, 20, 0x1ff, 0x800].map(flagsText), ['.', 'S', 'SA', 'RA', 'FSRPAUEWN', '?']);
});

test('packets: one line a packet, numbered from 1, and aligned', (context) => {
  const shown = lines(noroshi(['packets', capture(folder(context))]).out);
  assert.equal(shown.length, 3000);
  for (const [index, line] of shown.entries()) assert.equal(Number(line.slice(0, 6)), index + 1);
  const ipv4 = shown.filter((line) => line.includes('→') && !line.includes('['));
  assert.ok(new Set(ipv4.slice(0, 20).map((line) => line.indexOf('→'))).size <= 2);
});

test('packets: --count, --class and --mark choose', (context) => {
  const file = capture(folder(context));
  const all = lines(noroshi(['packets', '--json', file]).out).map(
    (line) => JSON.parse(line) as { n: number; class: string; marks: string[] },
  );
  assert.equal(lines(noroshi(['packets', '--count', '7', file]).out).length, 7);
  const numbers = (...args: string[]): number[] =>
    lines(noroshi(['packets', '--json', ...args, file]).out).map((line) => (JSON.parse(line) as { n: number }).n);
  const wanted = (chosen: (packet: (typeof all)[number]) => boolean): number[] => all.filter(chosen).map(({ n }) => n);
  assert.deepEqual(
    numbers('--class', 'backscatter,response'),
    wanted((packet) => ['backscatter', 'response'].includes(packet.class)),
  );
  assert.deepEqual(
    numbers('--mark', 'mirai', '--mark', 'zmap'),
    wanted(({ marks }) => marks.includes('mirai') || marks.includes('zmap')),
  );
  assert.deepEqual(numbers('--mark', 'mirai', '--class', 'stray'), []);
});

test('packets --inner: an indented line for what a tunnel carries', (context) => {
  const { out } = noroshi(['packets', '--inner', '--class', 'tunnel', capture(folder(context))]);
  assert.match(out, /^ +\d+ {2}2025-01-01 .* tunnel\n {8}└ (gre|6in4|vxlan) /m);
});

test('packets --verify: finds every checksum that the simulator spoilt, and no other', () => {
  // Lengths that lie, odd versions and random bytes make wrong checksums that the truth does not count.
  const mix = { 'damage-length': 0, 'damage-random': 0, 'damage-version': 0 };
  const { bytes, truth } = simulateToBytes({ seed: 6, packets: 40_000, mix });
  const reader = new CaptureReader();
  reader.push(bytes);
  reader.finish();
  const seen = new Seen();
  let wrong = 0;
  let right = 0;
  while (reader.next()) {
    seen.read(reader.data, reader.at, reader.end, reader.link);
    seen.verify();
    const { ip, transport } = seen.checksums ?? { ip: null, transport: null };
    if (ip === 'bad' || transport === 'bad') wrong++;
    else if (ip === 'ok' && transport === 'ok') right++;
  }
  const spoilt = truth.events.reduce((sum, { bad_checksums = 0 }) => sum + bad_checksums, 0);
  assert.ok(spoilt > 0 && right > 30_000);
  assert.equal(wrong, spoilt);
});
