/** `noroshi flows FILE… --out X.parquet`: flow rows for any tool that reads Parquet. */
import { choice, defineVerb, flag, list, text, type Values, whole } from '../verb.ts';

const WORKERS_MOST = 64;
const ROWS_MOST = 524_287;

const flowsOptions = {
  out: text('<file>', 'the Parquet file to write; it appears when it is whole', 'files'),
  workers: whole('<n>', 'threads; more than one helps with a single plain file', 1, WORKERS_MOST, 1),
  compress: choice('compression of the pages', ['none', 'zstd', 'gzip'], 'none'),
  net: list(
    '<prefix>',
    'keep only packets to these addresses, which are also the exposure; again or with commas for more',
  ),
  sensor: text('<name>', 'name of the sensor in the file’s metadata'),
  maxRows: whole('<n>', 'rows a minute may have before they are written early (memory)', 1, ROWS_MOST, undefined),
  force: flag('overwrite the file'),
  json: flag('what was written as one JSON object'),
};
export type FlowsValues = Values<typeof flowsOptions>;

export const flows = defineVerb({
  name: 'flows',
  sentence: 'Write flow rows (one a minute, source, destination, service, class, marks) to a Parquet file.',
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
    ['duckdb -c "select class, sum(packets) from \'flows.parquet\' group by all"', 'and then ask'],
  ],
  note: 'noroshi help columns explains the columns.',
  run: async (io, files, values) => (await import('../flows/run.ts')).runFlows(io, files, values),
});
