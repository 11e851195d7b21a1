/** A PostgreSQL that goes away and comes back; a ledger that is used wrongly; the event loop while the ledger computes. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs } from '@noroshi/kit/testing.ts';
import { LedgerError, ledgerErrorOf } from './error.ts';
import { openEmbedded } from './embedded.ts';
import { openLedger } from './open.ts';
import { ledgerOver } from './over.ts';
import { placeTemplate } from './template.ts';
import { openTestLedger, Postgres, postgres, reportOf, sightingAt } from './testing.ts';

const isError = (kind: LedgerError['kind'], sentence: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LedgerError, String(error));
  assert.match(error.message, sentence);
  assert.equal(error.kind, kind);
  return true;
};

test(
  'openLedger: a PostgreSQL that goes away fails each call, and comes back by itself',
  needs(postgres()),
  async (t) => {
    const server = await new Postgres().make();
    t.after(() => server.remove());
    const url = await server.database();
    const ledger = await openLedger({ url });
    t.after(() => ledger.close());
    await ledger.record(reportOf(0, 1, [sightingAt(0)]));
    for (let round = 0; round < 2; round++) {
      await server.stop();
      // Time for the idle connections to notice: that must not end the process.
      await wait(100);
      const away = isError('unreachable', /^Cannot reach the ledger's database: /);
      await assert.rejects(ledger.record(reportOf(1, 2, [sightingAt(1)])), away);
      await assert.rejects(ledger.findings({ feed: 'replay', limit: 1 }), away);
      await server.start();
      assert.equal((await ledger.findings({ feed: 'replay', limit: 1 })).findings.length, 1);
    }
    assert.equal((await ledger.record(reportOf(1, 2, [sightingAt(1)]))).length, 1);
    await server.stop();
    await assert.rejects(openLedger({ url }), isError('unreachable', /nobody listens/));
    await server.start();
  },
);

test('openLedger says why it cannot be opened', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-ledger-wrong-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const url = 'postgresql://noroshi:secret@127.0.0.1:1/noroshi';
  await assert.rejects(
    openLedger({ url }),
    isError('unreachable', /^Cannot reach the ledger's database: nobody listens/),
  );
  writeFileSync(join(folder, 'file'), '');
  await assert.rejects(openLedger({ path: join(folder, 'file') }), isError('refused', /^Cannot open the ledger: /));
  mkdirSync(join(folder, 'other'));
  writeFileSync(join(folder, 'other', 'something'), '');
  await assert.rejects(openLedger({ path: join(folder, 'other') }), isError('refused', /^Cannot open the ledger: /));
});

test('openLedger: what is asked before the end is answered, what is asked after it is refused', async () => {
  const ledger = await openTestLedger();
  const asked = [ledger.record(reportOf(0, 1, [sightingAt(0)])), ledger.remember('a', 'b'), ledger.memory('a')];
  const closed = Promise.all([ledger.close(), ledger.close()]);
  assert.deepEqual((await Promise.all(asked)).slice(1), [undefined, 'b']);
  await closed;
  await assert.rejects(ledger.memory('a'), isError('refused', /^Cannot use the ledger: it is closed$/));
});

test('openLedger takes so many calls at once and no more', async () => {
  const ledger = await openTestLedger();
  const asked = Array.from({ length: 1001 }, () => ledger.finding('none').catch((error: unknown) => error));
  const answers = await Promise.all(asked);
  assert.equal(
    answers.slice(0, 1000).every((answer) => answer === undefined),
    true,
  );
  assert.ok(isError('refused', /1000 calls are waiting already$/)(answers[1000]));
  await ledger.close();
});

test('openLedger leaves the event loop to others while a large report is recorded', async () => {
  const ledger = await openTestLedger();
  const sightings = Array.from({ length: 3000 }, (_, place) => {
    return sightingAt(0, { subject: { kind: 'address', value: `198.18.${place >> 8}.${place & 255}` } });
  });
  const before = performance.eventLoopUtilization();
  await ledger.record(reportOf(0, 1, sightings));
  const { utilization } = performance.eventLoopUtilization(before);
  // Its own thread is at it all the time; here, copying the report is all there is to do.
  assert.ok(utilization < 0.5, `the event loop was busy for ${Math.round(utilization * 100)} % of the time`);
  await ledger.close();
});

test('ledgerOver gives room back after so many changes, and does not mind when it cannot', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-ledger-room-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await placeTemplate(join(folder, 'ledger'));
  const database = await openEmbedded(join(folder, 'ledger'));
  let times = 0;
  const maintain = async (): Promise<void> => {
    await database.maintain?.();
    times++;
    if (times > 1) throw new Error('no room');
  };
  const ledger = await ledgerOver({ ...database, maintain }, 2);
  for (let minute = 0; minute < 5; minute++) await ledger.record(reportOf(minute, minute + 1, [sightingAt(minute)]));
  assert.equal(times, 2);
  await ledger.close();
});

test('ledgerErrorOf has a word and a sentence for what drivers say', () => {
  const coded = (code: string): Error => Object.assign(new Error('secret detail\nmore'), { code });
  const words = ['53100', '53300', '57014', '40P01', '57P01', '08006', '28P01', 'ECONNREFUSED', 'ENOSPC', '42601'];
  const kinds = words.map((code) => ledgerErrorOf('do it', coded(code)).kind);
  const expected = 'disk_full timeout timeout timeout unreachable unreachable refused unreachable disk_full refused';
  assert.equal(kinds.join(' '), expected);
  assert.equal(ledgerErrorOf('do it', coded('53100')).message, 'Cannot do it: disk is full');
  assert.equal(ledgerErrorOf('do it', coded('42601')).message, 'Cannot do it: secret detail');
  assert.equal(ledgerErrorOf('do it', new Error('Connection terminated unexpectedly')).kind, 'unreachable');
  assert.equal(ledgerErrorOf('do it', 'odd').message, 'Cannot do it: odd');
});
