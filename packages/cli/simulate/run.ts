/** The work of `noroshi simulate`: a capture and its truth, both whole or not at all. */
import { EVENT_KINDS, type EventKind, type SimulateOptions } from '@noroshi/simulate/main.ts';
import { truthFileOf, writeSimulation, type Written } from '@noroshi/simulate/writer.ts';
import { EXIT, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { besides, checkOutputs, shownOut, writeRefusal } from '../io/out-file.ts';
import { Progress } from '../io/progress.ts';
import { counted } from '../look/counted.ts';
import { bytes, count } from '../look/numbers.ts';
import { named } from '../look/style.ts';
import { type Column, table } from '../look/table.ts';
import type { SimulateValues } from '../verbs/simulate.ts';
import { optionsOf } from './options.ts';

export async function runSimulate(io: Io, values: SimulateValues): Promise<number> {
  const { out, force } = values;
  if (out === undefined) throw new Refusal('usage', 'Cannot simulate: --out says where to write the capture');
  const truth = truthFileOf(out);
  await checkOutputs(io, truth === undefined ? [out] : [out, truth], { force, isText: false });
  const written = await writeCapture(io, out, optionsOf(values));
  const told = besides(io, [out]);
  told.out.write(values.json ? `${JSON.stringify(summaryOf(written))}\n` : reportOf(written, told));
  return EXIT.ok.code;
}

async function writeCapture(io: Io, out: string, options: SimulateOptions): Promise<Written> {
  const progress = new Progress(io);
  try {
    return await writeSimulation(out, options, (packets, packetsTotal) => {
      io.interrupt.check();
      progress.update(packets, packets / packetsTotal);
    });
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith('Cannot simulate')) {
      throw new Refusal('usage', error.message);
    }
    throw writeRefusal([out, truthFileOf(out) ?? out], error);
  } finally {
    progress.clear();
  }
}

function summaryOf({ capture, truthFile, truth }: Written) {
  const { packets, bytes: size, seed, scenario, start_s, duration_s, prefixes, totals } = truth.header;
  return {
    capture,
    truth: truthFile ?? null,
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
    style.bold(`Wrote ${shownOut(capture)}: ${counted(header.packets, 'packet')}, ${bytes(header.bytes)}`),
    ...(truthFile === undefined ? [] : [`  and ${named(truthFile)}: the truth, ${counted(events.length, 'event')}`]),
    `  seed ${header.seed} · ${header.scenario} · ${header.prefixes.join(', ')}`,
    '',
    ...table(rows, columns, width, style),
  ];
  return `${lines.join('\n')}\n`;
}
