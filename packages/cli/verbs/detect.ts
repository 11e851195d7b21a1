/** `noroshi detect FILE…`: what detectors find in captures. */
import { choice, defineVerb, flag, list, text, type Values, withJson } from '../verb.ts';

const detectOptions = {
  detectors: list('<name>', 'only these detectors or themes (dos, scan/horizontal); again or with commas for more'),
  prefixes: list(
    '<prefix>',
    'addresses of the telescope (192.0.2.0/24, 2001:db8::/32): only packets to them count, and rates are estimated by their number',
  ),
  format: choice('form of the findings', ['text', 'json', 'csv'], 'text'),
  json: flag('the same as --format json'),
  geo: text('<file>', 'your own mmdb for countries, with country.iso_code or country_code', 'files'),
  asn: text('<file>', 'your own mmdb for networks, with autonomous_system_number', 'files'),
};
export type DetectValues = Values<typeof detectOptions>;

export const detect = defineVerb({
  name: 'detect',
  sentence: 'Run the detectors over captures: DoS victims, reflections, scans, with how sure and why.',
  argument: {
    name: 'file',
    takes: 'some',
    completion: 'files',
    sentence: 'captures (pcap, pcapng, ERF; also gzip or zstd); - is standard input',
  },
  options: detectOptions,
  examples: [
    ['noroshi detect capture.pcap', 'everything that the detectors of a center find'],
    [
      'noroshi detect --detectors dos --prefixes 192.0.2.0/24 telescope-*.pcap.gz',
      'victims, with their attacks’ rates',
    ],
    ['noroshi detect --detectors dos/corsaro2,dos/corsaro3 capture.pcap', 'other rules side by side'],
    ["noroshi detect --format json capture.pcap | jq '.findings[].subject.value'", 'for programs'],
  ],
  note: 'Without --prefixes the different destinations of what nobody in the capture had asked for count as the telescope, and answers to what somebody had asked for are left out.',
  run: async (io, files, values) =>
    (await import('../evaluate/run-detect.ts')).runDetect(io, files, withJson(values, 'text')),
});
