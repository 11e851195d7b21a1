/** Did a program do its job? Packets and flows of what it has made: counted, or read by a program that did not make it. */
import { execFile } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { findProgram } from '@noroshi/kit/programs.ts';
import { DuckDBInstance } from '@duckdb/node-api';

export interface Account {
  readonly packets: number;
  /** What there is, for people: `10,000,000 rows`. */
  readonly what: string;
}

const run = promisify(execFile);
const NEWLINE = 10;

/** Our rows, summed by DuckDB. */
export async function countFlows(parquet: string): Promise<Account> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    const path = parquet.replaceAll("'", "''");
    const reader = await connection.runAndReadAll(`select sum(packets)::bigint, count(*) from '${path}'`);
    const [packets, rows] = reader.getRows()[0].map(Number);
    connection.closeSync();
    return { packets, what: `${whole(rows)} rows` };
  } finally {
    instance.closeSync();
  }
}

/** `noroshi analyze --json`. */
export function countReport(file: string): Promise<Account> {
  const report = JSON.parse(readFileSync(file, 'utf8')) as { readonly packets: number };
  return Promise.resolve({ packets: report.packets, what: 'a report, no rows' });
}

/** The files of nfpcapd, by nfdump. */
export async function countNfdump(directory: string): Promise<Account | undefined> {
  const nfdump = findProgram('nfdump');
  if (nfdump === undefined) return undefined;
  const { stdout } = await run(nfdump, ['-R', directory, '-I']);
  return {
    packets: numberIn(stdout, /^Packets: (\d+)$/m),
    what: `${whole(numberIn(stdout, /^Flows: (\d+)$/m))} flows`,
  };
}

/** What softflowd says at its end: it keeps nothing that could be counted. */
export function countSoftflowd(said: string): Account {
  const flows = numberIn(said, /^Flows exported: (\d+)/m);
  return { packets: numberIn(said, /^Packets processed: (\d+)$/m), what: `${whole(flows)} flows` };
}

/** The records of argus, by racount. */
export async function countArgus(file: string): Promise<Account | undefined> {
  const racount = findProgram('racount');
  if (racount === undefined) return undefined;
  const { stdout } = await run(racount, ['-r', file]);
  const [, records, packets] = /^\s*sum\s+(\d+)\s+(\d+)/m.exec(stdout) ?? [];
  return { packets: Number(packets), what: `${whole(Number(records))} records` };
}

export async function countLines(file: string): Promise<Account> {
  let lines = 0;
  for await (const chunk of createReadStream(file)) {
    for (const byte of chunk as Buffer) if (byte === NEWLINE) lines++;
  }
  return { packets: lines, what: `${whole(lines)} lines` };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1]);
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}
