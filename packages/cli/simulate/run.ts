/** The work of `noroshi simulate`: a capture and its truth, both whole or not at all. */
import { renameSync, rmSync } from 'node:fs';
import { EVENT_KINDS, type EventKind, type SimulateOptions } from '@noroshi/simulate/main.ts';
import { truthFileOf, writeSimulation, type Written } from '@noroshi/simulate/writer.ts';
import { EXIT, Refusal, refusalOf } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { refuseOverwriting } from '../io/out-file.ts';
import { Progress } from '../io/progress.ts';
import { bytes, count } from '../look/numbers.ts';
import { named } from '../look/style.ts';
import { type Column, table } from '../look/table.ts';
import type { SimulateValues } from '../verbs/simulate.ts';
import { optionsOf } from './options.ts';

export async function runSimulate(io: Io, values: SimulateValues): Promise<number> {
  const { out, force } = values;
  if (out === undefined) throw new Refusal('usage', 'Cannot simulate: --out says where to write the capture');
  if (!force) refuseOverwriting([out, truthFileOf(out)]);
  const written = await writeCapture(io, out, optionsOf(values));
  io.out.write(values.json ? `${JSON.stringify(summaryOf(written))}\n` : reportOf(written, io));
  return EXIT.ok.code;
}

/** Writes under names that say "unfinished" and renames at the end; removes them when it does not come to that. */
export async function writeCapture(io: Io, out: string, options: SimulateOptions): Promise<Written> {
  const part = `${out}.part`;
  const progress = new Progress(io);
  try {
    const written = await writeSimulation(part, options, (packets, packetsTotal) => {
      io.interrupt.check();
      progress.update(packets, packets / packetsTotal);
    });
    renameSync(written.truthFile, truthFileOf(out));
    renameSync(part, out);
    return { ...written, capture: out, truthFile: truthFileOf(out) };
  } catch (error) {
    rmSync(part, { force: true });
    rmSync(truthFileOf(part), { force: true });
    if (error instanceof RangeError && error.message.startsWith('Cannot simulate')) {
      throw new Refusal('usage', error.message);
    }
    throw refusalOf('write', named(out), error);
  } finally {
    progress.clear();
  }
}

function summaryOf({ capture, truthFile, truth }: Written) {
  const { packets, bytes: size, seed, scenario, start_s, duration_s, prefixes, totals } = truth.header;
  return {
    capture,
    truth: truthFile,
    packets,
    bytes: size,
    seed,
    scenario,
    start: start_s,
    duration_s,
    prefixes,
    events: truth.events.length,
    totals,
  };
}

interface KindRow {
  readonly kind: EventKind;
  readonly events: number;
  readonly packets: number;
}

function reportOf({ capture, truthFile, truth: { header, events } }: Written, { style, width }: Io): string {
  const rows = Object.entries(header.totals).map(([kind, total]) => ({ kind: kind as EventKind, ...total }));
  const columns: Column<KindRow>[] = [
    { head: 'what happens', text: ({ kind }) => kind },
    { head: 'events', text: (row) => count(row.events), align: 'right' },
    { head: 'packets', text: (row) => count(row.packets), align: 'right' },
    { head: '', text: ({ kind }) => EVENT_KINDS[kind], least: 20, optional: 1, paint: style.dim },
  ];
  const lines = [
    style.bold(`Wrote ${named(capture)}: ${count(header.packets)} packets, ${bytes(header.bytes)}`),
    `  and ${named(truthFile)}: the truth, ${count(events.length)} events`,
    `  seed ${header.seed} · ${header.scenario} · ${header.prefixes.join(', ')}`,
    '',
    ...table(rows, columns, width, style),
  ];
  return `${lines.join('\n')}\n`;
}
