/**
 * The global file of Corsaro 2: what was read in which intervals, and what the DoS plugin counted at its dumps. The lines that tell
 * by the clock on the wall when it was written are left out, so that the same packets make the same file.
 */
import { asciiIntervalEnd, asciiIntervalStart } from './flowtuple/ascii.ts';
import type { Corsaro2, Corsaro2Interval } from './corsaro2.ts';

/** What Corsaro writes for one interval of everything. */
const INTERVAL_OF_ALL = 65_535;

export function globalHead(interval_s: number | undefined, hasDos: boolean): string {
  const plugins = ['flowtuple', ...(hasDos ? ['dos'] : [])].map((name) => `# CORSARO_PLUGIN ${name}\n`);
  return `# CORSARO_VERSION 2.0\n# CORSARO_INTERVAL ${interval_s ?? INTERVAL_OF_ALL}\n${plugins.join('')}`;
}

export function globalInterval({ number, start_s, end_s, dump }: Corsaro2Interval): string {
  const counts =
    dump === undefined
      ? ''
      : '# CORSARO_PLUGIN_DATA_START dos\n' +
        `mismatch: ${dump.mismatches}\nattack_vectors: ${dump.attacks.length}\nnon-attack_vectors: ${dump.others}\n` +
        '# CORSARO_PLUGIN_DATA_END dos\n';
  return `${asciiIntervalStart(number, start_s)}${counts}${asciiIntervalEnd(number, end_s)}`;
}

/** Every packet is accepted: there are no filters. */
export function globalFoot({ packets, first_s = 0, last_s }: Corsaro2): string {
  const counts = `# CORSARO_PACKETCNT ${packets}\n# CORSARO_ACCEPTEDCNT ${packets}\n`;
  return `${counts}# CORSARO_FIRSTPKT ${first_s}\n# CORSARO_LASTPKT ${last_s}\n`;
}
