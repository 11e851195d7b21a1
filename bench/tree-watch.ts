/** Processor time and peak memory of a process and its descendants from /proc, for machines without GNU time. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** User and system time. */
  readonly cpu_s: number;
  /** Peak resident memory of the largest process. */
  readonly rss_mib: number;
}

const LOOK_MS = 5;
/** USER_HZ: what /proc counts in, on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** Looks every few milliseconds; what happens between the last look and the end is missed. */
export class TreeWatch {
  private readonly root: number;
  private readonly timer: NodeJS.Timeout;
  private readonly usages = new Map<number, Usage>();

  constructor(root: number) {
    this.root = root;
    this.timer = setInterval(() => this.look(this.root), LOOK_MS);
  }

  close(): Usage {
    clearInterval(this.timer);
    const usages = [...this.usages.values()];
    return {
      cpu_s: usages.reduce((sum, { cpu_s }) => sum + cpu_s, 0),
      rss_mib: Math.max(0, ...usages.map(({ rss_mib }) => rss_mib)),
    };
  }

  private look(pid: number): void {
    try {
      const hwm = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      // Behind the name, which may hold anything but ends with the last parenthesis, the 12th and 13th field.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const cpu_s = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
      if (hwm !== null) this.usages.set(pid, { cpu_s, rss_mib: Number(hwm[1]) / 1024 });
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
        if (children !== '') children.split(' ').forEach((child) => this.look(Number(child)));
      }
    } catch {
      // It has ended while we looked: what we saw before stays.
    }
  }
}
