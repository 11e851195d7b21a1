/** Two-phase scanners: a stateless packet, then a connection; retransmissions and patient clients are none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { TCP_ACK, TCP_PSH } from '@noroshi/wire/net/tcp.ts';
import type { Bin } from '../../flow-batch.ts';
import { binOf, type Row, run } from '../testing/captures.ts';
import { twoPhase } from './two-phase.ts';

const STRAY = CLASSES.findIndex(({ name }) => name === 'stray');
const ZMAP: Row = { src: '1.2.3.4', port: 5555, marks: 1 };
const TALK: Row = { src: '1.2.3.4', port: 5555, class: STRAY, flags: TCP_ACK | TCP_PSH, packets: 3 };

/** Rows have stacks by their window and options; the helper knows neither, so they are set here. */
function withStacks(bin: Bin, stacks: readonly (readonly [window: number, options: string, ttl: number])[]): Bin {
  const optionTexts = [...new Set(stacks.map(([, options]) => options))];
  for (const [row, [window, options, ttl]] of stacks.entries()) {
    bin.flows.tcp_window_first[row] = window;
    bin.flows.tcp_options_first[row] = optionTexts.indexOf(options);
    bin.flows.ttl_max[row] = ttl;
  }
  return { ...bin, flows: { ...bin.flows, optionTexts } };
}

const RAW = [65_535, '2-1-3-1-1-4_1460_8', 240] as const;
const LINUX = [64_240, '2-4-8-1-3_1460_7', 50] as const;

const found = (bins: readonly Bin[]): string[] => {
  return run(twoPhase, bins).sightings.map(
    ({ subject, aspect, figures }) => `${subject.value} ${aspect} ${figures.targets}`,
  );
};

test('a packet without a connection, then another stack that talks', () => {
  const regular: Row = { src: '1.2.3.4', port: 5555 };
  assert.deepEqual(found([withStacks(binOf(60, [ZMAP, regular, TALK]), [RAW, LINUX, [0, '', 50]])]), [
    '1.2.3.4 5555/tcp 1',
  ]);
  const apart = [withStacks(binOf(60, [ZMAP]), [RAW]), withStacks(binOf(64, [regular, TALK]), [LINUX, [0, '', 50]])];
  assert.deepEqual(found(apart), ['1.2.3.4 5555/tcp 1']);
  const acrossHours = [
    withStacks(binOf(59, [ZMAP]), [RAW]),
    withStacks(binOf(61, [regular, TALK]), [LINUX, [0, '', 50]]),
  ];
  assert.deepEqual(found(acrossHours), ['1.2.3.4 5555/tcp 1'], 'the warm-up knows what was before the block');
});

test('the order of rows does not matter; each target counts', () => {
  const rows: Row[] = [];
  const stacks: (readonly [number, string, number])[] = [];
  for (const dst of ['25.37.0.1', '25.37.0.2', '25.37.0.3']) {
    rows.push({ ...TALK, dst }, { ...ZMAP, dst }, { src: '1.2.3.4', port: 5555, dst });
    stacks.push([0, '', 50], LINUX, RAW);
  }
  const [sighting] = run(twoPhase, [withStacks(binOf(60, rows), stacks)]).sightings;
  assert.equal(sighting?.figures.targets, 3);
  assert.equal(sighting?.figures.packets, 9);
  assert.ok((sighting?.confidence ?? 0) > 0.8);
});

test('one stack, one that never talks, and one that comes too late are none', () => {
  const again: Row = { src: '1.2.3.4', port: 5555 };
  assert.deepEqual(
    found([withStacks(binOf(60, [ZMAP, again, TALK]), [LINUX, LINUX, [0, '', 50]])]),
    [],
    'retransmission',
  );
  assert.deepEqual(found([withStacks(binOf(60, [ZMAP, again]), [RAW, LINUX])]), [], 'no talk');
  const late = [withStacks(binOf(60, [ZMAP]), [RAW]), withStacks(binOf(75, [again, TALK]), [LINUX, [0, '', 50]])];
  assert.deepEqual(found(late), [], 'a quarter of an hour later');
  const elsewhere = withStacks(binOf(60, [ZMAP, { ...again, dst: '25.37.0.9' }, TALK]), [RAW, LINUX, [0, '', 50]]);
  assert.deepEqual(found([elsewhere]), [], 'another address');
});
