/** The work of `noroshi flows --format flowtuple…`: what Corsaro 2 or 3 writes of the same captures. */
import { existsSync } from 'node:fs';
import { TUPLES_MAX } from '@noroshi/wire/interchange/flowtuple/tuple-table.ts';
import { Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { readCaptures, type Reading, reportDamage } from '../io/read-captures.ts';
import { bytes, count } from '../look/numbers.ts';
import { named } from '../look/style.ts';
import { duration } from '../look/time.ts';
import type { FlowsValues } from '../verbs/flows.ts';
import { type CorsaroCounts, type CorsaroFormat, openCorsaroFiles } from './corsaro-files.ts';

export async function runCorsaro(
  io: Io,
  files: readonly string[],
  format: CorsaroFormat,
  out: string,
  values: FlowsValues,
): Promise<number> {
  const { dos, global, force } = values;
  const paths = [out, dos, global].filter((path) => path !== undefined);
  refuseOptions(format, paths, values);
  const there = force ? undefined : paths.find((path) => existsSync(path));
  if (there !== undefined) {
    throw new Refusal('io', `Cannot write ${named(there)}: it exists already (--force overwrites)`);
  }
  const start_ms = performance.now();
  const { counts, reading } = await write(io, files, format, out, values);
  const seconds = (performance.now() - start_ms) / 1000;
  io.out.write(
    values.json
      ? `${JSON.stringify(summaryOf(out, format, counts, reading, seconds))}\n`
      : reportOf(out, counts, seconds, io),
  );
  io.out.flush();
  return reportDamage(io, reading.damage);
}

/** Options that another format has. */
function refuseOptions(format: CorsaroFormat, paths: readonly string[], values: FlowsValues): void {
  const foreign = [
    ...(values.workers > 1 ? ['--workers'] : []),
    ...(values.compress === 'none' ? [] : ['--compress']),
    ...(values.net.length > 0 ? ['--net'] : []),
    ...(values.sensor === undefined ? [] : ['--sensor']),
    ...(values.maxRows === undefined ? [] : ['--max-rows']),
    ...(format === 'flowtuple3' && values.global !== undefined ? ['--global'] : []),
  ];
  if (foreign.length > 0) {
    throw new Refusal('usage', `Cannot write flows: ${foreign.join(', ')} means nothing with --format ${format}`);
  }
  if (new Set(paths).size < paths.length) throw new Refusal('usage', 'Cannot write flows: two outputs have one name');
}

async function write(
  io: Io,
  files: readonly string[],
  format: CorsaroFormat,
  out: string,
  { dos, global, interval, one, wide }: FlowsValues,
): Promise<{ counts: CorsaroCounts; reading: Reading }> {
  const opened = openCorsaroFiles(format, { out, dos, global, interval_s: one ? undefined : interval, isWide: wide });
  try {
    let hasRoom = true;
    const reading = await readCaptures(
      io,
      files,
      (reader) => (hasRoom = opened.take(reader)),
      (reader) => (hasRoom = opened.takeAll(reader)),
    );
    if (!hasRoom) {
      const most = count(TUPLES_MAX);
      throw new Refusal(
        'io',
        `Cannot gather flowtuples: an interval has more than ${most} (a shorter --interval has fewer)`,
      );
    }
    return { counts: opened.finish(), reading };
  } finally {
    opened.abandon();
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
  const { packets, counted, intervals, skipped, tuples, attacks, refused } = counts;
  const lines = [
    style.bold(`Wrote ${named(out)}: ${count(tuples)} flowtuples in ${count(intervals - skipped)} intervals`),
    `  ${count(packets)} packets in ${duration(seconds)} · ${count(packets / seconds)} packets/s · ${bytes(counts.bytes)}`,
    style.dim(`  ${count(counted)} packets in flowtuples, ${count(packets - counted)} without IPv4 outermost`),
  ];
  if (attacks > 0) lines.push(`  ${count(attacks)} records of attacks`);
  if (skipped > 0) lines.push(`  ${count(skipped)} empty intervals of long holes were left out; their numbers are`);
  if (refused > 0) lines.push(`  ${count(refused)} packets and values of attacks had no room in the tables`);
  return `${lines.join('\n')}\n`;
}
