/** `noroshi evaluate`: how right the detectors are. */
import { defineVerb, flag, list, text, type Values, whole } from '../verb.ts';

const evaluateOptions = {
  seeds: whole('<n>', 'simulated worlds for each size', 1, 10_000, 30),
  addresses: list('<n>', 'sizes of the telescope, 1 to 65536; without it 256, 1024, 4096, 16384 and 65536'),
  hours: whole('<n>', 'hours of attacks in each world', 0, 1000, 6),
  scanHours: whole('<n>', 'hours of everybody’s traffic in each world', 0, 1000, 1),
  days: whole('<n>', 'quiet days at each size, shared by the worlds', 0, 10_000, 30),
  attacks: whole('<n>', 'attacks, and what looks like one, a day', 1, 100_000, 480),
  packets: whole('<n>', 'packets a day and address, attacks apart', 1, 100_000, 2000),
  detectors: list('<name>', 'only these detectors or themes (dos, scan/horizontal); again or with commas for more'),
  workers: whole('<n>', 'threads; without it as many as there are cores', 1, 256, undefined),
  json: flag('one JSON object instead of the tables'),
  markdown: text('<file>', 'write the tables there as Markdown as well', 'files'),
  wrong: flag('also say what was missed and what was falsely found'),
  capture: text('<file>', 'a labelled capture instead of simulated traffic', 'files'),
  truth: text('<file>', 'what happened in it: a line of JSON for each event', 'files'),
  prefixes: list('<prefix>', 'with --capture: addresses of the telescope, as detect takes them'),
  corpus: flag('run over the third-party captures and hold the findings against cases/detectors (developers)'),
  write: flag('with --corpus: accept what is found now'),
};
export type EvaluateValues = Values<typeof evaluateOptions>;

export const evaluate = defineVerb({
  name: 'evaluate',
  sentence: 'Measure how right the detectors are: precision, recall, false alarms, delay, against known truth.',
  options: evaluateOptions,
  examples: [
    ['noroshi evaluate --seeds 3 --addresses 4096 --days 1', 'a first look, some minutes'],
    ['noroshi evaluate --markdown evaluation.md', 'the whole table: 30 worlds of five sizes, hours'],
    ['noroshi evaluate --capture x.pcap --truth x.truth.jsonl', 'a labelled capture of your own'],
    ['noroshi evaluate --corpus', 'findings in the third-party captures beside the expected ones'],
  ],
  note: [
    'A truth file has a line of JSON for each event: {"kind":"dos","subject":"198.51.100.7","start":1735689600,"end":1735690200}.',
    'kind: dos, reflection, amplification, synack-scan, research-scan, horizontal-scan, vertical-scan, bot, exploit, login, misconfiguration,',
    'bogon, noise, damage. subject: an address, a prefix, or *. start and end: epoch seconds. ports and attack_pps are used where given.',
    '`noroshi simulate` writes such a file beside its capture.',
  ].join(' '),
  run: async (io, _args, values) => (await import('../evaluate/run.ts')).runEvaluate(io, values),
});
