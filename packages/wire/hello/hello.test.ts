/** What TLS and SSH clients say first: read from real captures, and from bytes that nobody sane would send. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { sharedData, sharedFile, needs } from '@noroshi/kit/testing.ts';
import { readIdentification, readOffer } from './ssh.ts';
import { helloText, looksLikeTls, readClientHello } from './tls.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

/** A client hello with two ciphers, GREASE, a server name, ALPN, groups, signatures and versions. */
const EXTENSIONS = `
  0a0a 0000
  0000 0010 000e 00 000b 6578616d706c652e6f7267
  0010 000e 000c 02 6832 08 687474702f312e31
  000a 0006 0004 1a1a 001d
  000d 0004 0002 0403
  002b 0005 04 0304 0303`;
const hello = (extensions: string): Uint8Array => {
  const list = bytesOf(extensions);
  const head = bytesOf(`0303 ${'ab'.repeat(32)} 00 0006 2a2a 1301 c02f 01 00`);
  const body = [...head, list.length >> 8, list.length & 255, ...list];
  const record = [1, 0, body.length >> 8, body.length & 255, ...body];
  return Uint8Array.of(22, 3, 1, record.length >> 8, record.length & 255, ...record);
};

test('readClientHello reads what a client offers, and helloText leaves out what is random', () => {
  const read = readClientHello(hello(EXTENSIONS));
  assert.ok(typeof read === 'object');
  assert.equal(read.server_name, 'example.org');
  assert.deepEqual(read.protocols, ['h2', 'http/1.1']);
  assert.deepEqual(read.versions, [0x0304, 0x0303]);
  assert.equal(helloText(read), '304-303_1301-c02f_0-a-d-10-2b_1d_403_h2-http/1.1');
});

test('readClientHello waits for the whole record, and refuses what is none', () => {
  const whole = hello(EXTENSIONS);
  for (let length = 0; length < whole.length; length++) {
    assert.equal(readClientHello(whole.subarray(0, length)), 'short', `${length} bytes`);
  }
  assert.equal(readClientHello(Buffer.from('GET / HTTP/1.1')), 'not');
  assert.equal(readClientHello(bytesOf('1603010005 0200000000')), 'not');
  assert.equal(readClientHello(bytesOf('16030100040100ffff')), 'not');
  assert.equal(looksLikeTls(Buffer.from('GET')), false);
});

test('the readers end on any bytes', () => {
  const whole = hello(EXTENSIONS);
  const mutated = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 })
    .map((changes) => changes.reduce((bytes, [at, value]) => bytes.with(at, value), whole));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
      const read = readClientHello(bytes);
      if (typeof read === 'object') assert.match(helloText(read), /^[ -~]*$/);
      const line = readIdentification(bytes);
      if (typeof line === 'object') assert.ok(line.line.length <= 255 && line.length <= bytes.length);
      readOffer(bytes);
    }),
    { numRuns: 500 },
  );
});

test('readIdentification: a line, half of one, something else, one that does not end', () => {
  const of = (text: string) => readIdentification(Buffer.from(text, 'latin1'));
  assert.deepEqual(of('SSH-2.0-Go\r\nrest'), { line: 'SSH-2.0-Go', length: 12 });
  assert.deepEqual(of('SSH-2.0-libssh\n'), { line: 'SSH-2.0-libssh', length: 15 });
  assert.equal(of('SS'), 'short');
  assert.equal(of('SSH-2.0-'), 'short');
  assert.equal(of('GET /'), 'not');
  assert.equal(of(`SSH-${'x'.repeat(300)}`), 'not');
  assert.equal(of(`SSH-${'x'.repeat(300)}\n`), 'not');
});

const capture = sharedFile('data', 'pcap', 'arkime', 'ssh2.pcap');
test('readOffer reads the algorithms of a real client', needs(capture), () => {
  const bytes = readFileSync(sharedData('data', 'pcap', 'arkime', 'ssh2.pcap'));
  const offers = new Set<string>();
  for (let at = 0; at + 6 < bytes.length; at++) {
    if (bytes[at + 5] !== 20 || bytes[at] !== 0 || bytes[at + 1] !== 0) continue;
    const offer = readOffer(bytes.subarray(at));
    if (typeof offer === 'object') offers.add(offer.text);
  }
  assert.ok(
    [...offers].some((offer) => offer.startsWith('diffie-hellman') || offer.includes('curve25519')),
    [...offers].join('\n'),
  );
});
