/** Client certificates, over real TLS: whose authority we know gets in, and only as whom it is. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Fastify from 'fastify';
import { needs, program } from '@noroshi/kit/testing.ts';
import { clientCertificateOf } from './request.ts';

/** A certificate and its key, PEM. */
interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Makes authorities, and certificates signed by them. */
class Office {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  authority(name: string): Pair {
    this.run('req', '-x509', ...this.newKey(name), '-out', `${name}.pem`, '-days', '2');
    return this.read(name);
  }

  signed(name: string, authority: string): Pair {
    this.request(name);
    const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-copy_extensions', 'copy'];
    this.run('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
    return this.read(name);
  }

  /** Signed for a day in 2020. */
  expired(name: string, authority: string): Pair {
    this.request(name);
    const config = [
      '[ca]',
      'default_ca=d',
      '[d]',
      'database=index',
      'serial=serial',
      'new_certs_dir=.',
      'default_md=sha256',
      'policy=p',
    ];
    writeFileSync(join(this.folder, 'ca.cnf'), [...config, '[p]', 'commonName=supplied', ''].join('\n'));
    writeFileSync(join(this.folder, 'index'), '');
    writeFileSync(join(this.folder, 'serial'), '01');
    const by = ['-cert', `${authority}.pem`, '-keyfile', `${authority}.key`, '-batch', '-notext'];
    const past = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
    this.run('ca', '-config', 'ca.cnf', ...by, ...past, '-in', `${name}.csr`, '-out', `${name}.pem`);
    return this.read(name);
  }

  private request(name: string): void {
    this.run('req', ...this.newKey(name), '-addext', 'subjectAltName=IP:127.0.0.1', '-out', `${name}.csr`);
  }

  private newKey(name: string): string[] {
    return [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
    ];
  }

  private read(name: string): Pair {
    const file = (ending: string): Buffer => readFileSync(join(this.folder, `${name}.${ending}`));
    return { cert: file('pem'), key: file('key') };
  }

  private run(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}

test(
  'clientCertificateOf: the fingerprint of a certificate of our authority, of nobody else’s',
  needs(program('openssl')),
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'noroshi-certificates-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const office = new Office(folder);
    const ours = office.authority('ours');
    office.authority('foreign');
    const server = office.signed('server', 'ours');
    const sensor = office.signed('sensor', 'ours');
    const app = Fastify({ https: { ...server, ca: ours.cert, requestCert: true, rejectUnauthorized: false } });
    app.get('/', async ({ raw }) => ({ fingerprint: clientCertificateOf(raw) ?? null }));
    await app.listen({ host: '127.0.0.1', port: 0 });
    context.after(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    const ask = (pair?: Pair): Promise<unknown> => {
      return new Promise((resolve, reject) => {
        const asking = request({ host: '127.0.0.1', port, ca: ours.cert, agent: false, ...pair }, (response) => {
          response.on('data', (text: Buffer) =>
            resolve((JSON.parse(text.toString()) as { fingerprint: unknown }).fingerprint),
          );
        });
        asking.on('error', reject).end();
      });
    };
    const fingerprint = new X509Certificate(sensor.cert).fingerprint256.replaceAll(':', '').toLowerCase();
    assert.match(fingerprint, /^[0-9a-f]{64}$/);
    assert.equal(await ask(sensor), fingerprint);
    assert.equal(await ask(), null, 'without a certificate');
    assert.equal(await ask(office.signed('stranger', 'foreign')), null, 'of another authority');
    assert.equal(await ask(office.expired('late', 'ours')), null, 'run out');
  },
);

test('clientCertificateOf: nothing without TLS', async () => {
  const app = Fastify();
  app.get('/', async ({ raw }) => ({ fingerprint: clientCertificateOf(raw) ?? null }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  assert.deepEqual(await (await fetch(`http://127.0.0.1:${port}/`)).json(), { fingerprint: null });
  await app.close();
});
