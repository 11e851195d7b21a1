/** UDP answers by their protocol's own words, each beside a request or a look-alike from the same port. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ascii, hex, join, udp4 } from '../net/testing.ts';
import { classified } from './testing.ts';

const memcached = (text: string): Uint8Array => join(new Uint8Array(8), ascii(text));
const quic = (first: string, version: string): Uint8Array => hex(`${first} ${version} 08 0102030405060708 00`);

const PAYLOADS: readonly [what: string, sport: number, payload: Uint8Array, isAnswer: boolean][] = [
  ['DNS answer', 53, hex('1234 8180 0001 0001 0000 0000'), true],
  ['DNS query', 53, hex('1234 0100 0001 0000 0000 0000'), false],
  ['DNS with an opcode that nobody assigned', 53, hex('1234 f980 0001 0001 0000 0000'), false],
  ['DNS with the reserved bit', 53, hex('1234 81c0 0001 0001 0000 0000'), false],
  ['DNS header cut', 53, hex('1234 8180 0001'), false],
  ['NetBIOS answer', 137, hex('1234 8580 0000 0001 0000 0000'), true],
  ['mDNS answer', 5353, hex('0000 8400 0000 0001 0000 0000'), true],
  ['NTP server', 123, hex('240203e8'), true],
  ['NTP client', 123, hex('23000000'), false],
  ['NTP control answer', 123, hex('16820001'), true],
  ['NTP control request', 123, hex('16020001'), false],
  ['NTP monlist answer', 123, hex('d7000340'), true],
  ['NTP monlist request', 123, hex('1700032a'), false],
  ['NTP of version 0', 123, hex('04000000'), false],
  ['SNMP answer', 161, hex('3012 020101 0406 7075626c6963 a205 020100 0500'), true],
  ['SNMP request', 161, hex('3012 020101 0406 7075626c6963 a005 020100 0500'), false],
  ['SNMP answer with a long length', 161, hex('3082 0012 020101 0406 7075626c6963 a205'), true],
  ['SNMP cut in its community', 161, hex('3012 020101 0406 7075'), false],
  ['QUIC version negotiation', 443, quic('80', '00000000'), true],
  ['QUIC Retry', 443, quic('f0', '00000001'), true],
  ['QUIC Handshake', 443, quic('e0', '00000001'), true],
  ['QUIC 0-RTT', 443, quic('d0', '00000001'), false],
  ['QUIC 0-RTT of version 2', 443, quic('e0', '6b3343cf'), false],
  ['QUIC Initial of version 2', 443, quic('d0', '6b3343cf'), true],
  ['QUIC greased', 443, quic('c0', '1a2a3a4a'), true],
  ['QUIC of an unknown version', 443, quic('c0', '12345678'), false],
  ['QUIC without its fixed bit', 443, quic('80', '00000001'), false],
  ['QUIC short header', 443, quic('40', '00000001'), false],
  ['portmapper reply', 111, join(hex('12345678 00000001'), new Uint8Array(16)), true],
  ['portmapper call', 111, join(hex('12345678 00000000'), new Uint8Array(16)), false],
  ['CLDAP entry', 389, hex('3010 020101 640b 0400 3007'), true],
  ['CLDAP search', 389, hex('3010 020101 630b 0400 0a01'), false],
  ['SSDP answer', 1900, ascii('HTTP/1.1 200 OK'), true],
  ['SSDP search', 1900, ascii('M-SEARCH * HTTP/1.1'), false],
  ['memcached value', 11211, memcached('VALUE a 0 1\r\n'), true],
  ['memcached statistics', 11211, memcached('STAT pid 1\r\n'), true],
  ['memcached end', 11211, memcached('END\r\n'), true],
  ['memcached error', 11211, memcached('ERROR\r\n'), true],
  ['memcached request', 11211, memcached('stats\r\n'), false],
  ['SIP answer from any port', 40_001, ascii('SIP/2.0 100 Trying'), true],
  ['SIP request', 5060, ascii('OPTIONS sip:1@2 SIP/2.0'), false],
  ['almost SIP', 5060, ascii('SIP/2.1 100'), false],
  ['three bytes', 53, hex('123481'), false],
];

describe('isUdpResponse', () => {
  for (const [what, sport, payload, isAnswer] of PAYLOADS) {
    test(`${what}: ${isAnswer ? 'answer' : 'none'}`, () => {
      assert.equal(classified(udp4(sport, 40_000, payload)).name, isAnswer ? 'response' : 'probe');
    });
  }

  test('no answer is seen beyond the captured bytes', () => {
    for (const [, sport, payload] of PAYLOADS) {
      const frame = udp4(sport, 40_000, payload);
      for (let cut = 42; cut < frame.length; cut++) classified(frame.subarray(0, cut));
    }
  });
});
