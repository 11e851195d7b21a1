import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Io } from '../io/io.ts';
import { historyLine, liveLine, Status } from './status.ts';

const STANDING = { from_ms: 0, to_ms: 86_400_000, packets: 1_234_567, stored: 7, waiting: 2, trouble: null };

function fakeIo(errorWidth: number | undefined) {
  const written: string[] = [];
  const errors = { write: (text: string) => written.push(text), flush: () => {} };
  return { written, io: { errorWidth, errors } as unknown as Io };
}

test('historyLine: share, days, packets, rate, time left', () => {
  const line = { kind: 'history', now_ms: 4 * 86_400_000, share: 0.25, ...STANDING } as const;
  assert.equal(
    historyLine(line, 10),
    '██████░░░░░░░░░░░░░░░░░░ 25 % · 1.0 of 4.0 days · 1,234,567 packets · 123,457 packets/s · 30 s left',
  );
  assert.equal(
    historyLine({ ...line, kind: 'live' }, 10),
    `${'█'.repeat(24)} 1,234,567 packets · 2 segments on their way`,
  );
  assert.match(historyLine({ ...line, share: 0, from_ms: null }, 0), /^░+ 0 % · 0\.0 of 0\.0 days · /);
});

test('liveLine: what was stored, what waits, up to when, and why it waits', () => {
  const line = { kind: 'live', now_ms: 0, share: 1, ...STANDING } as const;
  assert.equal(liveLine(line), '1,234,567 packets · 7 segments stored · 2 waiting · up to 1970-01-02 00:00:00 UTC');
  assert.match(liveLine({ ...line, trouble: 'nobody answers' }), / UTC · nobody answers$/);
});

test('Status: one line on a terminal, cut to its width; a line a minute elsewhere', () => {
  const terminal = fakeIo(10);
  const shown = new Status(terminal.io, () => 0);
  shown.show('0123456789abc');
  shown.say('said');
  shown.clear();
  assert.deepEqual(terminal.written, ['\r\u001b[K012345678', '\r\u001b[K', 'said\n']);

  let now_ms = 0;
  const file = fakeIo(undefined);
  const logged = new Status(file.io, () => now_ms);
  for (now_ms = 0; now_ms <= 120_000; now_ms += 1000) logged.show(`at ${now_ms}`);
  logged.clear();
  assert.deepEqual(file.written, ['at 0\n', 'at 60000\n', 'at 120000\n']);
});
