/** `noroshi packets FILE…`: one line a packet. */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import { MARKS } from '@noroshi/wire/classify/marks/index.ts';
import { defineVerb, flag, type Values, whole, words } from '../verb.ts';

const packetsOptions = {
  json: flag('one JSON object a line (NDJSON)'),
  count: whole('<n>', 'stop after n lines', 1, Number.MAX_SAFE_INTEGER, undefined),
  class: words(
    '<name>',
    'only packets of this class (noroshi help classes)',
    CLASSES.map(({ name }) => name),
  ),
  mark: words(
    '<name>',
    'only packets that carry this mark (noroshi help marks)',
    MARKS.map(({ name }) => name),
  ),
  inner: flag('also walk what tunnels carry'),
  verify: flag('verify checksums (IPv4, TCP, UDP, ICMP) and show the wrong ones'),
};
export type PacketsValues = Values<typeof packetsOptions>;

export const packets = defineVerb({
  name: 'packets',
  sentence: 'List packets, one line each: addresses, ports, flags, class, marks, and why reading one stopped.',
  argument: {
    name: 'file',
    takes: 'some',
    completion: 'files',
    sentence: 'captures (pcap, pcapng, ERF; also gzip or zstd); - is standard input',
  },
  options: packetsOptions,
  examples: [
    ['noroshi packets capture.pcap | less', 'read on'],
    ['tcpdump -i eth0 -U -w - | noroshi packets -', 'as they come in'],
    ['noroshi packets --class backscatter --count 20 capture.pcap', 'twenty answers to questions nobody here asked'],
    ['noroshi packets --json --mark mirai capture.pcap | jq -r .src | sort -u', 'the sources of Mirai’s mark'],
    ['noroshi packets --verify --inner capture.pcap', 'checksums and the insides of tunnels'],
  ],
  run: async (io, files, values) => (await import('../packets/run.ts')).runPackets(io, files, values),
});
