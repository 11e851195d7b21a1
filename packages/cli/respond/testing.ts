/** Two network namespaces that are joined by a cable: a sensor's machine, and the Internet. Nothing of it reaches this machine. */
import { execFileSync, spawn } from 'node:child_process';
import { type Need, program } from '@noroshi/kit/testing.ts';

/** Addresses that the sensor answers for, and where they are routed. */
export const PREFIXES = ['198.51.100.0/24', '2001:db8:51::/64'];

/** Of the sensor's end of the cable: raw scanners want to know where to send. */
export const SENSOR_MAC = '02:00:5e:10:00:01';

/** Namespaces can be made: Linux, root, iproute2 and nftables. */
export const NAMESPACE_NEEDS: readonly Need[] = [
  program('ip'),
  program('nft'),
  { missing: process.getuid?.() === 0 ? undefined : 'only root can make network namespaces' },
];

export class Cable {
  readonly sensor: string;
  readonly world: string;

  constructor(name: string) {
    this.sensor = `${name}-s-${process.pid}`;
    this.world = `${name}-w-${process.pid}`;
    for (const namespace of [this.sensor, this.world]) ip('netns', 'add', namespace);
    try {
      this.join();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  private join(): void {
    const { sensor, world } = this;
    ip(
      'link',
      'add',
      'v0',
      'address',
      SENSOR_MAC,
      'netns',
      sensor,
      'type',
      'veth',
      'peer',
      'name',
      'v1',
      'netns',
      world,
    );
    for (const [namespace, device, host] of [
      [sensor, 'v0', 1],
      [world, 'v1', 2],
    ] as const) {
      ip('-n', namespace, 'addr', 'add', `10.9.0.${host}/24`, 'dev', device);
      ip('-n', namespace, 'addr', 'add', `fd09::${host}/64`, 'dev', device, 'nodad');
      ip('-n', namespace, 'link', 'set', device, 'up');
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
    }
    // A second visitor.
    ip('-n', world, 'addr', 'add', '10.9.0.3/24', 'dev', 'v1');
    for (const prefix of PREFIXES) {
      ip('-n', world, 'route', 'add', prefix, 'via', prefix.includes(':') ? 'fd09::1' : '10.9.0.1');
    }
  }

  /** A program in a namespace, to its end; what it printed. */
  run(namespace: string, command: readonly string[], input = '', seconds = 30): Promise<{ out: string; code: number }> {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    let out = '';
    child.stdout.on('data', (bytes) => (out += String(bytes)));
    child.stderr.on('data', (bytes) => (out += String(bytes)));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve) => {
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ out, code: code ?? -1 });
      });
    });
  }

  remove(): void {
    for (const namespace of [this.sensor, this.world]) {
      try {
        ip('netns', 'del', namespace);
      } catch {
        // Never made, or gone.
      }
    }
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
