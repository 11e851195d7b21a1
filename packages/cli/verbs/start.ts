/** `npm start -- FILE…`: a first look. Without FILE it makes a capture to look at. */
import { defineVerb } from '../verb.ts';
import { analyzeOptions } from './analyze.ts';

export const start = defineVerb({
  name: 'start',
  sentence: 'Take a first look: the report of the captures given, or of a simulated one.',
  argument: { name: 'file', takes: 'any', completion: 'files', sentence: 'captures; without any, one is simulated' },
  options: analyzeOptions,
  examples: [
    ['npm start', 'install what is missing, simulate ten minutes of a telescope, show the report'],
    ['npm start -- capture.pcap', 'the same with a capture of yours'],
  ],
  run: async (io, files, values) => (await import('../start/run.ts')).runStart(io, files, values),
});
