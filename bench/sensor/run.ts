/**
 * The benchmark of the live sensor: packets a second without loss from a pair of interfaces that tcpreplay feeds, beside tcpdump
 * writing to a file in the same run. Needs root, tcpdump and tcpreplay; everything happens in two network namespaces.
 *
 *     npm run bench:sensor                 about 4 minutes; writes its part of bench/RESULTS.md
 *     npm run bench:sensor -- --quick      two rates; on the screen only
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Namespaces } from '@noroshi/sensor/testing/netns.ts';
import { currentLoad, describeMachine } from '../machine.ts';
import { writePart } from '../parts.ts';
import { CAPTURES, type Heard, makeCapture, PREFIX } from './trial.ts';

const REPORT = resolve(import.meta.dirname, '../RESULTS.md');
/** Packets a second that tcpreplay is asked for; 0: as fast as it can. */
const RATES = [50_000, 100_000, 200_000, 300_000, 400_000, 0];
const QUICK = [100_000, 0];
const SECONDS = 10;
const GOAL = 0.8;

interface Row extends Heard {
  readonly name: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'noroshi-bench-'));
  // tcpdump gives its privileges up before it writes.
  chmodSync(folder, 0o777);
  const load = currentLoad();
  const rows: Row[] = [];
  try {
    const capture = makeCapture(folder);
    const spaces = new Namespaces(1);
    try {
      for (const rate_pps of values.quick ? QUICK : RATES) {
        for (const [name, capturing] of Object.entries(CAPTURES)) {
          const heard = await capturing({ spaces, folder, capture, rate_pps, seconds: values.quick ? 4 : SECONDS });
          rows.push({ name, ...heard });
          console.error(JSON.stringify(rows.at(-1)));
        }
      }
    } finally {
      spaces.remove();
    }
    const text = report(rows, load);
    console.log(text);
    if (!values.quick) writePart(REPORT, 'sensor', text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Highest rate at which a program lost nothing; 0 when it always lost. */
function sustained(rows: readonly Row[], name: string): number {
  const whole = rows.filter((row) => row.name === name && row.captured === row.sent);
  return Math.max(0, ...whole.map(({ sent_pps }) => sent_pps));
}

function report(rows: readonly Row[], load: number): string {
  const [theirs, ours] = Object.keys(CAPTURES).map((name) => sustained(rows, name));
  const ratio = theirs === 0 ? 0 : ours / theirs;
  const lines = rows.map(({ name, sent, sent_pps, captured, cpu_s, peak_mebibytes }) => {
    const lost = `${(100 * (1 - captured / sent)).toFixed(3)} %`;
    return `| ${name} | ${Math.round(sent_pps)} | ${sent} | ${captured} | ${lost} | ${cpu_s.toFixed(2)} | ${peak_mebibytes} |`;
  });
  return `# The live sensor beside tcpdump

Written by \`npm run bench:sensor\` on ${new Date().toISOString().slice(0, 10)}; not to be edited by hand.

tcpreplay feeds one end of a veth pair with packets to ${PREFIX}, all of which pass the filter. CPU and memory are those of the program and,
of the sensor, of its tcpdump as well.
| program | sent pps | sent | captured | lost | cpu s | peak MiB |
|---|---:|---:|---:|---:|---:|---:|
${lines.join('\n')}

Without loss: tcpdump ${Math.round(theirs)}, sensor ${Math.round(ours)} packets/s: ${ratio.toFixed(2)} × (goal ${GOAL} ×, ${ratio >= GOAL ? 'reached' : '**missed**'}).

${describeMachine(load).join('\n')}
`;
}

await main();
