/** The work of `noroshi flows --format flowtuple…`: what Corsaro 2 or 3 writes of the same captures. */
import { TUPLES_MAX } from '@noroshi/wire/interchange/flowtuple/tuple-table.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { besides, checkOutputs, shownOut, writeRefusal } from '../io/out-file.ts';
import { readCaptures, type Reading, reportDamage } from '../io/read-captures.ts';
import { counted } from '../look/counted.ts';
import { bytes, count } from '../look/numbers.ts';
import { duration } from '../look/time.ts';
import type { FlowsValues } from '../verbs/flows.ts';
import { type CorsaroCounts, type CorsaroFiles, type CorsaroFormat, openCorsaroFiles } from './corsaro-files.ts';

export async function runCorsaro(
  io: Io,
  files: readonly string[],
  format: CorsaroFormat,
  out: string,
  values: FlowsValues,
): Promise<number> {
  const { dos, global, force } = values;
  const paths = [out, dos, global].filter((path) => path !== undefined);
  refuseOptions(format, values);
  await checkOutputs(io, paths, { inputs: files, force, isText: format === 'flowtuple' });
  const start_ms = performance.now();
  const { counts, reading } = await write(io, files, format, out, values);
  const seconds = (performance.now() - start_ms) / 1000;
  const told = besides(io, paths);
  told.out.write(
    values.json
      ? `${JSON.stringify(summaryOf(out, format, counts, reading, seconds))}\n`
      : reportOf(out, counts, seconds, told),
  );
  told.out.flush();
  return reportDamage(io, reading.damage);
}

/** Options that another format has. */
function refuseOptions(format: CorsaroFormat, values: FlowsValues): void {
  const foreign = [
    ...(values.workers > 1 ? ['--workers'] : []),
    ...(values.compress === 'none' ? [] : ['--compress']),
    ...(values.prefixes.length > 0 ? ['--prefixes'] : []),
    ...(values.sensor === undefined ? [] : ['--sensor']),
    ...(values.maxRows === undefined ? [] : ['--max-rows']),
    ...(format === 'flowtuple3' && values.global !== undefined ? ['--global'] : []),
  ];
  if (foreign.length > 0) {
    throw new Refusal('usage', `Cannot write flows: ${foreign.join(', ')} means nothing with --format ${format}`);
  }
}

async function write(
  io: Io,
  files: readonly string[],
  format: CorsaroFormat,
  out: string,
  { dos, global, interval, one, wide }: FlowsValues,
): Promise<{ counts: CorsaroCounts; reading: Reading }> {
  let opened: CorsaroFiles | undefined;
  try {
    const work = openCorsaroFiles(format, { out, dos, global, interval_s: one ? undefined : interval, isWide: wide });
    opened = work;
    let hasRoom = true;
    const reading = await readCaptures(
      io,
      files,
      (reader) => (hasRoom = work.take(reader)),
      (reader) => (hasRoom = work.takeAll(reader)),
    );
    if (!hasRoom) {
      const most = count(TUPLES_MAX);
      throw new Refusal(
        'io',
        `Cannot gather flowtuples: an interval has more than ${most} (a shorter --interval has fewer)`,
      );
    }
    return { counts: work.finish(), reading };
  } catch (error) {
    opened?.abandon();
    throw writeRefusal(
      [out, dos, global].filter((path) => path !== undefined),
      error,
    );
  }
}

function summaryOf(
  out: string,
  format: CorsaroFormat,
  { bytes: size, ...counts }: CorsaroCounts,
  { dropped, damage }: Reading,
  seconds: number,
) {
  const captures = damage.map(({ input, kind, offset, detail }) => ({ file: input, kind, offset, detail }));
  return { out, format, ...counts, bytes: size, dropped, seconds, damage: { captures } };
}

function reportOf(out: string, counts: CorsaroCounts, seconds: number, { style }: Io): string {
  const { packets, intervals, skipped, tuples, attacks, refused } = counts;
  const lines = [
    style.bold(
      `Wrote ${shownOut(out)}: ${counted(tuples, 'flowtuple')} in ${counted(intervals - skipped, 'interval')}`,
    ),
    `  ${counted(packets, 'packet')} in ${duration(seconds)} · ${count(packets / seconds)} packets/s · ${bytes(counts.bytes)}`,
    style.dim(
      `  ${counted(counts.counted, 'packet')} in flowtuples, ${count(packets - counts.counted)} without IPv4 outermost`,
    ),
  ];
  if (attacks > 0) lines.push(`  ${counted(attacks, 'record')} of attacks`);
  if (skipped > 0) lines.push(`  ${counted(skipped, 'empty interval')} of long holes left out, with the numbers`);
  if (refused > 0) lines.push(`  ${counted(refused, 'packet')} and values of attacks had no room in the tables`);
  return `${lines.join('\n')}\n`;
}
