/** Network namespaces for tests and benchmarks: two of them, joined by pairs of interfaces. Nothing leaves them. */
import { spawnSync } from 'node:child_process';
import type { Need } from '@noroshi/kit/testing.ts';
import { program } from '@noroshi/kit/testing.ts';

let made = 0;

/** Whether this process may make namespaces. */
export function netns(): Need {
  if (process.getuid?.() !== 0) return { missing: 'not root: no network namespaces' };
  if (program('ip').missing !== undefined) return program('ip');
  const name = `nrs-probe-${process.pid}`;
  const { status, stderr } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'delete', name]);
  return { missing: status === 0 ? undefined : `no network namespaces: ${stderr.trim()}` };
}

export class Namespaces {
  /** Where packets come from, and where the sensor listens; no other process has namespaces of these names. */
  readonly outside: string;
  readonly inside: string;

  /**
   * Pairs `out0`–`in0`, `out1`–`in1`, …, all up. Without IPv6 of their own they have no address and discover no neighbour: nothing
   * but what is sent into them. Throws Error with what `ip` said.
   */
  constructor(pairs: number, { hasIpv6 = false } = {}) {
    const mark = `nrs-${process.pid}-${made++}`;
    this.outside = `${mark}o`;
    this.inside = `${mark}i`;
    try {
      for (const name of [this.outside, this.inside]) {
        this.ip('netns', 'add', name);
        if (!hasIpv6) this.run(name, 'sysctl', '-q', '-w', 'net.ipv6.conf.default.disable_ipv6=1');
        this.ip('-n', name, 'link', 'set', 'lo', 'up');
      }
      for (let pair = 0; pair < pairs; pair++) this.join(pair);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Makes a pair, again when it was taken away. */
  join(pair: number): void {
    const { outside, inside } = this;
    const peer = ['type', 'veth', 'peer', 'name', `in${pair}`, 'netns', inside];
    this.ip('link', 'add', `out${pair}`, 'netns', outside, ...peer);
    this.ip('-n', outside, 'link', 'set', `out${pair}`, 'up');
    this.ip('-n', inside, 'link', 'set', `in${pair}`, 'up');
  }

  /** Runs `ip`. Throws Error with what it said. */
  ip(...args: readonly string[]): void {
    check(`ip ${args.join(' ')}`, spawnSync('ip', args, { encoding: 'utf8' }));
  }

  /** Runs a program in a namespace to its end; what it said on standard output. */
  run(namespace: string, ...command: readonly string[]): string {
    const ran = spawnSync('ip', ['netns', 'exec', namespace, ...command], { encoding: 'utf8' });
    return check(command.join(' '), ran);
  }

  /** They go, with all interfaces; nothing to say when they never were. */
  remove(): void {
    for (const name of [this.outside, this.inside]) spawnSync('ip', ['netns', 'delete', name]);
  }
}

function check(what: string, ran: { status: number | null; stdout: string; stderr: string }): string {
  if (ran.status === 0) return ran.stdout;
  throw new Error(`Cannot run ${what}: ${ran.stderr}${ran.stdout}`);
}
