/** The peak of memory on a capture four times as large: it must not know the size of the file. */
import { mkdirSync, rmSync } from 'node:fs';
import { MEMORY_TIMES } from './captures.ts';
import type { Bench } from './compare.ts';
import { count, seconds } from './numbers.ts';
import { NODE, ONE_CORE, TOOLS, TWO_WORKERS } from './tools.ts';

export interface MemoryRow {
  readonly name: string;
  readonly packets: number;
  readonly bytes: number;
  readonly wall_s: number;
  readonly rss_mib: number;
}

/** One run of ours with one core and one with two workers. Throws when one fails. */
export async function measureMemory(bench: Bench): Promise<MemoryRow[]> {
  const { captures, options, runner, say } = bench;
  captures.clear();
  const capture = await captures.make('unique', options.packets * MEMORY_TIMES, options.packets);
  const rows: MemoryRow[] = [];
  for (const tool of TOOLS.filter(({ name }) => name === ONE_CORE || name === TWO_WORKERS)) {
    rmSync(captures.out, { recursive: true, force: true });
    mkdirSync(captures.out);
    const place = { capture: capture.path, out: captures.out, port: bench.sink.port };
    const { wall_s, rss_mib, failure } = await runner.run({ argv: [NODE, ...tool.args(place)], cores: tool.cores });
    if (failure !== undefined) throw new Error(`Cannot measure memory: ${tool.name} failed, ${failure}`);
    const account = await tool.account(place, { wall_s, rss_mib, cpu_s: 0, said: '', failure });
    if (account?.packets !== capture.packets) throw new Error(`Cannot measure memory: ${tool.name} lost packets`);
    rows.push({ name: tool.name, packets: capture.packets, bytes: capture.bytes, wall_s, rss_mib });
    say(`memory  ${tool.name}: ${count(capture.packets)} packets, ${seconds(wall_s)} s, ${count(rss_mib)} MiB`);
  }
  return rows;
}
