/**
 * Runs tshark over one capture. Name resolution is off, and so is everything that would show the fields of one packet in
 * another one: reassembly of fragments and of streams.
 */
import { execFile } from 'node:child_process';
import { AGGREGATOR, outermost, TSHARK_FIELDS } from './outermost.ts';
import type { Row } from './row.ts';

/** A program of the operating system: packages do not bring it. */
export const PROGRAM = 'tshark';

const OFF = [
  'ip.defragment',
  'ipv6.defragment',
  'wlan.defragment',
  'tcp.desegment_tcp_streams',
  'tcp.reassemble_out_of_order',
];
const ARGUMENTS = [
  '-n',
  '-T',
  'fields',
  '-E',
  'occurrence=a',
  '-E',
  `aggregator=${AGGREGATOR}`,
  ...OFF.flatMap((preference) => ['-o', `${preference}:FALSE`]),
  ...TSHARK_FIELDS.flatMap((field) => ['-e', field]),
];
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
/** A link type or a file format that this tshark cannot read at all; what it reads before damage has another status. */
const UNSUPPORTED = "that TShark doesn't support";

/** Somebody's preferences must not change what tshark says; plugins are for protocols above ours, and a fifth of its start. */
const WITHOUT_EXTRAS = { WIRESHARK_CONFIG_DIR: '/nonexistent', WIRESHARK_PLUGIN_DIR: '/nonexistent' };

/** Every packet of a capture as tshark sees it; undefined when it does not support what the capture holds. */
export function readWithTshark(path: string): Promise<Row[] | undefined> {
  const options = { maxBuffer: OUTPUT_BYTES_MAX, env: { ...process.env, ...WITHOUT_EXTRAS } };
  return new Promise((resolve, reject) => {
    execFile(PROGRAM, [...ARGUMENTS, '-r', path], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error('Cannot run tshark', { cause: error }));
      else if (stdout === '' && stderr.includes(UNSUPPORTED)) resolve(undefined);
      else resolve(rowsOf(stdout));
    });
  });
}

function rowsOf(output: string): Row[] {
  const lines = output.split('\n');
  // The text ends with a line break, which begins no line.
  lines.pop();
  return lines.flatMap((line) => outermost(line) ?? []);
}
