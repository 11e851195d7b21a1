/** `noroshi respond` in network namespaces: real clients of Debian against every address and port, rules that come and go. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs, program, until } from '@noroshi/kit/testing.ts';
import { Cable, NAMESPACE_NEEDS, PREFIXES, SENSOR_INTERFACE, SENSOR_MAC, WORLD_INTERFACE } from './testing.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');

interface Visit {
  readonly src: string;
  readonly dst: string;
  readonly dst_port: number;
  readonly protocol: string;
  readonly payload: string | null;
  readonly logins: readonly { readonly user: string; readonly password: string }[];
  readonly commands: readonly string[];
  readonly client: Readonly<Record<string, string>>;
  readonly ended_by: string;
}

describe('noroshi respond', needs(...NAMESPACE_NEEDS, program('tcpdump')), () => {
  const folder = mkdtempSync(join(tmpdir(), 'noroshi-respond-'));
  let cable: Cable;
  let responder: ChildProcess;
  let capture: ChildProcess;
  const packets = join(folder, 'packets.pcap');

  before(async () => {
    cable = new Cable();
    const tcpdump = [
      'netns',
      'exec',
      cable.sensor,
      'tcpdump',
      '--immediate-mode',
      '-U',
      '-Z',
      'root',
      '-i',
      SENSOR_INTERFACE,
      '-w',
      packets,
      PREFIXES.map((one) => `dst net ${one}`).join(' or '),
    ];
    capture = spawn('ip', tcpdump, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (capture.stderr !== null) await once(capture.stderr, 'data');
    responder = await start();
  });
  after(async () => {
    await end(capture, 'SIGKILL');
    await end(responder, 'SIGKILL');
    cable.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(...more: readonly string[]): Promise<ChildProcess> {
    const args = ['respond', '--prefixes', PREFIXES.join(','), '--state', folder, '--idle-seconds', '2', ...more];
    const command = ['netns', 'exec', cable.sensor, process.execPath, MAIN, ...args];
    const child = spawn('ip', command, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (bytes) => (said += String(bytes)));
    await until(() => {
      assert.equal(child.exitCode, null, said);
      return said.includes('Answering for');
    });
    return child;
  }

  const visits = (): Visit[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith('visits'))
      // What stands behind the last line's end is being written.
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as Visit);

  /** The visits to one address, when they are as many as expected. */
  function visitsTo(address: string, count: number): Promise<Visit[]> {
    const found = (): Visit[] => visits().filter(({ dst }) => dst === address);
    return until(
      () => found().length >= count && found(),
      () => `${found().length} visits to ${address} of ${count}; the last: ${JSON.stringify(visits().slice(-3))}`,
    );
  }

  const world = (command: readonly string[], input = ''): Promise<{ out: string; code: number }> =>
    cable.run(cable.world, command, input);

  test(
    'curl: any address and port, both families, with the address and port that were meant',
    needs(program('curl')),
    async () => {
      const four = await world([
        'curl',
        '-m',
        '5',
        '-s',
        '-i',
        '-u',
        'admin:letmein',
        'http://198.51.100.77:8089/cgi-bin/luci',
      ]);
      assert.match(four.out, /^HTTP\/1\.1 401 /);
      const [visit] = await visitsTo('198.51.100.77', 1);
      assert.equal(visit?.src, '10.9.0.2');
      assert.equal(visit?.dst_port, 8089);
      assert.deepEqual(visit?.logins, [{ user: 'admin', password: 'letmein' }]);
      assert.deepEqual(visit?.commands, ['GET /cgi-bin/luci HTTP/1.1']);
      const six = await world(['curl', '-m', '5', '-s', '-i', 'http://[2001:db8:51::beef]:1/']);
      assert.match(six.out, /^HTTP\/1\.1 401 /);
      assert.equal((await visitsTo('2001:db8:51::beef', 1))[0]?.dst_port, 1);
      await world(['curl', '-m', '5', '-k', '-s', 'https://198.51.100.78/']);
      const [tls] = await visitsTo('198.51.100.78', 1);
      assert.equal(tls?.protocol, 'tls');
      assert.match(tls?.client['tls.hello'] ?? '', /^304-303\b.*_.*1301/);
    },
  );

  test(
    'telnet, FTP, redis-cli and ssh show what they want',
    needs(program('telnet'), program('ftp'), program('redis-cli'), program('ssh')),
    async () => {
      const shell = (line: string): readonly string[] => ['sh', '-c', line];
      await world(shell('(sleep 0.3; echo root; sleep 0.3; echo vizxv; sleep 0.3) | telnet 198.51.100.23 23'));
      assert.deepEqual((await visitsTo('198.51.100.23', 1))[0]?.logins, [{ user: 'root', password: 'vizxv' }]);
      await world(['ftp', '-n', '-v', '198.51.100.21'], 'user Administrator secret\nquit\n');
      assert.deepEqual((await visitsTo('198.51.100.21', 1))[0]?.logins, [
        { user: 'Administrator', password: 'secret' },
      ]);
      const redis = await world(['redis-cli', '-h', '198.51.100.63', '-a', 'foobared', 'CONFIG', 'GET', 'dir']);
      assert.match(redis.out, /WRONGPASS|NOAUTH/);
      const [visit] = await visitsTo('198.51.100.63', 1);
      assert.deepEqual(visit?.logins, [{ user: '', password: 'foobared' }]);
      assert.ok(visit?.commands.includes('CONFIG GET dir'), JSON.stringify(visit));
      await world(['ssh', '-o', 'StrictHostKeyChecking=no', '-o', 'ConnectTimeout=3', 'root@198.51.100.22', 'true']);
      const [ssh] = await visitsTo('198.51.100.22', 1);
      assert.match(ssh?.client['ssh.identification'] ?? '', /^SSH-2\.0-OpenSSH/);
      assert.match(ssh?.client['ssh.offer'] ?? '', /curve25519/);
    },
  );

  test('nmap finds every port of any address open', needs(program('nmap')), async () => {
    const scan = await world(['nmap', '-n', '-Pn', '-sT', '-T5', '-p', '1-200,65535', '198.51.100.5']);
    assert.equal(scan.out.match(/\/tcp +open/g)?.length ?? 201, 201, scan.out);
    assert.match(scan.out, /65535\/tcp +open|All 201 scanned ports/);
    const found = await visitsTo('198.51.100.5', 201);
    assert.equal(new Set(found.map(({ dst_port }) => dst_port)).size, 201);
    const half = ['-sS', '-e', WORLD_INTERFACE, '-S', '10.9.0.3', '-p', '1-200', '198.51.100.6'];
    assert.match((await world(['nmap', '-n', '-Pn', '-T5', ...half])).out, /200 scanned ports|200\/tcp +open/);
  });

  test(
    'masscan and zmap get their answers from every address',
    needs(program('masscan'), program('zmap')),
    async () => {
      const addresses = (text: string): number => new Set(text.match(/198\.51\.100\.\d+/g)).size;
      const route = ['-e', WORLD_INTERFACE, '--router-ip', '10.9.0.1'];
      // Slowly: masscan sends before it listens.
      const masscan = await world(['masscan', '198.51.100.128/27', '-p7547', '--rate', '40', '--wait', '1', ...route]);
      assert.ok(addresses(masscan.out) >= 30, masscan.out);
      const by = ['-i', WORLD_INTERFACE, '-G', SENSOR_MAC, '-S', '10.9.0.2', '-c', '1', '-r', '200', '-b', '/dev/null'];
      const zmap = await world(['zmap', '-p', '5555', ...by, '198.51.100.64/27']);
      assert.ok(addresses(zmap.out) >= 32, zmap.out);
      // What a two-phase scanner does next: a real connection to who answered.
      for (const host of [65, 66, 67]) await world(['curl', '-m', '5', '-s', `http://198.51.100.${host}:5555/`]);
    },
  );

  test(
    'what they did is in the findings',
    needs(program('nmap'), program('masscan'), program('zmap'), program('curl')),
    async () => {
      await wait(300);
      await end(capture, 'SIGTERM');
      const detect = [MAIN, 'detect', packets, '--prefixes', PREFIXES.join(','), '--format', 'json', '--detectors'];
      const { out } = await cable.run(cable.world, [
        process.execPath,
        ...detect,
        'scan/vertical,scan/horizontal,scan/two-phase,dos/victim',
      ]);
      const { findings } = JSON.parse(out.slice(out.indexOf('{'))) as {
        findings: { detector: string; subject: { value: string }; aspect: string }[];
      };
      const found = findings.map(({ detector, subject, aspect }) => `${detector} ${subject.value} ${aspect}`.trim());
      assert.ok(found.includes('scan/vertical 10.9.0.3'), `nmap: ${found.join(', ')}`);
      assert.ok(found.includes('scan/horizontal 10.9.0.2 7547/tcp'), `masscan: ${found.join(', ')}`);
      assert.ok(found.includes('scan/horizontal 10.9.0.2 5555/tcp'), `zmap: ${found.join(', ')}`);
      assert.ok(found.includes('scan/two-phase 10.9.0.2 5555/tcp'), `zmap, then curl: ${found.join(', ')}`);
      assert.ok(!found.some((line) => line.startsWith('dos/')), found.join(', '));
    },
  );

  test('nobody is answered in another’s name, and after a kill the next start cleans up', async () => {
    const own = await world(['curl', '-m', '2', '-s', 'http://10.9.0.1:80/']);
    assert.notEqual(own.code, 0, 'the machine’s own address is not answered for');
    const nft = async (): Promise<string> => (await cable.run(cable.sensor, ['nft', 'list', 'tables'])).out;
    const rules = async (): Promise<number> => {
      const { out } = await cable.run(cable.sensor, ['ip', 'rule']);
      return out.split('\n').filter((line) => line.startsWith('17761:')).length;
    };
    assert.match(await nft(), /noroshi_respond/);
    await end(responder, 'SIGKILL');
    assert.match(await nft(), /noroshi_respond/, 'a killed process leaves its rules');
    responder = await start();
    assert.equal(await rules(), 1);
    const answer = await world(['curl', '-m', '5', '-s', '-i', 'http://198.51.100.99/']);
    assert.match(answer.out, /^HTTP\/1\.1 401 /);
    await end(responder, 'SIGTERM');
    assert.equal(responder.exitCode, 0);
    assert.equal(await nft(), '');
    assert.equal(await rules(), 0);
    assert.ok((await visitsTo('198.51.100.99', 1)).length > 0, 'what was seen is written');
  });
});

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
