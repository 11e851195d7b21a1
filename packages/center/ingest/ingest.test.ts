/** The path of an upload over real HTTP: what is taken, what is refused, and what is left of it afterwards. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { until } from '@noroshi/kit/testing.ts';
import { type Problem, PROBLEM_TYPE } from '@noroshi/wire/api/problem.ts';
import { StoreError } from '../store/error.ts';
import { makeSegment } from './testing.ts';
import {
  type CenterOptions,
  headersOf,
  type SendOptions,
  type Sent,
  startIngest,
  type TestCenter,
} from './testing-center.ts';

const FILE = makeSegment();

/** Runs a test against an ingest of its own. */
function withCenter(name: string, run: (center: TestCenter) => Promise<void>, options?: CenterOptions): void {
  test(name, async (context) => {
    const center = await startIngest(options);
    context.after(() => center.close());
    await run(center);
  });
}

withCenter('put stores a segment once and says so every time', async (center) => {
  assert.equal((await center.send(FILE, { method: 'HEAD' })).status, 404);
  const first = await center.send(FILE);
  assert.deepEqual([first.status, first.body], [201, { state: 'stored', sensor: 'tokyo-1', sequence: 7, rows: 100 }]);
  const second = await center.send(FILE);
  assert.deepEqual(
    [second.status, second.body],
    [200, { state: 'duplicate', sensor: 'tokyo-1', sequence: 7, rows: 100 }],
  );
  assert.equal((await center.send(FILE, { method: 'HEAD' })).status, 200);
  assert.equal(center.store.inserts.length, 1);
  const [insert] = center.store.inserts;
  assert.deepEqual([insert?.feed, insert?.bytes, insert?.segment.rows], ['network', FILE.length, 100]);
  assert.deepEqual(center.files('inbox'), []);
  assert.match(center.metrics.render(), /noroshi_ingest_segments_total{state="duplicate"} 1\n/);
  assert.match(center.metrics.render(), /noroshi_ingest_stored_rows_total 100\n/);
});

withCenter('put takes a segment whose name only a pattern knows, in the pattern’s feed', async (center) => {
  const file = makeSegment({ sensor: 'replay-mawi', minute_from_ms: Date.UTC(2012, 1, 3) });
  assert.equal((await center.send(file, { sensor: 'replay-mawi' })).status, 201);
  assert.equal(center.store.inserts[0]?.feed, 'replay');
  assert.equal((await center.send(file, { sensor: 'replay-' })).word, 'unknown_sensor');
});

const REFUSED: [word: string, status: number, options: SendOptions & { file?: Buffer }, isKept?: boolean][] = [
  ['unknown_sensor', 403, { sensor: 'kyoto-1' }],
  ['unknown_sensor', 403, { sensor: '%3Cscript%3E' }],
  ['wrong_token', 401, { headers: { authorization: 'Bearer wrong' } }],
  ['wrong_token', 401, { headers: { authorization: undefined } }],
  ['wrong_token', 401, { sensor: 'osaka-1' }],
  ['wrong_path', 400, { sequence: '07' }],
  ['wrong_path', 400, { sequence: '9'.repeat(16) }],
  ['wrong_type', 415, { headers: { 'content-type': 'application/json' } }],
  ['wrong_type', 415, { headers: { 'content-encoding': 'gzip' } }],
  ['wrong_type', 415, { headers: { 'content-type': undefined } }],
  ['length_missing', 411, { headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' } }],
  ['digest_missing', 400, { headers: { 'content-digest': undefined } }],
  ['digest_missing', 400, { headers: { 'content-digest': 'sha-512=:AAAA:' } }],
  ['digest_differs', 422, { headers: { 'content-digest': headersOf(Buffer.from('x'))['content-digest'] } }, true],
  ['not_parquet', 422, { file: Buffer.from('hello') }, true],
  ['cut', 422, { file: FILE.subarray(0, FILE.length - 9) }, true],
  ['wrong_metadata', 422, { file: makeSegment({ sequence: 8 }) }, true],
  ['wrong_metadata', 422, { file: makeSegment({ sensor: 'osaka-1' }) }, true],
  ['from_future', 422, { file: makeSegment({ minute_from_ms: Date.UTC(2027, 0, 1) }) }, true],
];
for (const [word, status, { file = FILE, ...options }, isKept = false] of REFUSED) {
  withCenter(`put refuses with ${status} ${word}: ${JSON.stringify(options)}`, async (center) => {
    const sent = await center.send(file, options);
    const [type] = sent.headers['content-type']?.split(';') ?? [];
    assert.deepEqual([sent.status, sent.word, type], [status, word, PROBLEM_TYPE]);
    assert.match(sent.body && 'detail' in sent.body ? sent.body.detail : '', /^Cannot .+: .+$/);
    assert.doesNotMatch(JSON.stringify(sent.body), /script|osaka|kyoto|hello|09|25\.37/, 'no foreign text');
    assert.deepEqual(center.ingest.refused(), { [word]: 1 });
    assert.equal(center.files('quarantine').length, isKept ? 2 : 0);
    assert.deepEqual([center.store.inserts.length, center.files('inbox')], [0, []]);
    // Unharmed: the next one is taken.
    assert.equal((await center.send(FILE)).status, 201);
  });
}

withCenter('put keeps a refused original as it was, with a note beside it', async (center) => {
  await center.send(FILE.subarray(0, 1000));
  await center.send(FILE.subarray(0, 1000));
  const files = center.files('quarantine');
  assert.equal(files.length, 2, 'once, however often it is sent');
  const [note = '', original = ''] = files;
  assert.match(original, /^00000001-tokyo-1-7-cut-[0-9a-f]{16}\.parquet$/);
  assert.deepEqual(readFileSync(join(center.folder, 'quarantine', original)), FILE.subarray(0, 1000));
  const { digest, ...rest } = JSON.parse(readFileSync(join(center.folder, 'quarantine', note), 'utf8')) as {
    digest: string;
  };
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, {
    word: 'cut',
    detail: 'Cannot take segment tokyo-1/7: it has no end',
    sensor: 'tokyo-1',
    feed: 'network',
    sequence: 7,
    bytes: 1000,
    refused_at: '2026-01-02T03:06:00.000Z',
  });
});

withCenter('put answers 409 to another segment under a stored name, and keeps it', async (center) => {
  await center.send(FILE);
  const other = makeSegment({ seed: 2 });
  const sent = await center.send(other);
  assert.deepEqual([sent.status, sent.word, center.store.inserts.length], [409, 'identity_conflict', 1]);
  assert.equal(center.files('quarantine').length, 2);
  // The store has the last word where two came at once.
  center.store.receipt = async () => undefined;
  assert.deepEqual((await center.send(other)).word, 'identity_conflict');
  assert.deepEqual(center.ingest.refused('network'), { identity_conflict: 2 });
});

withCenter(
  'put refuses what is larger than a segment may be, before and while it arrives',
  async (center) => {
    assert.deepEqual((await center.send(Buffer.alloc(5000))).word, 'too_large');
    const socket = center.connect();
    const headers = { ...headersOf(Buffer.alloc(100)), 'content-length': '999999999' };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    socket.write(`PUT /v1/segments/tokyo-1/7 HTTP/1.1\r\nHost: x\r\n${head.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 413 /);
    socket.destroy();
  },
  { limits: { segment_bytes: 4000 } },
);

/** Sends the head and a part of the body. */
function begin(center: TestCenter, file: Buffer, bytes: number): ReturnType<TestCenter['connect']> {
  const socket = center.connect();
  const head = Object.entries(headersOf(file)).map(([name, value]) => `${name}: ${String(value)}`);
  socket.write(`PUT /v1/segments/tokyo-1/7 HTTP/1.1\r\nHost: x\r\n${head.join('\r\n')}\r\n\r\n`);
  socket.write(file.subarray(0, bytes));
  return socket;
}

/**
 * Goes on sending drop by drop until the center ends the connection; what it said. An end while drops are on their way is a reset
 * for this side, which is no failure.
 */
async function answerToDrops(socket: ReturnType<typeof begin>, drop: Uint8Array | string): Promise<string> {
  const parts: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  socket.on('error', () => {}).on('close', ended.resolve);
  socket.on('data', (part: Buffer) => parts.push(part));
  const drip = setInterval(() => socket.write(drop), 20);
  try {
    await ended.promise;
  } finally {
    clearInterval(drip);
  }
  return Buffer.concat(parts).toString();
}

withCenter('put forgets a body whose connection breaks, and takes it when it is sent again', async (center) => {
  const socket = begin(center, FILE, 5000);
  await until(() => center.files('inbox').length === 1);
  socket.destroy();
  await until(() => center.files('inbox').length === 0);
  assert.deepEqual([center.store.inserts.length, center.files('quarantine'), center.ingest.refused()], [0, [], {}]);
  assert.match(center.metrics.render(), /noroshi_ingest_refused_total{reason="aborted"} 1\n/);
  assert.equal((await center.send(FILE)).status, 201);
});

withCenter(
  'put gives up on a sender that falls silent',
  async (center) => {
    const socket = begin(center, FILE, 5000);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 408 [^]+connection: close[^]+too_slow/i);
    await once(socket, 'close');
    assert.deepEqual(center.files('inbox'), []);
    assert.equal((await center.send(FILE)).status, 201);
  },
  { limits: { idle_ms: 100 } },
);

withCenter(
  'put gives up on a sender that drips',
  async (center) => {
    const socket = begin(center, FILE, 1000);
    assert.match(await answerToDrops(socket, FILE.subarray(1000, 1001)), /^HTTP\/1\.1 408 /);
  },
  { limits: { idle_ms: 200, bytesPerSecond: 1_000_000 } },
);

withCenter('put lets a sender in the middle of a large body see why it is refused', async (center) => {
  const sent = await center.send(Buffer.alloc(30_000_000), { headers: { authorization: 'Bearer wrong' } });
  assert.deepEqual([sent.status, sent.word, sent.headers['www-authenticate']], [401, 'wrong_token', 'Bearer']);
});

withCenter(
  'put does not listen for ever to a body that it has refused',
  async (center) => {
    const socket = begin(center, Buffer.alloc(1_000_000), 1000);
    assert.match(await answerToDrops(socket, 'x'), /^HTTP\/1\.1 413 /);
  },
  { limits: { segment_bytes: 4000, drain_ms: 1000 } },
);

withCenter(
  'put takes a bounded number of uploads at once, of all, of a sensor and of a segment',
  async (center) => {
    const gate = Promise.withResolvers<void>();
    center.store.before = () => gate.promise;
    const replay = (name: string, sequence: number): [Buffer, SendOptions] => {
      return [makeSegment({ sensor: name, sequence }), { sensor: name, sequence }];
    };
    const first = [center.send(...replay('replay-a', 1)), center.send(...replay('replay-a', 2))];
    await until(() => center.files('inbox').length === 2);
    const third = await center.send(...replay('replay-a', 3));
    assert.deepEqual([third.status, third.word, third.headers['retry-after']], [429, 'busy', '2']);
    const again = await center.send(...replay('replay-a', 1));
    assert.deepEqual([again.status, again.word], [429, 'busy']);
    first.push(center.send(...replay('replay-b', 1)));
    await until(() => center.files('inbox').length === 3);
    assert.equal((await center.send(...replay('replay-c', 1))).word, 'busy');
    assert.match(center.metrics.render(), /noroshi_ingest_uploads 3\n/);
    gate.resolve();
    assert.deepEqual(
      (await Promise.all(first)).map(({ status }) => status),
      [201, 201, 201],
    );
    assert.equal((await center.send(...replay('replay-a', 3))).status, 201);
    assert.deepEqual(center.ingest.refused(), {}, 'nothing was refused for good');
  },
  { limits: { uploads: 3, uploadsOfSensor: 2 } },
);

const STORE_FAILURES = [
  ['unreachable', 503, 'database_unreachable', '10'],
  ['timeout', 503, 'database_unreachable', '10'],
  ['disk_full', 507, 'disk_full', '60'],
  ['refused', 503, 'database_refused', '300'],
] as const;
for (const [kind, status, word, retryAfter] of STORE_FAILURES) {
  for (const when of ['before', 'beforeReceipt'] as const) {
    withCenter(`put never acknowledges while the store fails: ${kind}, ${when}; and takes it later`, async (center) => {
      center.store[when] = () => {
        throw new StoreError(kind, 'Cannot reach the database: at 10.1.2.3 nobody listens');
      };
      const sent = await center.send(FILE);
      assert.deepEqual([sent.status, sent.word, sent.headers['retry-after']], [status, word, retryAfter]);
      assert.doesNotMatch(JSON.stringify(sent.body), /10\.1\.2\.3/);
      assert.deepEqual([center.files('inbox'), center.files('quarantine'), center.ingest.refused()], [[], [], {}]);
      center.store[when] = () => {};
      assert.equal((await center.send(FILE)).status, 201);
    });
  }
}

withCenter('put answers 500 to what nobody thought of, and says nothing about it', async (center) => {
  center.store.before = () => {
    throw new TypeError('undefined is not a function');
  };
  const sent = await center.send(FILE);
  assert.deepEqual([sent.status, sent.word, sent.headers['retry-after']], [500, 'internal_error', '60']);
  assert.doesNotMatch(JSON.stringify(sent.body), /undefined/);
  assert.ok(
    center.lines.some((line) => / error ingest internal_error: .*cause="undefined is not a function"/.test(line)),
  );
});

withCenter(
  'put leaves the database its room on the disk',
  async (center) => {
    const sent = await center.send(FILE);
    assert.deepEqual([sent.status, sent.word, sent.headers['retry-after']], [507, 'disk_full', '60']);
    const state = 'less than 4294967296 MiB would be left on the center’s disk';
    assert.equal((sent.body as Problem).detail, `Cannot take segment tokyo-1/7: ${state}`);
    assert.ok(center.lines.some((line) => line.includes(state)));
    assert.equal(await center.ingest.ailment(), `uploads are refused: ${state}`);
  },
  { limits: { free_bytes: 2 ** 52 } },
);

withCenter('ailment says nothing while there is room', async (center) => {
  await center.send(FILE);
  assert.equal(await center.ingest.ailment(), '');
});

test('openIngest empties the inbox of a killed center and counts on', async () => {
  const before = await startIngest();
  await before.send(FILE.subarray(0, 100));
  await before.send(FILE, { sensor: 'nobody' });
  await before.send(makeSegment({ sensor: 'replay-x' }).subarray(0, 50), { sensor: 'replay-x' });
  await before.close(true);
  const { folder } = before;
  writeFileSync(join(folder, 'inbox', '3.parquet'), FILE.subarray(0, 999));
  mkdirSync(join(folder, 'inbox', 'odd'));
  const center = await startIngest({ folder });
  assert.deepEqual(center.files('inbox'), []);
  assert.equal(center.files('quarantine').length, 4);
  assert.deepEqual(center.ingest.refused(), { cut: 2, unknown_sensor: 1 });
  assert.deepEqual(center.ingest.refused('network'), { cut: 1 });
  await center.send(FILE.subarray(0, 101));
  assert.equal(center.files('quarantine').at(-1)?.slice(0, 8), '00000003', 'numbers go on');
  await center.close();
});

test('close refuses what is under way and what comes after', async () => {
  const center = await startIngest();
  center.store.before = () => center.ingest.close();
  assert.equal((await center.send(FILE)).status, 201, 'durable is durable');
  const late = await center.send(FILE);
  assert.deepEqual([late.status, late.word], [503, 'stopping']);
  await center.close();
});

test('close ends a verification, and its sender keeps the segment', async () => {
  const center = await startIngest();
  const sending = center.send(makeSegment({ groups: [200_000] }));
  await until(() => center.files('inbox').length === 1);
  await center.ingest.close();
  const sent = await sending;
  assert.deepEqual([sent.status, sent.word, center.store.inserts.length], [503, 'stopping', 0]);
  await center.close();
});

withCenter('put answers others while it verifies a large segment', async (center) => {
  const large = makeSegment({ groups: [260_000, 260_000], sequence: 1 });
  let answers = 0;
  const storing = center.send(large, { sequence: 1 });
  let stored: Sent | undefined;
  while (stored === undefined) {
    const asking = center.send(FILE, { method: 'HEAD' }).then(() => void answers++);
    stored = await Promise.race([storing, asking]).then((first) => first ?? undefined);
  }
  assert.equal(stored.status, 201);
  assert.ok(answers > 5, `${answers} answers meanwhile`);
});

withCenter('put acknowledges no random bytes', async (center) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 600 }), async (bytes) => {
      const sent = await center.send(bytes);
      assert.ok([422].includes(sent.status), String(sent.status));
    }),
    { numRuns: 60 },
  );
  assert.equal(center.store.inserts.length, 0);
});
