/** One suite for both engines: what the ledger promises, and that it comes to the same as episodes.ts does at once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needs } from '@noroshi/kit/testing.ts';
import type { FindingState } from '@noroshi/wire/api/finding.ts';
import fc from 'fast-check';
import { findingId } from './episodes.ts';
import { LedgerError } from './error.ts';
import type { Finding, Ledger, Report, Rules } from './ledger.ts';
import { openLedger } from './open.ts';
import type { Sighting } from './sighting.ts';
import { followPlans, reportPlan } from './testing/plans.ts';
import { MINUTE_MS, openTestLedger, Postgres, postgres, RULES, reportOf, START_MS, sightingAt } from './testing.ts';

const DAY_MS = 86_400_000;

for (const engine of ['PGlite', 'PostgreSQL'] as const) {
  describe(engine, engine === 'PostgreSQL' ? needs(postgres()) : {}, () => suite(engine));
}

function suite(engine: 'PGlite' | 'PostgreSQL'): void {
  let server: Postgres | undefined;
  let ledger: Ledger;
  let count = 0;
  /** A detector of its own for each test: one database serves them all. */
  let rules: Rules = RULES;

  before(async () => {
    if (engine === 'PGlite') ledger = await openTestLedger();
    else {
      server = await new Postgres().make();
      ledger = await openLedger({ url: await server.database() });
    }
  });
  after(async () => {
    await ledger?.close();
    await server?.remove();
  });

  const fresh = (): void => {
    rules = { ...RULES, detector: `dos/${engine.toLowerCase()}-${++count}` };
  };
  const tell = (from: number, to: number, sightings: readonly Sighting[], more: Partial<Report> = {}) =>
    ledger.record(reportOf(from, to, sightings, { rules, ...more }));
  const all = async (): Promise<readonly Finding[]> =>
    (await ledger.findings({ feed: 'replay', detectors: [rules.detector], limit: 1000 })).findings;
  const refuses = (promise: Promise<unknown>, kind: LedgerError['kind'], sentence: RegExp): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof LedgerError);
      assert.equal(error.kind, kind);
      assert.match(error.message, sentence);
      return true;
    });

  test('record makes one finding of sightings no further apart than the gap', async () => {
    fresh();
    await tell(0, 1, [sightingAt(0)]);
    await tell(6, 7, [sightingAt(6, { confidence: 0.95, reasons: [{ code: 'ports' }] })]);
    const ids = await tell(13, 14, [sightingAt(13)]);
    const [second, first, ...more] = await all();
    assert.equal(more.length, 0);
    assert.deepEqual(ids, [second.id, first.id]);
    assert.deepEqual(first, {
      id: findingId({ ...first, from_ms: START_MS }),
      feed: 'replay',
      detector: rules.detector,
      detector_version: 1,
      subject: { kind: 'address', value: '198.51.100.7' },
      aspect: 'tcp/80',
      from_ms: START_MS,
      to_ms: START_MS + 7 * MINUTE_MS,
      first_ms: START_MS + 1000,
      last_ms: START_MS + 6 * MINUTE_MS + 59_000,
      is_open: false,
      state: 'confirmed',
      confidence: 0.95,
      reasons: [{ code: 'answers', values: { minute: 0 } }, { code: 'ports' }],
      figures: { packets: 20, attack_pps: 6 },
      revision: 2,
    });
    assert.equal(second.is_open, true);
    assert.deepEqual(await ledger.finding(first.id), first);
    const history = await ledger.history(first.id);
    assert.deepEqual(
      history.map(({ actor, state, note }) => [actor, state, note]),
      [
        ['engine', 'candidate', 'found'],
        ['engine', 'confirmed', ''],
      ],
    );
    const sightings = await ledger.sightings(first.id);
    assert.deepEqual(sightings, [sightingAt(0), sightingAt(6, { confidence: 0.95, reasons: [{ code: 'ports' }] })]);
  });

  test('record of the same again changes nothing', async () => {
    fresh();
    const sightings = [sightingAt(0), sightingAt(1), sightingAt(1, { aspect: 'tcp/443' })];
    assert.equal((await tell(0, 2, sightings)).length, 2);
    const known = await all();
    assert.deepEqual(await tell(0, 2, sightings), []);
    assert.deepEqual(await tell(0, 1, sightings.slice(0, 1)), []);
    assert.deepEqual(await tell(1, 2, sightings.slice(1).toReversed(), { watermark_ms: START_MS }), []);
    assert.deepEqual(await all(), known);
  });

  test('record revises a finding whose bin comes again, and tells its history', async () => {
    fresh();
    await tell(0, 3, [sightingAt(0), sightingAt(1), sightingAt(2)]);
    const [{ id }] = await all();
    assert.deepEqual(await tell(1, 2, [sightingAt(1, { figures: { packets: 1000 } })]), [id]);
    const [finding, ...more] = await all();
    assert.equal(more.length, 0);
    assert.deepEqual([finding.id, finding.figures.packets, finding.revision], [id, 1020, 1]);
    assert.deepEqual(
      (await ledger.history(id)).map(({ note }) => note),
      ['found', 'bins came again'],
    );
  });

  test('record closes findings that no report touches', async () => {
    fresh();
    const [id] = await tell(0, 1, [sightingAt(0)]);
    assert.deepEqual(await tell(1, 6, []), []);
    assert.equal((await ledger.finding(id))?.is_open, true);
    assert.deepEqual(await tell(6, 7, []), [id]);
    assert.equal((await ledger.finding(id))?.is_open, false);
    assert.deepEqual(await tell(6, 7, []), []);
  });

  test('record lets the older of two findings stay when they grow together', async () => {
    fresh();
    const [young] = await tell(20, 21, [sightingAt(20)]);
    const [old] = await tell(10, 11, [sightingAt(10)]);
    assert.deepEqual(new Set(await tell(15, 16, [sightingAt(15)])), new Set([old, young]));
    const [gone, stays] = await all();
    assert.deepEqual([stays.id, stays.state, stays.figures.packets], [old, 'candidate', 30]);
    assert.deepEqual([gone.id, gone.state, gone.is_open], [young, 'superseded', false]);
    assert.equal((await ledger.history(young)).at(-1)?.note, `superseded by ${old}`);
    assert.match((await ledger.history(old)).at(-1)?.note ?? '', new RegExp(`took ${young} over`));
    assert.deepEqual(await ledger.sightings(young), []);
    assert.equal((await ledger.sightings(old)).length, 3);
  });

  test('record lets the first part of a finding that falls apart keep its name', async () => {
    fresh();
    const [id] = await tell(0, 11, [sightingAt(0), sightingAt(5), sightingAt(10)]);
    const ids = await tell(5, 6, []);
    const [second, first] = await all();
    assert.deepEqual([first.id, first.to_ms], [id, START_MS + MINUTE_MS]);
    assert.deepEqual([second.from_ms, second.revision], [START_MS + 10 * MINUTE_MS, 0]);
    assert.deepEqual(new Set(ids), new Set([first.id, second.id]));
  });

  test('record gives another name to what begins where a finding began that has grown backwards', async () => {
    fresh();
    const [id] = await tell(10, 11, [sightingAt(10)]);
    await tell(5, 6, [sightingAt(5)]);
    assert.deepEqual(await tell(0, 1, [sightingAt(0)]), [id]);
    await tell(5, 6, []);
    const [second, first] = await all();
    assert.deepEqual([first.id, first.from_ms, second.from_ms], [id, START_MS, START_MS + 10 * MINUTE_MS]);
    assert.deepEqual([findingId(second), findingId(second, 1)], [id, second.id]);
    assert.deepEqual(await tell(10, 11, []), [second.id]);
    assert.deepEqual(await tell(10, 11, [sightingAt(10)]), [second.id]);
  });

  test('record refutes what has lost all its sightings, and finds it again', async () => {
    fresh();
    const [id] = await tell(0, 1, [sightingAt(0)]);
    assert.deepEqual(await tell(0, 1, []), [id]);
    assert.deepEqual(await ledger.finding(id).then((one) => [one?.state, one?.is_open]), ['refuted', false]);
    assert.deepEqual(await tell(0, 1, []), []);
    assert.deepEqual(await tell(0, 1, [sightingAt(0)]), [id]);
    const notes = (await ledger.history(id)).map(({ state, note }) => `${state}: ${note}`);
    assert.deepEqual(notes, ['candidate: found', 'refuted: all its sightings are gone', 'candidate: found again']);
  });

  test('decide stands above the engine', async () => {
    fresh();
    const [id] = await tell(0, 1, [sightingAt(0)]);
    const decision = { actor: 'hanako', note: '<b>no</b>', at_ms: START_MS };
    assert.equal((await ledger.decide(id, { ...decision, state: 'refuted' })).state, 'refuted');
    await tell(1, 2, [sightingAt(1, { confidence: 1 })]);
    const finding = await ledger.finding(id);
    assert.deepEqual([finding?.state, finding?.confidence, finding?.figures.packets], ['refuted', 1, 20]);
    assert.deepEqual((await ledger.history(id)).at(-1), {
      at_ms: START_MS,
      actor: 'hanako',
      state: 'refuted',
      confidence: 0.5,
      note: '<b>no</b>',
    });
    assert.equal(
      await ledger
        .expire('replay', START_MS + 99 * DAY_MS, 0)
        .then(() => ledger.finding(id))
        .then((one) => one?.state),
      'refuted',
    );
    await refuses(ledger.decide(id, { ...decision, state: 'superseded' }), 'refused', /^Cannot decide on a finding: /);
    await refuses(
      ledger.decide(id, { ...decision, actor: 'engine', state: 'confirmed' }),
      'refused',
      /a person decides/,
    );
    await refuses(ledger.decide(id, { ...decision, note: '\0', state: 'confirmed' }), 'refused', /the note/);
    const none = '00000000-0000-5000-8000-000000000000';
    await refuses(ledger.decide(none, { ...decision, state: 'confirmed' }), 'absent', /there is none/);
    await refuses(ledger.decide("'; --", { ...decision, state: 'confirmed' }), 'absent', /there is none/);
  });

  test('decide: what a person confirmed stays confirmed within an older finding', async () => {
    fresh();
    const [young] = await tell(10, 11, [sightingAt(10)]);
    await ledger.decide(young, { state: 'confirmed', actor: 'hanako', note: '', at_ms: 0 });
    const [old] = await tell(0, 1, [sightingAt(0)]);
    await tell(5, 6, [sightingAt(5)]);
    assert.deepEqual(await states(ledger, [old, young]), ['confirmed', 'superseded']);
    await refuses(
      ledger.decide(young, { state: 'confirmed', actor: 'a', note: '', at_ms: 0 }),
      'refused',
      /part of another/,
    );
  });

  test('expire ends what has not been seen for so long, once', async () => {
    fresh();
    const [id] = await tell(0, 1, [sightingAt(0)], { feed: 'simulation' });
    const until_ms = START_MS + MINUTE_MS + rules.valid_days * DAY_MS;
    assert.equal(await ledger.expire('simulation', until_ms - 1, 0), 0);
    assert.equal(await ledger.expire('network', until_ms, 0), 0);
    assert.equal(await ledger.expire('simulation', until_ms, 0), 1);
    assert.equal(await ledger.expire('simulation', until_ms, 0), 0);
    assert.deepEqual(await states(ledger, [id]), ['expired']);
    await tell(0, 1, [sightingAt(0), sightingAt(0, { aspect: 'udp/53' })], {
      feed: 'simulation',
      watermark_ms: until_ms,
    });
    assert.deepEqual(await states(ledger, [id]), ['expired']);
    await tell(1, 2, [sightingAt(1)], { feed: 'simulation' });
    assert.deepEqual(await states(ledger, [id]), ['candidate']);
  });

  test('findings are found by time, detector, theme, state, subject and openness, newest first, page by page', async () => {
    fresh();
    const subject = { kind: 'port', value: '23/tcp' } as const;
    const seen = [0, 10, 20, 30].map((minute) => sightingAt(minute));
    await tell(0, 31, [...seen, sightingAt(20, { subject, confidence: 1 })]);
    const ask = async (more: object): Promise<string[]> => {
      const base = { feed: 'replay', detectors: [rules.detector], limit: 1000 } as const;
      const { findings } = await ledger.findings({ ...base, ...more });
      return findings.map((one) => `${(one.from_ms - START_MS) / MINUTE_MS} ${one.subject.kind}`);
    };
    const from_ms = START_MS + 11 * MINUTE_MS;
    const both = ['20 address', '20 port'];
    assert.deepEqual((await ask({ from_ms, to_ms: from_ms + 10 * MINUTE_MS })).toSorted(), both);
    assert.deepEqual(await ask({ from_ms: from_ms - 1, to_ms: from_ms }), ['10 address']);
    assert.deepEqual(await ask({ subject }), ['20 port']);
    assert.deepEqual(await ask({ states: ['confirmed', 'expired'] }), ['20 port']);
    assert.deepEqual(await ask({ states: [] }), []);
    assert.deepEqual(await ask({ is_open: true }), ['30 address']);
    assert.deepEqual(await ask({ feed: 'network' }), []);
    assert.deepEqual(await ask({ detectors: ["dos' OR true --"] }), []);
    assert.ok((await ask({ detectors: ['dos'] })).length >= 5);
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const asked = { feed: 'replay', detectors: [rules.detector], limit: 2, ...(cursor && { cursor }) } as const;
      const page = await ledger.findings(asked);
      pages.push(...page.findings.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    assert.deepEqual(
      pages,
      (await all()).map(({ id }) => id),
    );
    await refuses(ledger.findings({ feed: 'replay', limit: 1001 }), 'refused', /the limit is not between 1 and 1000$/);
    await refuses(
      ledger.findings({ feed: 'replay', limit: 1, cursor: "0_' --" }),
      'refused',
      /the cursor is none of ours$/,
    );
  });

  test('finding, history and sightings of what is not there are nothing', async () => {
    for (const id of ['00000000-0000-5000-8000-000000000000', '', "' OR true --", '\0']) {
      assert.equal(await ledger.finding(id), undefined);
      assert.deepEqual(await ledger.history(id), []);
      assert.deepEqual(await ledger.sightings(id), []);
    }
  });

  test('memory gives back what was remembered last', async () => {
    fresh();
    assert.equal(await ledger.memory(rules.detector), undefined);
    await ledger.remember(rules.detector, 'one');
    await ledger.remember(rules.detector, '{"ひ": "二"}');
    assert.equal(await ledger.memory(rules.detector), '{"ひ": "二"}');
    await refuses(ledger.remember('a\0', ''), 'refused', /the key/);
  });

  test('record refuses what is no report, and takes any text', async () => {
    fresh();
    const minute_ms = START_MS + MINUTE_MS;
    const wrong: readonly (readonly [Partial<Sighting>, RegExp])[] = [
      [{ bin_ms: START_MS - MINUTE_MS }, /of no bin/],
      [{ bin_ms: START_MS + 1 }, /of no bin/],
      [{ confidence: Number.NaN }, /confidence/],
      [{ figures: { packets: Number.POSITIVE_INFINITY } }, /figure is no number/],
      [{ subject: { kind: 'address', value: '\ud800' } }, /subject is no text/],
      [{ aspect: 'x'.repeat(257) }, /aspect/],
      [{ reasons: [{ code: 'a', values: { b: 'x'.repeat(2001) } }] }, /reason is too long/],
      [{ reasons: Array.from({ length: 65 }, () => ({ code: 'a' })) }, /too many/],
      [{ last_ms: 0.5 }, /time is no whole number/],
    ];
    for (const [more, sentence] of wrong) await refuses(tell(0, 1, [sightingAt(0, more)]), 'refused', sentence);
    await refuses(tell(0, 1, new Array<Sighting>(100_001).fill(sightingAt(0))), 'refused', /100001 sightings are more/);
    assert.deepEqual(await all(), []);
    const subject = { kind: 'network', value: "'); DROP TABLE finding; --" } as const;
    const reasons = [{ code: '\0\ud800"', values: { "a'": '\0\ud800\u2028<script>', 漢: 0.1 } }];
    const [id] = await tell(0, 1, [sightingAt(0, { subject, aspect: '狼煙 ', reasons })], { watermark_ms: minute_ms });
    const finding = await ledger.finding(id);
    assert.deepEqual([finding?.subject, finding?.aspect, finding?.reasons], [subject, '狼煙 ', reasons]);
    assert.deepEqual((await ledger.sightings(id))[0].reasons, reasons);
  });

  test('record: reports that are told at the same time come to the same', async () => {
    fresh();
    const other = { ...rules, detector: `${rules.detector}-too` };
    const minutes = Array.from({ length: 12 }, (_, minute) => minute);
    await Promise.all(
      minutes.flatMap((minute) => {
        const seen = [sightingAt(minute), sightingAt(minute, { subject: { kind: 'address', value: '2001:db8::7' } })];
        const told = minute % 2 === 0 ? seen : seen.toReversed();
        return [tell(minute, minute + 1, told), tell(minute, minute + 1, told, { rules: other })];
      }),
    );
    for (const { detector } of [rules, other]) {
      const { findings } = await ledger.findings({ feed: 'replay', detectors: [detector], limit: 1000 });
      const live = findings.filter(({ state }) => state === 'candidate');
      assert.deepEqual(
        live.map(({ figures }) => figures.packets),
        [120, 120],
      );
    }
  });

  test('record adds up again what a later version of the detector tells', async () => {
    fresh();
    await tell(0, 3, [sightingAt(0), sightingAt(1), sightingAt(2)]);
    const [{ id }] = await all();
    const later: Rules = { ...rules, version: 2, confirmed_at: 0.4, merges: { packets: 'max' } };
    assert.deepEqual(await tell(2, 3, [sightingAt(2)], { rules: later }), [id]);
    const [{ detector_version, figures, state }] = await all();
    assert.deepEqual([detector_version, figures, state], [2, { packets: 10 }, 'confirmed']);
  });

  test('record takes more sightings than one statement does', async () => {
    fresh();
    const many = Array.from({ length: 2500 }, (_, place) => {
      const value = `10.0.${place >> 8}.${place & 255}`;
      return sightingAt(place % 10, { subject: { kind: 'address', value }, aspect: '' });
    });
    assert.equal((await tell(0, 10, many)).length, 2500);
    assert.deepEqual(await tell(0, 10, many), []);
    assert.equal((await tell(5, 10, [])).length, 1250);
  });

  test('record comes to what episodesOf makes of the same sightings at once, however they are told', async () => {
    const runs = { numRuns: engine === 'PGlite' ? 15 : 30 };
    const property = fc.asyncProperty(fc.array(reportPlan, { minLength: 1, maxLength: 12 }), async (plans) => {
      fresh();
      await followPlans(ledger, rules, plans);
    });
    await fc.assert(property, runs);
  });
}

function states(ledger: Ledger, ids: readonly string[]): Promise<(FindingState | undefined)[]> {
  return Promise.all(ids.map(async (id) => (await ledger.finding(id))?.state));
}
