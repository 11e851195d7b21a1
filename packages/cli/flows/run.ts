/** The work of `noroshi flows`: the sensor's own stages, with what was written in words. */
import { rmSync } from 'node:fs';
import { partOf } from '@noroshi/kit/part-file.ts';
import { type FlowsOutcome, writeFlows } from '@noroshi/sensor/segment/flows.ts';
import { SENSOR_NAME } from '@noroshi/wire/segment/segment.ts';
import { telescopeOf } from '../analyze/run.ts';
import { Interrupted, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { besides, checkOutputs, shownOut, writeRefusal } from '../io/out-file.ts';
import { Progress } from '../io/progress.ts';
import { captureRefusal, refuseFolders, reportDamage } from '../io/read-captures.ts';
import { counted } from '../look/counted.ts';
import { bytes, count, rate } from '../look/numbers.ts';
import { duration } from '../look/time.ts';
import type { FlowsValues } from '../verbs/flows.ts';

export async function runFlows(io: Io, files: readonly string[], values: FlowsValues): Promise<number> {
  const { out } = values;
  if (out === undefined) throw new Refusal('usage', 'Cannot write flows: --out says where to');
  if (values.format !== 'parquet') {
    const { runCorsaro } = await import('./corsaro.ts');
    return runCorsaro(io, files, values.format, out, values);
  }
  if (values.dos !== undefined || values.global !== undefined || values.one || values.wide) {
    throw new Refusal('usage', 'Cannot write flows: --dos, --global, --one and --wide need a flowtuple --format');
  }
  await checkOutputs(io, [out], { inputs: files, force: values.force, isText: false });
  telescopeOf(values.prefixes);
  refuseName(values.sensor);
  refuseFolders(files);
  const start_ms = performance.now();
  const outcome = await write(io, files, out, values);
  const seconds = (performance.now() - start_ms) / 1000;
  const told = besides(io, [out]);
  told.out.write(
    values.json ? `${JSON.stringify(summaryOf(out, outcome, seconds))}\n` : reportOf(out, outcome, seconds, told),
  );
  told.out.flush();
  return reportDamage(io, outcome.damage);
}

/** Throws Refusal. */
function refuseName(sensor: string | undefined): void {
  if (sensor === undefined || SENSOR_NAME.test(sensor)) return;
  const rule = 'a name begins with a letter and goes on with a-z, 0-9 and hyphens, at most 63';
  throw new Refusal('usage', `Cannot name the sensor ${JSON.stringify(sensor)}: ${rule}`);
}

async function write(io: Io, files: readonly string[], out: string, values: FlowsValues): Promise<FlowsOutcome> {
  const progress = new Progress(io);
  try {
    return await io.interrupt.orStop(
      writeFlows({
        paths: files,
        out,
        workers: values.workers,
        compression: values.compress,
        ...(values.sensor === undefined ? {} : { sensor: values.sensor }),
        ...(values.prefixes.length === 0 ? {} : { prefixes: values.prefixes }),
        ...(values.maxRows === undefined ? {} : { rowsPerMinuteMax: values.maxRows }),
        onProgress: ({ packets, bytesRead, bytesTotal }) => {
          io.interrupt.check();
          progress.update(packets, bytesTotal === undefined ? undefined : bytesRead / bytesTotal);
        },
      }),
    );
  } catch (error) {
    // The stages may still wait for input, and the program will not wait for them.
    const part = error instanceof Interrupted ? partOf(out) : undefined;
    if (part !== undefined) rmSync(part, { force: true });
    throw captureRefusal(files, writeRefusal([out], error));
  } finally {
    progress.clear();
  }
}

function summaryOf(out: string, { counters, dropped, segment, bytes: size, damage }: FlowsOutcome, seconds: number) {
  const { received, kept, filtered, rows, closedEarly } = counters;
  return {
    out,
    rows,
    packets: received,
    bytes: size,
    counters: { received: received + dropped, kept, filtered, dropped },
    closed_early: closedEarly,
    first: counters.first_ms === null ? null : counters.first_ms / 1000,
    last: counters.last_ms === null ? null : counters.last_ms / 1000,
    sensor: segment.sensor,
    exposure: segment.exposure,
    digest: segment.digest,
    seconds,
    damage: { captures: damage.map(({ input, kind, offset, detail }) => ({ file: input, kind, offset, detail })) },
  };
}

function reportOf(
  out: string,
  { counters, dropped, bytes: size }: FlowsOutcome,
  seconds: number,
  { style }: Io,
): string {
  const { received, kept, filtered, rows, closedEarly } = counters;
  const sum = filtered.not_ip + filtered.malformed + filtered.elsewhere;
  const perRow = rows > 0 ? ` · ${rate(kept / rows)} packets a row` : '';
  const lines = [
    style.bold(`Wrote ${shownOut(out)}: ${counted(rows, 'row')}, ${bytes(size)}`),
    `  ${counted(received, 'packet')} in ${duration(seconds)} · ${count(received / seconds)} packets/s${perRow}`,
    style.dim(
      `  received ${count(received + dropped)} = kept ${count(kept)} + filtered ${count(sum)} + dropped ${count(dropped)}`,
    ),
  ];
  if (closedEarly > 0) lines.push(`  ${counted(closedEarly, 'time')} a minute had too many rows and was written early`);
  return `${lines.join('\n')}\n`;
}
