import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { folder, noroshiBeside } from '../testing.ts';
import { runCenter, writeConfig } from './testing.ts';

/** A certificate that vouches for itself, as `<name>.pem` and `<name>.key`. */
function makeCertificate(path: string, name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', `${name}.pem`], { cwd: path, stdio: 'ignore' });
}

async function ask(url: string, options: RequestOptions): Promise<IncomingMessage> {
  const asked = request(url, { agent: false, ...options });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
}

test(
  'up: HTTPS; a sensor is known by its certificate, a reader needs none',
  needs(program('openssl')),
  async (context) => {
    const path = folder(context);
    for (const name of ['center', 'tokyo', 'stranger']) makeCertificate(path, name);
    const pair = (name: string) => ({
      cert: readFileSync(join(path, `${name}.pem`)),
      key: readFileSync(join(path, `${name}.key`)),
    });
    const fingerprint = new X509Certificate(pair('tokyo').cert).fingerprint256.replaceAll(':', '').toLowerCase();
    const config = writeConfig(
      path,
      `  - { name: tokyo, certificate_sha256: ${fingerprint} }
listen:
  port: 0
  tls: { certificate_file: center.pem, key_file: center.key, client_ca_file: tokyo.pem }
`,
    );
    const center = await runCenter(context, config);
    assert.match(center.url, /^https:/);
    const ca = readFileSync(join(path, 'center.pem'));
    const reader = await ask(`${center.url}/v1/feeds`, { ca });
    assert.equal(reader.statusCode, 200);
    assert.match(String(reader.headers['strict-transport-security']), /^max-age=\d+$/);
    const segment = `${center.url}/v1/segments/tokyo/0`;
    assert.equal((await ask(segment, { ca, method: 'HEAD', ...pair('tokyo') })).statusCode, 404, 'known, not stored');
    assert.equal((await ask(segment, { ca, method: 'HEAD' })).statusCode, 401);
    assert.equal((await ask(segment, { ca, method: 'HEAD', ...pair('stranger') })).statusCode, 401);

    const [token, capture] = [join(path, 'token'), join(path, 'a.pcap')];
    writeFileSync(token, 'secret');
    writeFileSync(capture, simulateToBytes({ seed: 1, packets: 100 }).bytes);
    const replay = (env: NodeJS.ProcessEnv) =>
      noroshiBeside(['replay', '--center', center.url, '--token-file', token, capture], { env });
    const distrusted = await replay({});
    assert.equal(distrusted.code, 3);
    assert.match(
      distrusted.errors,
      /^Cannot reach the center at https:\S+ .*certificate.*\. NODE_EXTRA_CA_CERTS=FILE in /,
    );
    const trusted = await replay({ NODE_EXTRA_CA_CERTS: join(path, 'center.pem') });
    assert.match(
      trusted.errors,
      /^Cannot send to the center at https:\S+ .* --token-file names the file with its token\n$/,
    );
    assert.equal(await center.end('SIGTERM'), 0);
  },
);
