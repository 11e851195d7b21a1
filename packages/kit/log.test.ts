/** Lines are one line each, whatever is in them, and a storm of one kind leaves room for the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog, LEVELS, LINES_PER_WINDOW_MAX, type Log, type LogOptions, SILENT, WINDOW_MS } from './log.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function recorded(options: Partial<LogOptions> = {}): { log: Log; lines: string[]; clock: { now_ms: number } } {
  const lines: string[] = [];
  const clock = { now_ms: START_MS };
  const write = (line: string): void => void lines.push(line);
  return { log: createLog({ part: 'center', write, now_ms: () => clock.now_ms, ...options }), lines, clock };
}

test('createLog writes one line for a person', () => {
  const { log, lines } = recorded();
  log.named('ingest').warning('refused', 'Cannot take a segment: cut', { sensor: 'tokyo-1', rows: 7, note: 'a b' });
  assert.deepEqual(lines, [
    '2026-01-02T03:04:05.678Z warning center/ingest refused: Cannot take a segment: cut  sensor=tokyo-1 rows=7 note="a b"\n',
  ]);
});

test('createLog writes one JSON object a line, whose own fields no value can replace', () => {
  const { log, lines } = recorded({ format: 'json' });
  log.error('broken', 'Cannot read x: gone', { level: 'none', free_bytes: 5, left: undefined });
  assert.deepEqual(JSON.parse(lines[0]), {
    time: '2026-01-02T03:04:05.678Z',
    level: 'error',
    part: 'center',
    kind: 'broken',
    message: 'Cannot read x: gone',
    free_bytes: 5,
  });
});

test('createLog leaves out what is less grave than its level', () => {
  const { log, lines } = recorded({ level: 'warning' });
  for (const level of LEVELS) log[level]('kind', level);
  assert.deepEqual(
    lines.map((line) => line.split(' ')[1]),
    ['warning', 'error'],
  );
  SILENT.error('kind', 'nobody hears');
});

test('createLog cuts off a storm of one kind, counts it, and lets other kinds through', () => {
  const { log, lines, clock } = recorded();
  for (let line = 0; line < LINES_PER_WINDOW_MAX + 5; line++) log.info('storm', 'again');
  log.info('calm', 'once');
  assert.equal(lines.length, LINES_PER_WINDOW_MAX + 1);
  clock.now_ms += WINDOW_MS;
  log.info('storm', 'later');
  assert.match(lines.at(-1) ?? '', / later {2}left_out=5\n$/);
  for (let line = 0; line < LINES_PER_WINDOW_MAX; line++) log.info('storm', 'again');
  log.flush();
  assert.match(lines.at(-1) ?? '', / storm: lines of this kind were left out {2}left_out=1\n$/);
});

test('createLog goes on when its clock steps back', () => {
  const { log, lines, clock } = recorded();
  for (let line = 0; line <= LINES_PER_WINDOW_MAX; line++) log.info('storm', 'again');
  clock.now_ms -= 86_400_000;
  log.info('storm', 'earlier');
  assert.match(lines.at(-1) ?? '', / earlier {2}left_out=1\n$/);
});

test('createLog holds a bounded number of kinds', () => {
  const { log, lines } = recorded();
  for (let kind = 0; kind < 3000; kind++) log.info(`kind${kind}`, 'x');
  assert.ok(lines.length < 1100, `${lines.length} lines`);
});

test('createLog writes exactly one bounded line of printable text, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.constantFrom('human', 'json'), (text, format) => {
      const { log, lines } = recorded({ format });
      log.info('kind', text, { text });
      assert.equal(lines.length, 1);
      const body = lines[0].slice(0, -1);
      assert.ok(lines[0].endsWith('\n') && body.length < 30_000);
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(body, /[\u0000-\u001f]/);
      if (format === 'human') assert.doesNotMatch(body, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
