/** `noroshi analyze FILE…`: what is in these captures. */
import { defineVerb, flag, list, text, whole } from '../verb.ts';

export const analyzeOptions = {
  top: whole('<n>', 'rows of each list', 1, 100_000, 10),
  json: flag('one JSON object instead of the report'),
  prefixes: list(
    '<prefix>',
    'count only packets to these addresses (192.0.2.0/24, 2001:db8::/32); again or with commas for more',
    'net',
  ),
  geo: text('<file>', 'your own mmdb for countries, with country.iso_code or country_code', 'files'),
  asn: text('<file>', 'your own mmdb for networks, with autonomous_system_number', 'files'),
};

export const analyze = defineVerb({
  name: 'analyze',
  sentence: 'Show what is in captures: classes, ports, sources, countries, marks, DoS victims, damage.',
  argument: {
    name: 'file',
    takes: 'some',
    completion: 'files',
    sentence: 'captures (pcap, pcapng, ERF; also gzip or zstd); - is standard input',
  },
  options: analyzeOptions,
  examples: [
    ['noroshi analyze capture.pcap', 'the report'],
    ['noroshi analyze --top 25 2025-01-*.pcap.gz', 'longer lists, many files as one'],
    ['noroshi analyze --prefixes 192.0.2.0/24 capture.pcap', 'only what came to your own addresses'],
    ['tcpdump -i eth0 -c 100000 -w - | noroshi analyze -', 'straight from an interface'],
    ["noroshi analyze --json capture.pcap | jq '.ports[0]'", 'the most wanted port'],
  ],
  run: async (io, files, values) => (await import('../analyze/run.ts')).runAnalyze(io, files, values),
});
