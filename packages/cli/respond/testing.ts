/** Two network namespaces that are joined by a cable: a sensor's machine, and the Internet. Nothing of it reaches this machine. */
import { spawn } from 'node:child_process';
import { type Need, program } from '@noroshi/kit/testing.ts';
import { Namespaces, netns } from '@noroshi/sensor/testing/netns.ts';

/** Addresses that the sensor answers for, and where they are routed. */
export const PREFIXES = ['198.51.100.0/24', '2001:db8:51::/64'];

/** Ends of the cable. */
export const SENSOR_INTERFACE = 'in0';
export const WORLD_INTERFACE = 'out0';
/** Of the sensor's end: raw scanners want to know where to send. */
export const SENSOR_MAC = '02:00:5e:10:00:01';

/** Namespaces can be made, and rules for the responder. */
export const NAMESPACE_NEEDS: readonly Need[] = [netns(), program('nft')];

export class Cable {
  readonly sensor: string;
  readonly world: string;
  private readonly spaces: Namespaces;

  constructor() {
    this.spaces = new Namespaces(1, { hasIpv6: true });
    this.sensor = this.spaces.inside;
    this.world = this.spaces.outside;
    try {
      this.settle();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  private settle(): void {
    const { sensor, world, spaces } = this;
    spaces.ip('-n', sensor, 'link', 'set', SENSOR_INTERFACE, 'address', SENSOR_MAC);
    for (const [namespace, device, host] of [
      [sensor, SENSOR_INTERFACE, 1],
      [world, WORLD_INTERFACE, 2],
    ] as const) {
      spaces.ip('-n', namespace, 'addr', 'add', `10.9.0.${host}/24`, 'dev', device);
      spaces.ip('-n', namespace, 'addr', 'add', `fd09::${host}/64`, 'dev', device, 'nodad');
    }
    // A second visitor.
    spaces.ip('-n', world, 'addr', 'add', '10.9.0.3/24', 'dev', WORLD_INTERFACE);
    for (const prefix of PREFIXES) {
      spaces.ip('-n', world, 'route', 'add', prefix, 'via', prefix.includes(':') ? 'fd09::1' : '10.9.0.1');
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
    this.spaces.remove();
  }
}
