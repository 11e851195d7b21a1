/** The sensor's own program on real interfaces with a real tcpdump, in namespaces of their own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs, program, until } from '@noroshi/kit/testing.ts';
import { simulateToBytes } from '@noroshi/simulate/main.ts';
import { pcapOf, scratch, shotsOf } from './testing/captures.ts';
import { Namespaces, netns } from './testing/netns.ts';
import { complaints, segmentsIn, sumsOf } from './testing/segments.ts';

const BIN = join(import.meta.dirname, 'bin/noroshi-sensor.mjs');
const NEEDS = needs(netns(), program('tcpdump'), program('tcpreplay'));
const NEEDS_DUMPCAP = needs(netns(), program('dumpcap'), program('tcpreplay'));
const V4 = '25.37.0.0/24';
const V6 = '2d00:6e6f:726f:7368::/64';
/** What a sensor with 256 addresses may take. */
const MEBIBYTES_MAX = 150;
const at = scratch();

/** Packets to the telescope, as many of them as are asked for, and how many are to each of its prefixes. */
function traffic(
  packets: number,
  seed: number,
): { readonly bytes: Uint8Array; readonly v4: number; readonly v6: number } {
  const { bytes } = simulateToBytes({ seed, packets, prefixes: [V4, V6] });
  const shots = shotsOf(bytes);
  const isTo = (type: number, offset: number, head: readonly number[]) => (frame: Uint8Array) =>
    frame.length >= offset + 4 &&
    (frame[12] << 8) + frame[13] === type &&
    head.every((byte, index) => frame[offset + index] === byte);
  const toV4 = isTo(0x0800, 30, [25, 37, 0]);
  const toV6 = isTo(0x86dd, 38, [0x2d, 0x00, 0x6e, 0x6f, 0x72, 0x6f, 0x73, 0x68]);
  const ours = shots.filter((shot) => toV4(shot.bytes) || toV6(shot.bytes));
  return {
    bytes: pcapOf(ours),
    v4: ours.filter((shot) => toV4(shot.bytes)).length,
    v6: ours.filter((shot) => toV6(shot.bytes)).length,
  };
}

class Sensor {
  log = '';
  private heard = 0;
  readonly spool: string;
  private readonly child;
  private readonly ended: Promise<unknown[]>;

  constructor(context: { after(fn: () => void): void }, spaces: Namespaces, name: string, lines: readonly string[]) {
    const folder = at(name);
    const config = `${folder}.conf`;
    this.spool = join(folder, 'spool');
    writeFileSync(`${folder}.token`, 'secret');
    const own = ['center.url = http://127.0.0.1:1', `center.token_file = ${folder}.token`, `state_folder = ${folder}`];
    writeFileSync(config, [`name = ${name}`, ...own, ...lines].join('\n'));
    const command = ['netns', 'exec', spaces.inside, process.execPath, BIN, '--config', config];
    this.child = spawn('ip', command, { stdio: ['ignore', 'inherit', 'pipe'] });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.ended = once(this.child, 'close');
    context.after(() => this.child.kill('SIGKILL'));
  }

  /** Resolves when the log says this behind what it was waited for before. */
  async says(pattern: RegExp): Promise<void> {
    const found = await until(
      () => pattern.exec(this.log.slice(this.heard)) ?? undefined,
      () => `The sensor does not say ${String(pattern)}:\n${this.log}`,
    );
    this.heard += found.index + found[0].length;
  }

  /** Its capture programs: children of the process, for `ip` becomes it. */
  captures(): number[] {
    const pid = this.child.pid ?? 0;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  }

  /** Most memory that the process had resident. */
  peakMebibytes(): number {
    const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes) / 1024;
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.ended;
    return this.child.exitCode;
  }
}

function namespaces(context: { after(fn: () => void): void }, pairs: number): Namespaces {
  const spaces = new Namespaces(pairs);
  context.after(() => spaces.remove());
  return spaces;
}

function replay(spaces: Namespaces, capture: Uint8Array, pair: number, name: string): void {
  const file = at(name);
  writeFileSync(file, capture);
  spaces.run(spaces.outside, 'tcpreplay', '-q', '--pps=20000', '-i', `out${pair}`, file);
}

// Mostly they wait: side by side they take as long as the longest.
void describe('sensor on real interfaces', { concurrency: true }, () => {
  void test(
    'sensor: two interfaces, IPv4 and IPv6: everything tcpdump saw is in segments, and no address in the log',
    NEEDS,
    async (context) => {
      const spaces = namespaces(context, 2);
      const sensor = new Sensor(context, spaces, 'two', [
        `interface = in0 ${V4}`,
        `interface = in1 ${V6}`,
        'ring.mebibytes = 16',
      ]);
      await sensor.says(/listening: Listening[^]*listening: Listening/);
      const { bytes, v4, v6 } = traffic(4000, 3);
      assert.ok(v4 > 500 && v6 > 50, `${v4} ${v6}`);
      replay(spaces, bytes, 0, 'a.pcap');
      replay(spaces, bytes, 1, 'b.pcap');
      await wait(1500);
      assert.ok(sensor.peakMebibytes() < MEBIBYTES_MAX, `${sensor.peakMebibytes()} MiB`);
      const rings = join(sensor.spool, '../ring');
      assert.ok(readdirSync(rings).length >= 2);
      assert.equal(await sensor.stop(), 0);
      const segments = segmentsIn(sensor.spool).map(({ segment }) => segment);
      assert.deepEqual(complaints(segments), []);
      const { received, kept, dropped } = sumsOf(segments);
      // Each interface hands on what goes to its own prefixes: the filter is the kernel's.
      assert.equal(received, v4 + v6);
      assert.deepEqual(dropped, {});
      assert.ok(kept > received * 0.9);
      const exposure = segments.flatMap((segment) => segment.exposure);
      assert.ok(exposure.some(({ addresses, networks64 }) => addresses === 256 && networks64 === 1));
      assert.ok(!/25\.37|2d00:6e6f/i.test(sensor.log), sensor.log);
    },
  );

  void test(
    'sensor: a killed capture program and a lost interface are named, and nobody listens meanwhile',
    NEEDS,
    async (context) => {
      const spaces = namespaces(context, 1);
      const sensor = new Sensor(context, spaces, 'lost', [`interface = in0 ${V4}`]);
      await sensor.says(/listening: Listening/);
      const { bytes, v4 } = traffic(300, 4);
      replay(spaces, bytes, 0, 'c.pcap');
      await wait(1200);
      process.kill(sensor.captures()[0], 'SIGKILL');
      await sensor.says(/capture_ended: Cannot capture on in0: the program ended \(SIGKILL\)/);
      await sensor.says(/listening: Listening/);
      spaces.ip('-n', spaces.inside, 'link', 'set', 'in0', 'down');
      await sensor.says(/link_down/);
      spaces.ip('-n', spaces.inside, 'link', 'set', 'in0', 'up');
      await sensor.says(/listening: Listening/);
      spaces.ip('-n', spaces.inside, 'link', 'delete', 'in0');
      await sensor.says(/link_absent/);
      spaces.join(0);
      await sensor.says(/listening: Listening/);
      replay(spaces, bytes, 0, 'd.pcap');
      await wait(1200);
      assert.equal(await sensor.stop(), 0);
      const segments = segmentsIn(sensor.spool).map(({ segment }) => segment);
      assert.deepEqual(complaints(segments), []);
      assert.equal(sumsOf(segments).received, 2 * v4);
      const spans = segments.flatMap(({ exposure }) => exposure);
      const gaps = spans.filter(({ from_ms }, index) => index > 0 && from_ms > spans[index - 1].to_ms);
      assert.ok(gaps.length >= 3, JSON.stringify(spans));
    },
  );

  void test('sensor: what the kernel drops while the program cannot keep up is counted', NEEDS, async (context) => {
    const spaces = namespaces(context, 1);
    const sensor = new Sensor(context, spaces, 'full', [`interface = in0 ${V4}`, 'capture.buffer_mebibytes = 1']);
    await sensor.says(/listening: Listening/);
    const { bytes, v4 } = traffic(20_000, 5);
    const [capture] = sensor.captures();
    process.kill(capture, 'SIGSTOP');
    replay(spaces, bytes, 0, 'e.pcap');
    process.kill(capture, 'SIGCONT');
    await wait(1500);
    assert.equal(await sensor.stop(), 0);
    const segments = segmentsIn(sensor.spool).map(({ segment }) => segment);
    assert.deepEqual(complaints(segments), []);
    const { received, dropped } = sumsOf(segments);
    assert.equal(received, v4);
    assert.ok(dropped['kernel'] > 0 && dropped['kernel'] < v4, JSON.stringify(dropped));
  });

  void test('sensor: dumpcap in place of tcpdump', NEEDS_DUMPCAP, async (context) => {
    const spaces = namespaces(context, 1);
    const sensor = new Sensor(context, spaces, 'dumpcap', [`interface = in0 ${V4} ${V6}`, 'capture.program = dumpcap']);
    await sensor.says(/listening: Listening/);
    const { bytes, v4, v6 } = traffic(2000, 6);
    replay(spaces, bytes, 0, 'f.pcap');
    await wait(1500);
    assert.equal(await sensor.stop(), 0);
    const segments = segmentsIn(sensor.spool).map(({ segment }) => segment);
    assert.deepEqual([sumsOf(segments).received, sumsOf(segments).dropped], [v4 + v6, {}]);
  });
});
