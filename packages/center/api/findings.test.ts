import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type {
  DetectorsShape,
  FindingDetailShape,
  FindingsShape,
  SourceClassesShape,
  VictimDetailShape,
  VictimsShape,
} from '@noroshi/wire/api/finding.ts';
import type { Problem } from '@noroshi/wire/api/problem.ts';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { LedgerError } from '../ledger/error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { MINUTE_MS, openTestLedger, reportOf, RULES, sightingAt, START_MS } from '../ledger/testing.ts';
import { Calendar } from '../query/period.ts';
import { StoreError } from '../store/store.ts';
import { buildApp } from './app.ts';
import { findingsFrom, type FindingSources, VICTIM_FINDINGS_MAX } from './findings/findings.ts';
import { both, query, SCAN, VICTIM } from './findings/testing.ts';
import { fakeDeps } from './testing.ts';

const DAY_MS = 86_400_000;

let ledger: Ledger;
let version = 0;

function sources(more: Partial<FindingSources> = {}): FindingSources {
  const calendar = new Calendar();
  const held = { from_ms: START_MS - DAY_MS, to_ms: START_MS + 2 * DAY_MS };
  return {
    ledger,
    store: { query, offset_minutes: 0 },
    query: {
      period: async ({ period }) => {
        const parsed = calendar.parse(period, held);
        assert.ok(parsed.ok);
        return parsed.period;
      },
    },
    detectors: [VICTIM, SCAN],
    all: [VICTIM, SCAN],
    classes: [
      { name: 'bot', sentence: both('Bot.') },
      { name: 'unknown', sentence: both('Unknown.') },
    ],
    tools: [
      { name: 'mirai', sentence: both('Mirai.') },
      { name: 'zmap', sentence: both('ZMap.') },
    ],
    watermark_ms: () => START_MS + 30 * MINUTE_MS,
    counts: (_, id) => (id === VICTIM.id ? { applied: 30, not_applied: 2, failed: 0 } : undefined),
    version: () => version,
    operator: 'Example Operator',
    ...more,
  };
}

async function appOf(context: TestContext, more: Partial<FindingSources> = {}): Promise<FastifyInstance> {
  const app = await buildApp(fakeDeps({ findings: findingsFrom(sources(more)) }));
  context.after(() => app.close());
  return app;
}

async function get<T>(app: FastifyInstance, url: string): Promise<T> {
  const answer = await app.inject(url);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<T>();
}

const rated = (packets: number, pps: number) => {
  return { packets, attack_pps: pps, attack_pps_low: pps / 2, attack_pps_high: pps * 2 };
};

before(async () => {
  ledger = await openTestLedger();
  const merges = { packets: 'sum', attack_pps: 'max', attack_pps_low: 'max', attack_pps_high: 'max' } as const;
  const rules = { ...RULES, merges };
  const other = { subject: { kind: 'address', value: '2001:db8::5' }, aspect: 'tcp/443' } as const;
  await ledger.record(
    reportOf(
      0,
      30,
      [
        // One attack that is over, one on the same address that goes on, one on a second service at the same time.
        sightingAt(0, { figures: rated(10, 100), confidence: 0.95 }),
        sightingAt(1, { figures: rated(20, 300), confidence: 0.95 }),
        sightingAt(28, { figures: rated(5, 50) }),
        sightingAt(29, { figures: rated(5, 60) }),
        sightingAt(29, { figures: rated(1, 40), aspect: 'udp/53' }),
        sightingAt(3, { ...other, figures: { packets: 7 } }),
        sightingAt(4, { subject: { kind: 'prefix', value: '203.0.113.0/24' }, figures: rated(9, 9) }),
      ],
      { rules },
    ),
  );
});
after(() => ledger.close());

test('/v1/findings: newest first, in words; by detector, state, subject, time; page after page', async (context) => {
  const app = await appOf(context);
  const all = await get<FindingsShape>(app, '/v1/findings?feed=replay');
  assert.equal(all.findings.length, 5);
  assert.equal(all.watermark, new Date(START_MS + 30 * MINUTE_MS).toISOString());
  const confirmed = await get<FindingsShape>(app, '/v1/findings?feed=replay&state=confirmed,refuted&detector=dos');
  const [finding] = confirmed.findings;
  assert.equal(confirmed.findings.length, 1);
  assert.deepEqual(
    [finding?.subject.value, finding?.country, finding?.asn, finding?.as_name],
    ['198.51.100.7', 'JP', 64_500, '<b>Ember</b>'],
  );
  assert.deepEqual(finding?.reasons[0]?.sentence, both('It answers.'));
  assert.deepEqual(
    finding?.figures.slice(0, 2).map(({ name, value, unit }) => [name, value, unit]),
    [
      ['packets', 30, 'packets'],
      ['attack_pps', 300, 'packets/s'],
    ],
  );
  const about = async (what: string) => (await get<FindingsShape>(app, `/v1/findings?feed=replay&${what}`)).findings;
  // The same address, otherwise written.
  assert.equal((await about('subject=2001:DB8:0::5')).length, 1);
  assert.equal((await about('subject=203.0.113.0/24')).length, 1);
  assert.equal((await about('detector=scan')).length, 0);
  assert.equal((await about('open=true')).length, 2);
  assert.equal((await about(`to=${new Date(START_MS + MINUTE_MS).toISOString()}`)).length, 1);
  const first = await get<FindingsShape>(app, '/v1/findings?feed=replay&limit=3');
  const rest = await get<FindingsShape>(app, `/v1/findings?feed=replay&limit=3&cursor=${first.cursor}`);
  assert.deepEqual(
    [...first.findings, ...rest.findings].map(({ id }) => id),
    all.findings.map(({ id }) => id),
  );
  assert.equal(rest.cursor, null);
});

test('/v1/findings: as CSV and as STIX', async (context) => {
  const app = await appOf(context);
  const csv = await app.inject('/v1/findings?feed=replay&format=csv');
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(csv.body, /^feed,id,detector,.*\r\nreplay,/);
  const stix = await app.inject('/v1/findings?feed=replay&format=stix&state=confirmed');
  assert.match(String(stix.headers['content-type']), /^application\/stix\+json; ?version="2\.1"/);
  const { objects } = stix.json<{ objects: { type: string; name?: string }[] }>();
  assert.equal(objects.filter(({ type }) => type === 'report').length, 1);
  assert.equal(objects.find(({ type }) => type === 'identity')?.name, 'Example Operator');
  assert.equal((await app.inject('/v1/findings?feed=replay&format=stix&state=confirmed')).body, stix.body);
});

test('/v1/findings/{id}: explained; what decides is seen at once; an unknown one is 404', async (context) => {
  const app = await appOf(context);
  const { findings } = await get<FindingsShape>(app, '/v1/findings?feed=replay&subject=203.0.113.0/24');
  const id = findings[0]?.id ?? '';
  const detail = await get<FindingDetailShape>(app, `/v1/findings/${id}`);
  assert.deepEqual(detail.evidence, { sql: 'SELECT 1 WHERE src = {src:IPv6}', params: { src: '203.0.113.0/24' } });
  assert.deepEqual(detail.confidence_means, VICTIM.confidence);
  assert.equal(detail.sightings.length, 1);
  assert.equal(detail.history[0]?.state, 'candidate');
  await ledger.decide(id, { state: 'refuted', actor: 'aki', note: 'ours', at_ms: START_MS });
  const decided = await get<FindingDetailShape>(app, `/v1/findings/${id}`);
  assert.deepEqual([decided.state, decided.history.at(-1)?.actor], ['refuted', 'aki']);
  const none = await app.inject('/v1/findings/00000000-0000-5000-8000-000000000000');
  assert.deepEqual([none.statusCode, none.json<Problem>().type], [404, 'urn:noroshi:problem:not_found']);
});

test('/v1/victims: gathered by address, under attack first; now, in a period, between two ends', async (context) => {
  const app = await appOf(context);
  const now = await get<VictimsShape>(app, '/v1/victims?feed=replay&open=true');
  assert.deepEqual(
    now.victims.map(({ address, attacks, packets, attack_pps }) => [address, attacks, packets, attack_pps]),
    [['198.51.100.7', 2, 11, 60]],
  );
  const day = await get<VictimsShape>(app, '/v1/victims?feed=replay&period=2026-11-21');
  assert.deepEqual([day.total, day.is_complete], [2, true]);
  const [hardest, other] = day.victims;
  assert.deepEqual(hardest, {
    address: '198.51.100.7',
    country: 'JP',
    asn: 64_500,
    as_name: '<b>Ember</b>',
    attacks: 3,
    first: new Date(START_MS + 1000).toISOString(),
    last: new Date(START_MS + 29 * MINUTE_MS + 59_000).toISOString(),
    is_open: true,
    packets: 41,
    attack_pps: 300,
    attack_pps_low: 150,
    attack_pps_high: 600,
    services: ['tcp/80', 'udp/53'],
    confidence: hardest?.confidence,
  });
  assert.deepEqual([other?.address, other?.attack_pps, other?.country], ['2001:db8::5', null, 'unknown']);
  const few = await get<VictimsShape>(app, '/v1/victims?feed=replay&period=2026-11-21&limit=1');
  assert.deepEqual([few.total, few.victims.length], [2, 1]);
  assert.equal((await get<VictimsShape>(app, '/v1/victims?feed=replay&period=2026-11-22')).total, 0);
  const early = await get<VictimsShape>(app, '/v1/victims?feed=replay&to=2026-11-21T08:02Z');
  assert.deepEqual([early.total, early.victims[0]?.packets], [1, 30]);
  assert.equal((await get<VictimsShape>(app, '/v1/victims?feed=network&open=true')).total, 0);
  assert.match(
    (await app.inject('/v1/victims?feed=replay&open=true&format=csv')).body,
    /\r\nreplay,198\.51\.100\.7,JP,/,
  );
});

test('/v1/victims: beyond so many findings the newest count, and the answer says so', async (context) => {
  const { findings } = await ledger.findings({ feed: 'replay', limit: 1000 });
  const page = Array.from({ length: 1000 }, () => findings)
    .flat()
    .slice(0, 1000);
  const endless = { ...ledger, findings: async () => ({ findings: page, cursor: 'more' }) };
  const app = await appOf(context, { ledger: endless });
  const victims = await get<VictimsShape>(app, '/v1/victims?feed=replay&open=true');
  assert.equal(victims.is_complete, false);
  assert.ok(victims.victims.reduce((sum, { attacks }) => sum + attacks, 0) <= VICTIM_FINDINGS_MAX);
});

test('/v1/victims: what makes no sense is said', async (context) => {
  const app = await appOf(context);
  for (const wrong of ['period=2026-11&from=2026-11-21', 'detector=scan/horizontal', 'detector=dos/nobody']) {
    const answer = await app.inject(`/v1/victims?feed=replay&${wrong}`);
    assert.deepEqual([answer.statusCode, answer.json<Problem>().type], [400, 'urn:noroshi:problem:bad_parameter']);
  }
});

test('/v1/victims/{address}: its attacks and its timeline, in which services add up', async (context) => {
  const app = await appOf(context);
  const victim = await get<VictimDetailShape>(app, '/v1/victims/198.51.100.7?feed=replay');
  assert.deepEqual([victim.attacks, victim.findings.length, victim.step_minutes], [3, 3, 1]);
  assert.deepEqual(
    victim.timeline.map(({ at, packets, attack_pps, attack_pps_high }) => [
      (Date.parse(at) - START_MS) / MINUTE_MS,
      packets,
      attack_pps,
      attack_pps_high,
    ]),
    [
      [0, 10, 100, 200],
      [1, 20, 300, 600],
      [28, 5, 50, 100],
      [29, 6, 100, 200],
    ],
  );
  const early = await get<VictimDetailShape>(app, '/v1/victims/198.51.100.7?feed=replay&to=2026-11-21T08:01Z');
  assert.equal(early.timeline.length, 1);
  const mapped = await get<VictimDetailShape>(app, '/v1/victims/::ffff:198.51.100.7?feed=replay');
  assert.equal(mapped.address, '198.51.100.7');
  const none = await app.inject('/v1/victims/192.0.2.1?feed=replay');
  assert.deepEqual([none.statusCode, none.json<Problem>().type], [404, 'urn:noroshi:problem:no_data']);
});

test('/v1/sources: classes with the unknown ones, course and tools', async (context) => {
  const app = await appOf(context);
  const classes = await get<SourceClassesShape>(app, '/v1/sources?feed=replay&period=2026-11-21');
  assert.deepEqual(
    classes.classes.map(({ name, sources_per_hour, packets, share_of_packets, share_of_sources }) => [
      name,
      sources_per_hour,
      packets,
      share_of_packets,
      share_of_sources,
    ]),
    [
      ['bot', 15, 60, 0.6, 0.6],
      ['unknown', 10, 40, 0.4, 0.4],
    ],
  );
  assert.deepEqual(
    classes.course.map(({ sources: hourly }) => hourly),
    [
      [30, 10],
      [0, 10],
    ],
  );
  assert.deepEqual(
    classes.tools.map(({ name, sources_per_hour }) => [name, sources_per_hour]),
    [['mirai', 14]],
  );
  const csv = await app.inject('/v1/sources?feed=replay&period=2026-11-21&format=csv');
  assert.match(csv.body, /\r\nreplay,2026-11-21T08:00:00\.000Z,1,class,bot,30,60\r\n/);
});

test('/v1/detectors: what runs, what its numbers mean, how often it ran', async (context) => {
  const app = await appOf(context);
  const { detectors } = await get<DetectorsShape>(app, '/v1/detectors?feed=replay');
  assert.deepEqual(
    detectors.map(({ id, confirmed_at, counts }) => [id, confirmed_at, counts]),
    [
      ['dos/victim', 0.9, { applied: 30, not_applied: 2, failed: 0 }],
      ['scan/horizontal', null, null],
    ],
  );
  assert.match((await app.inject('/v1/detectors?feed=replay&format=csv')).body, /\r\nreplay,dos\/victim,1,dos,/);
});

test('findings: an answer is kept for one version; its tag stays as long as it does', async (context) => {
  let asked = 0;
  const counting = {
    ...ledger,
    findings: (question: Parameters<Ledger['findings']>[0]) => {
      asked++;
      return ledger.findings(question);
    },
  };
  const app = await appOf(context, { ledger: counting });
  const url = '/v1/findings?feed=replay&limit=1';
  const { etag } = (await app.inject(url)).headers;
  const again = await app.inject({ url, headers: { 'if-none-match': String(etag) } });
  assert.deepEqual([asked, again.statusCode], [1, 304]);
  version++;
  await app.inject(url);
  assert.equal(asked, 2);
});

test('findings: a ledger that is away is 503 in words, and figures go on; no detectors neither', async (context) => {
  const away = async (): Promise<never> => {
    throw new LedgerError('unreachable', 'Cannot reach the ledger at 10.1.2.3: secret');
  };
  const routes = ['findings?feed=replay', 'victims?feed=replay&open=true', 'victims/1.2.3.4?feed=replay'];
  const app = await appOf(context, { ledger: { ...ledger, findings: away } });
  const without = await buildApp(fakeDeps());
  context.after(() => without.close());
  for (const one of [app, without]) {
    for (const route of routes) {
      const answer = await one.inject(`/v1/${route}`);
      assert.deepEqual([answer.statusCode, answer.json<Problem>().type], [503, 'urn:noroshi:problem:unavailable']);
      assert.doesNotMatch(answer.body, /secret|10\.1/);
      assert.ok(Number(answer.headers['retry-after']) > 0);
    }
    assert.equal((await one.inject('/v1/summary?feed=network')).statusCode, 200);
  }
  const store = {
    offset_minutes: 0,
    query: async (): Promise<never> => {
      throw new StoreError('unreachable', 'secret');
    },
  };
  const blind = await appOf(context, { store });
  assert.equal((await blind.inject('/v1/sources?feed=replay&period=2026-11-21')).statusCode, 503);
});

test('findings: whatever is asked, the answer is one or a problem, never a fault', async (context) => {
  const app = await appOf(context);
  const paths = ['findings', 'findings/', 'victims', 'victims/', 'sources', 'detectors'];
  const names = ['feed', 'from', 'to', 'detector', 'state', 'subject', 'open', 'limit', 'cursor', 'format', 'period'];
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('replay', 'true', '1', "'; DROP TABLE flows --", '2026-11-21', '*', '::'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      value,
      fc.dictionary(fc.constantFrom(...names), value),
      async (path, tail, parameters) => {
        const search = new URLSearchParams({ feed: 'replay', ...parameters }).toString();
        const end = path.endsWith('/') ? encodeURIComponent(tail) : '';
        const answer = await app.inject(`/v1/${path}${end}?${search}`);
        assert.notEqual(answer.statusCode, 500, answer.body);
        if (answer.statusCode >= 400) assert.match(answer.json<Problem>().detail, /^Cannot [^:]+: .+/);
      },
    ),
    { numRuns: 300 },
  );
});
