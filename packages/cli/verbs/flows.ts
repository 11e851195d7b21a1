/** `noroshi flows FILE… --out X.parquet`: flow rows for any tool that reads Parquet, or Corsaro's files for whoever has those. */
import { DUCKDB_ADDRESS } from '../flows/duckdb.ts';
import { choice, defineVerb, flag, list, text, type Values, whole } from '../verb.ts';

const WORKERS_MOST = 64;
const ROWS_MOST = 524_287;
/** A year. */
const INTERVAL_MOST_S = 31_536_000;
const INTERVAL_S = 60;

const flowsOptions = {
  out: text('<file>', 'the file to write, which appears when it is whole; - is standard output', 'files'),
  format: choice(
    'our rows as Parquet, or what CAIDA’s Corsaro 2 (text, binary) or 3 (Avro) would write',
    ['parquet', 'flowtuple', 'flowtuple-binary', 'flowtuple3'],
    'parquet',
  ),
  workers: whole('<n>', 'threads; more than one helps with a single plain file', 1, WORKERS_MOST, 1),
  compress: choice('compression of the pages', ['none', 'zstd', 'gzip'], 'none'),
  prefixes: list(
    '<prefix>',
    'keep only packets to these addresses, which are also the exposure; again or with commas for more',
    'net',
  ),
  sensor: text('<name>', 'name of the sensor in the file’s metadata, a-z, 0-9 and hyphens'),
  maxRows: whole('<n>', 'rows a minute may have before they are written early (memory)', 1, ROWS_MOST, undefined),
  dos: text('<file>', 'flowtuple formats: also the records of attacks (RSDoS)', 'files'),
  global: text('<file>', 'flowtuple formats of Corsaro 2: also its global file', 'files'),
  interval: whole('<s>', 'flowtuple formats: seconds of an interval', 1, INTERVAL_MOST_S, INTERVAL_S),
  one: flag('flowtuple formats: one interval of everything'),
  wide: flag('flowtuple formats: look behind every link layer, also where Corsaro sees nothing'),
  force: flag('overwrite the files'),
  json: flag('what was written as one JSON object'),
};
export type FlowsValues = Values<typeof flowsOptions>;

export const flows = defineVerb({
  name: 'flows',
  sentence:
    'Write flow rows (one a minute, source, destination, service, class, marks) to a Parquet file, or flowtuples.',
  argument: {
    name: 'file',
    takes: 'some',
    completion: 'files',
    sentence: 'captures (pcap, pcapng, ERF; also gzip or zstd); - is standard input',
  },
  options: flowsOptions,
  examples: [
    ['noroshi flows capture.pcap --out flows.parquet', 'one row for every flow and minute'],
    ['noroshi flows --workers 2 --compress zstd big.pcap --out flows.parquet', 'faster and smaller'],
    ['noroshi flows --format flowtuple --dos attacks.txt capture.pcap --out tuples.txt', 'to compare with Corsaro 2'],
    ['duckdb -c "select class, sum(packets) from \'flows.parquet\' group by all"', 'and then ask'],
  ],
  note: 'noroshi help columns explains the columns.',
  listing: {
    sentence:
      'Addresses are 16 bytes. In DuckDB this shows them, ip(src), ip(dst); more queries are in docs/explanation/segment.md',
    language: 'sql',
    text: DUCKDB_ADDRESS,
  },
  run: async (io, files, values) => (await import('../flows/run.ts')).runFlows(io, files, values),
});
