/** Visitors over real sockets on loopback: limits, what is written of them, and that nobody stays. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, BlockList, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '@noroshi/kit/testing.ts';
import { Journal, WAITING_MAX } from './journal.ts';
import { type Limits, LIMITS, Visitors } from './visitors.ts';

const folder = mkdtempSync(join(tmpdir(), 'noroshi-respond-'));
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const rooms: Room[] = [];
after(async () => {
  for (const room of rooms) await room.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Room {
  readonly visitors: Visitors;
  readonly port: number;
  readonly clock: { now_ms: number; memory_bytes: number };
  visits(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

async function openRoom(name: string, limits: Partial<Limits> = {}): Promise<Room> {
  const clock = { now_ms: Date.UTC(2026, 10, 21, 12), memory_bytes: 0 };
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  const path = join(folder, name);
  const now_ms = (): number => clock.now_ms;
  const journal = await Journal.open({ folder: path, bytes_max: 1e6, now_ms, onFailure: assert.ifError });
  const all = { ...LIMITS, ...limits };
  const visitors = new Visitors({
    limits: all,
    journal,
    own,
    now_ms,
    random: () => 1,
    memory_bytes: () => clock.memory_bytes,
  });
  const server: Server = createServer((socket) => visitors.welcome(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    server.close();
    await visitors.close();
    await journal.close();
  };
  const room: Room = {
    visitors,
    port: (server.address() as AddressInfo).port,
    clock,
    close,
    async visits() {
      await close();
      const files = readdirSync(path).filter((file) => file.startsWith('visits'));
      const lines = files.flatMap((file) => readFileSync(join(path, file), 'utf8').trim().split('\n'));
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
  rooms.push(room);
  return room;
}

async function come(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Comes and is reset, perhaps before it knew that it was in. */
async function isTurnedAway(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}

test('a visit is written when it ends, with its payload once', async () => {
  const room = await openRoom('written');
  for (let round = 0; round < 2; round++) {
    const socket = await come(room.port);
    const heard: Buffer[] = [];
    socket.on('data', (bytes) => heard.push(bytes));
    socket.write('GET /x HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    assert.match(Buffer.concat(heard).toString(), /^HTTP\/1\.1 401/);
  }
  await until(() => room.visitors.counts.open === 0);
  const visits = await room.visits();
  assert.equal(visits.length, 2);
  assert.equal(visits[0]?.protocol, 'http');
  assert.equal(visits[0]?.src, '127.0.0.1');
  assert.equal(visits[0]?.dst_port, room.port);
  assert.equal(visits[0]?.ended_by, 'done');
  const name = readdirSync(join(folder, 'written')).find((file) => file.startsWith('payloads')) ?? '';
  const lines = readFileSync(join(folder, 'written', name), 'utf8')
    .trim()
    .split('\n');
  assert.equal(lines.length, 1);
  const payload = JSON.parse(lines[0] ?? '') as { sha256: string; base64: string };
  assert.equal(payload.sha256, visits[0]?.payload);
  assert.equal(Buffer.from(payload.base64, 'base64').toString(), 'GET /x HTTP/1.1\r\n\r\n');
});

test('one too many is reset: in all, of one source, without memory, for an address that is not ours', async () => {
  const full = await openRoom('full', { connections: 3 });
  const guests = [await come(full.port), await come(full.port), await come(full.port)];
  await until(() => full.visitors.counts.open === 3);
  await isTurnedAway(full.port);
  assert.equal(full.visitors.counts.refused_full, 1);
  guests[0]?.destroy();
  await until(() => full.visitors.counts.open === 2);
  await come(full.port);
  await until(() => full.visitors.counts.open === 3);
  await full.close();

  const single = await openRoom('single', { connections_per_source: 1 });
  await come(single.port);
  await until(() => single.visitors.counts.open === 1);
  await isTurnedAway(single.port);
  assert.equal(single.visitors.counts.refused_source, 1);
  await single.close();

  const poor = await openRoom('poor', { memory_bytes: 100 });
  poor.clock.memory_bytes = 100;
  poor.visitors.sweep();
  await isTurnedAway(poor.port);
  assert.equal(poor.visitors.counts.refused_memory, 1);
  poor.clock.memory_bytes = 99;
  poor.visitors.sweep();
  await come(poor.port);
  await until(() => poor.visitors.counts.open === 1);
  await poor.close();
});

test('who says nothing, or a byte now and then, is sent away in time', async () => {
  const room = await openRoom('slow', { idle_ms: 1000, visit_ms: 5000 });
  const [silent, slow] = [await come(room.port), await come(room.port)];
  const gone = once(silent, 'close');
  await until(() => room.visitors.counts.open === 2);
  for (let second = 1; second <= 5; second++) {
    room.clock.now_ms += 999;
    slow.write('x');
    await until(() => room.visitors.counts.open < 2 || second === 1);
    await wait(30);
    room.clock.now_ms += 1;
    room.visitors.sweep();
  }
  await gone;
  await once(slow, 'close');
  const visits = await room.visits();
  assert.deepEqual(visits.map(({ ended_by }) => String(ended_by)).toSorted(byText), ['idle', 'time']);
});

test('the journal counts what it leaves out, and gives up its oldest files', async () => {
  const path = join(folder, 'journal');
  let now_ms = Date.UTC(2026, 10, 21, 0);
  const journal = await Journal.open({
    folder: path,
    bytes_max: 3000,
    now_ms: () => now_ms,
    onFailure: assert.ifError,
  });
  for (let line = 0; line < WAITING_MAX + 5; line++) journal.visit({});
  assert.equal(journal.dropped, 5);
  for (let hour = 1; hour < 5; hour++) {
    await until(() => journal.written >= WAITING_MAX + hour - 1);
    now_ms += 3_600_000;
    journal.visit({ text: 'x'.repeat(1000) });
  }
  await journal.close();
  assert.deepEqual(readdirSync(path), ['visits-2026-11-21T03.jsonl', 'visits-2026-11-21T04.jsonl']);
});

test('a journal without a disk says so once and counts', async () => {
  const path = join(folder, 'gone');
  const failures: unknown[] = [];
  const journal = await Journal.open({
    folder: path,
    bytes_max: 1,
    now_ms: () => 0,
    onFailure: (error) => failures.push(error),
  });
  rmSync(path, { recursive: true });
  journal.visit({});
  await until(() => journal.dropped === 1);
  journal.visit({});
  await until(() => journal.dropped === 2);
  assert.equal(failures.length, 1);
  await journal.close();
});
