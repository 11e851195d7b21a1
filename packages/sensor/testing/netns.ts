/** Network namespaces for tests: two of them, joined by pairs of interfaces. Nothing leaves them, and they go with the test. */
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
  /** Where packets come from, and where the sensor listens. */
  readonly outside: string;
  readonly inside: string;

  /** Pairs `out0`–`in0`, `out1`–`in1`, …, all up. */
  constructor(context: { after(fn: () => void): void }, pairs: number) {
    const mark = `nrs-${process.pid}-${made++}`;
    this.outside = `${mark}o`;
    this.inside = `${mark}i`;
    context.after(() => {
      for (const name of [this.outside, this.inside]) spawnSync('ip', ['netns', 'delete', name]);
    });
    for (const name of [this.outside, this.inside]) {
      this.ip('netns', 'add', name);
      // No address of its own, no neighbour discovery: nothing but what the test sends.
      this.run(name, 'sysctl', '-q', '-w', 'net.ipv6.conf.default.disable_ipv6=1');
      this.ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    for (let pair = 0; pair < pairs; pair++) this.join(pair);
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
    check('ip', spawnSync('ip', args, { encoding: 'utf8' }));
  }

  /** Runs a program in a namespace to its end; what it said on standard output. */
  run(namespace: string, ...command: readonly string[]): string {
    const ran = spawnSync('ip', ['netns', 'exec', namespace, ...command], { encoding: 'utf8' });
    return check(command.join(' '), ran);
  }
}

function check(what: string, ran: { status: number | null; stdout: string; stderr: string }): string {
  if (ran.status === 0) return ran.stdout;
  throw new Error(`Cannot run ${what}: ${ran.stderr}${ran.stdout}`);
}
