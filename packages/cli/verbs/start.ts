/** `npm start`: an observation centre over a simulated telescope. `npm start -- FILE…`: a first look at captures. */
import { defineVerb, text, type Values, whole } from '../verb.ts';
import { analyzeOptions } from './analyze.ts';

const startOptions = {
  port: whole('<n>', 'where the page is; 0 lets the system choose', 0, 65_535, 8642),
  state: text('<folder>', 'where everything is kept; without it var/demo in the checkout', 'files'),
  days: whole('<n>', 'days of simulated history in front of now, whole ones', 0, 366, 28),
  seed: whole('<n>', 'another seed, another history', 0, 2 ** 32, 1),
  ...analyzeOptions,
};
export type StartValues = Values<typeof startOptions>;

export const start = defineVerb({
  name: 'start',
  sentence:
    'Watch an observation centre run on a simulated telescope; with captures, take a first look at them instead.',
  argument: {
    name: 'file',
    takes: 'any',
    completion: 'files',
    sentence: 'captures for a first look, as analyze shows',
  },
  options: startOptions,
  examples: [
    ['npm start', 'install what is missing, run a centre on http://127.0.0.1:8642, fill it, go on live'],
    ['npm start -- --port 9000 --days 7', 'elsewhere, with a week of history'],
    ['npm start -- capture.pcap', 'only look at a capture of yours'],
  ],
  note: 'Ctrl-C stops; the next start continues. --top, --json and --prefixes belong to the first look.',
  run: async (io, files, values) => (await import('../start/run.ts')).runStart(io, files, values),
});
