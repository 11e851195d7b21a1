/** Dialogues: what real clients say, what is noted of it, and any bytes at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Visit, VISIT_BYTES_MAX } from '../visit.ts';
import { DIALOGUES, recognise } from './index.ts';

const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Says `parts` one after the other to a visit on that port; the answers as text, the greeting first. */
function talk(
  port: number,
  parts: readonly (string | Uint8Array)[],
): { visit: Visit; said: string[]; isOver: boolean } {
  const visit = new Visit(port, () => 7);
  const said = [visit.greeting];
  let isOver = false;
  for (const part of parts) {
    const reply = visit.push(typeof part === 'string' ? latin(part) : part);
    said.push(typeof reply.send === 'object' ? Buffer.from(reply.send).toString('latin1') : (reply.send ?? ''));
    isOver ||= reply.end === true;
  }
  return { visit, said, isOver };
}

test('telnet asks for user and password, takes negotiation out, and hangs up after six tries', () => {
  const options = Uint8Array.of(255, 253, 3, 255, 250, 24, 0, 65, 255, 255, 255, 240);
  const { visit, said } = talk(23, [options, 'ro', 'ot\r\n', 'xc3511\r\0']);
  assert.deepEqual(said, ['\r\nlogin: ', '', '', 'Password: ', '\r\nLogin incorrect\r\nlogin: ']);
  assert.deepEqual(visit.logins, [{ user: 'root', password: 'xc3511' }]);
  const pairs = Array.from({ length: 6 }, () => ['admin\n', '\n']).flat();
  const six = talk(2323, pairs);
  assert.equal(six.visit.logins.length, 6);
  assert.ok(six.isOver);
  assert.deepEqual(talk(23, ['enable\r\nsystem\r\nshell\r\nsh\r\n']).visit.logins, [
    { user: 'enable', password: 'system' },
    { user: 'shell', password: 'sh' },
  ]);
});

test('FTP, POP3 and SMTP take users and passwords and let nobody in', () => {
  const ftp = talk(21, ['USER Administrator\r\n', 'PASS 123456\r\n', 'SYST\r\n', 'QUIT\r\n']);
  assert.deepEqual(ftp.visit.logins, [{ user: 'Administrator', password: '123456' }]);
  assert.deepEqual(
    ftp.said.map((text) => text.slice(0, 3)),
    ['220', '331', '530', '530', '221'],
  );
  assert.deepEqual(ftp.visit.commands, ['SYST', 'QUIT']);
  const pop = talk(110, ['CAPA\r\nUSER info\r\nPASS info\r\n', 'STAT\r\n']);
  assert.deepEqual(pop.visit.logins, [{ user: 'info', password: 'info' }]);
  assert.equal(pop.said[1], '+OK\r\nUSER\r\n.\r\n+OK\r\n-ERR login failed\r\n');
  const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
  const smtp = talk(25, [
    'EHLO scanner.example\r\n',
    `AUTH PLAIN ${base64('\0anna\0secret')}\r\n`,
    'AUTH LOGIN\r\n',
    `${base64('bert')}\r\n`,
    `${base64('pass word')}\r\n`,
    'MAIL FROM:<a@example.org>\r\n',
  ]);
  assert.deepEqual(smtp.visit.logins, [
    { user: 'anna', password: 'secret' },
    { user: 'bert', password: 'pass word' },
  ]);
  assert.ok(smtp.said.at(-1)?.startsWith('530'));
});

test('HTTP on any port is answered with 401 and its login is noted', () => {
  const { visit, said, isOver } = talk(8081, [
    'GET /shell?cd+/tmp HTTP/1.1\r\nHost: x\r\nUser-Agent: Hello, ',
    'World\r\nAuthorization: Basic YWRtaW46YTpi\r\n\r\n',
  ]);
  assert.equal(visit.protocol, 'http');
  assert.ok(said[2]?.startsWith('HTTP/1.1 401 ') && isOver);
  assert.deepEqual(visit.logins, [{ user: 'admin', password: 'a:b' }]);
  assert.deepEqual(visit.commands, ['GET /shell?cd+/tmp HTTP/1.1']);
  assert.equal(visit.clients['http.user_agent'], 'Hello, World');
  assert.equal(talk(23, ['GET / HTTP/1.0\r\n\r\n']).visit.protocol, 'http', 'also where telnet was expected');
});

test('Redis: arrays and lines, cut anywhere', () => {
  const said = '*2\r\n$4\r\nAUTH\r\n$6\r\nfoo\r\n1\r\n*1\r\n$4\r\nINFO\r\nPING\r\n';
  for (let cut = 1; cut < said.length; cut++) {
    const { visit } = talk(6379, [said.slice(0, cut), said.slice(cut)]);
    assert.equal(visit.protocol, 'redis', `cut at ${cut}`);
    assert.deepEqual(visit.logins, [{ user: '', password: 'foo??1' }]);
    assert.deepEqual(visit.commands, ['INFO', 'PING']);
  }
  assert.ok(talk(6379, ['*1\r\n$99999\r\n']).visit.commands.length > 0);
  assert.ok(talk(6379, [`*2\r\n$4000\r\n${'x'.repeat(5000)}`]).isOver);
});

test('SSH: who the client is, and what it offers', () => {
  const lists = [
    'curve25519-sha256',
    'ssh-ed25519',
    'aes128-ctr',
    'aes128-ctr',
    'hmac-sha1',
    'hmac-sha1',
    'none',
    'none',
    '',
    '',
  ];
  const body = Buffer.concat([
    Buffer.from([20, ...new Array<number>(16).fill(1)]),
    ...lists.map((list) => Buffer.concat([Buffer.from([0, 0, 0, list.length]), latin(list)])),
    Buffer.alloc(5),
  ]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length + 5);
  head[4] = 4;
  const packet = Buffer.concat([head, body, Buffer.alloc(4)]);
  const { visit, said, isOver } = talk(22, ['SSH-2.0-Go\r\n', packet.subarray(0, 20), packet.subarray(20)]);
  assert.match(said[0] ?? '', /^SSH-2\.0-/);
  assert.equal(visit.clients['ssh.identification'], 'SSH-2.0-Go');
  assert.equal(visit.clients['ssh.offer'], 'curve25519-sha256;ssh-ed25519;aes128-ctr;hmac-sha1;none');
  assert.ok(isOver);
  const elsewhere = talk(4444, ['SSH-2.0-libssh2_1.4.3\r\n']);
  assert.match(elsewhere.said[1] ?? '', /^SSH-2\.0-/, 'who begins elsewhere is identified to as well');
});

test('who says nothing known is heard and not answered', () => {
  const { visit, said, isOver } = talk(9999, ['\x03\x00\x00\x13', 'x'.repeat(3000)]);
  assert.deepEqual(said, ['', '', '']);
  assert.equal(visit.protocol, '');
  assert.equal(visit.payload.length, 2048);
  assert.ok(!isOver);
  assert.ok(
    talk(
      9999,
      Array.from({ length: 70 }, () => 'y'.repeat(1000)),
    ).isOver,
    `after ${VISIT_BYTES_MAX} bytes`,
  );
});

test('any bytes, cut anywhere: dialogues answer or keep silent, and stay bounded', () => {
  const ports = [23, 21, 25, 110, 22, 80, 443, 6379, 12_345];
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 80 }).map((text) => latin(`${text}\r\n`)),
    fc
      .constantFrom('USER a\r\n', 'AUTH LOGIN\r\n', 'GET / ', '*3\r\n$-1\r\n', '\x16\x03\x01\x00\x10', 'SSH-')
      .map(latin),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ports), fc.array(part, { maxLength: 12 }), (port, parts) => {
      const { visit, said } = talk(port, parts);
      for (const text of said) assert.ok(text.length < 20_000);
      assert.ok(visit.logins.length <= 32 && visit.commands.length <= 32);
      for (const { user, password } of visit.logins) assert.ok(user.length <= 4096 && password.length <= 4096);
    }),
    { numRuns: 400 },
  );
});

test('recognise answers `more` for every beginning of what it knows', () => {
  for (const text of ['GET / HTTP/1.1', 'SSH-2.0-x\n', '*1\r\n$4', 'AUTH x']) {
    assert.notEqual(recognise(latin(text)), 'none', text);
    assert.notEqual(recognise(latin(text.slice(0, 1))), 'none', text);
  }
  assert.equal(recognise(latin('\x00\x00')), 'none');
  assert.equal(new Set(DIALOGUES.map(({ name }) => name)).size, DIALOGUES.length);
});
