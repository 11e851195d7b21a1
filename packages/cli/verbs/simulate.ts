/** `noroshi simulate --out X.pcap`: telescope traffic with known truth. */
import { choice, defineVerb, flag, list, real, text, type Values, whole } from '../verb.ts';

const simulateOptions = {
  out: text(
    '<file>',
    'the capture to write, its truth beside it as *.truth.jsonl; - is standard output, without the truth',
    'files',
  ),
  seed: whole('<n>', 'the same seed gives the same bytes', -(2 ** 31), 2 ** 32 - 1, 1),
  packets: whole('<n>', 'packets in all', 0, 2 ** 48, undefined),
  duration: real('<seconds>', 'length in event time (600 when nothing else is said)', 0.001, 2 ** 32),
  rate: real('<pps>', 'mean packets per second', 1e-6, 1e9),
  scenario: choice('what arrives', ['telescope', 'responding', 'quiet', 'unique', 'repeats'], 'telescope'),
  prefixes: list('<prefix>', 'addresses of the telescope; again or with commas for more', 'net'),
  start: text('<time>', 'when it begins, ISO 8601 or epoch seconds (2025-01-01T00:00:00Z)'),
  mix: list('<actor=share>', 'share of an actor, such as mirai=0.5; again or with commas for more'),
  only: flag('nobody but the actors of --mix'),
  rhythm: choice('how it swells', ['flat', 'daily'], 'flat'),
  resolution: choice('resolution of the time stamps', ['us', 'ns'], 'us'),
  snap: whole('<bytes>', 'bytes kept of each packet', 1, 65_535, undefined),
  cut: flag('end in the middle of a record, like a disk that was full'),
  force: flag('overwrite the capture and its truth'),
  json: flag('what was written as one JSON object'),
};
export type SimulateValues = Values<typeof simulateOptions>;

export const simulate = defineVerb({
  name: 'simulate',
  sentence: 'Make a telescope’s capture with known truth: scans, bots, backscatter, reflection, noise, damage.',
  options: simulateOptions,
  examples: [
    ['noroshi simulate --out demo.pcap', 'ten minutes of a /20 telescope'],
    ['noroshi simulate --seed 7 --packets 1000000 --rate 5000 --out a.pcap', 'a million packets, always the same'],
    ['noroshi simulate --scenario responding --duration 3600 --out b.pcap', 'an hour of sensors that answer'],
    ['noroshi simulate --only --mix mirai=1 --packets 100 --out c.pcap', 'only Mirai'],
  ],
  note: 'Of --packets, --rate and --duration two settle the third.',
  run: async (io, _files, values) => (await import('../simulate/run.ts')).runSimulate(io, values),
});
