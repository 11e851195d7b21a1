/** `noroshi replay FILE…`: captures onto the page of a running center. */
import { defineVerb, flag, list, text, type Values, whole } from '../verb.ts';

const WORKERS_MOST = 64;

const replayOptions = {
  center: text('<url>', 'where the center answers (the one of npm start: http://127.0.0.1:8642)'),
  tokenFile: text('<file>', 'file with the token that the center expects (the one of npm start)', 'files'),
  prefixes: list(
    '<prefix>',
    'addresses of the telescope: only packets to them are kept, and they are the exposure; again or with commas for more',
  ),
  as: text('<name>', 'name of the replay, a-z, 0-9 and hyphens, instead of one that follows from the captures’ bytes'),
  workers: whole('<n>', 'threads; more than one helps with a single plain file', 1, WORKERS_MOST, 1),
  json: flag('what was sent as one JSON object'),
};
export type ReplayValues = Values<typeof replayOptions>;

export const replay = defineVerb({
  name: 'replay',
  sentence:
    'Feed captures through the whole path, in their own time, to a running center: their figures appear on its page.',
  argument: {
    name: 'file',
    takes: 'some',
    completion: 'files',
    sentence: 'captures (pcap, pcapng, ERF; also gzip or zstd); - is standard input',
  },
  options: replayOptions,
  examples: [
    ['noroshi replay their.pcap', 'onto the page that npm start shows'],
    ['noroshi replay --prefixes 192.0.2.0/24,2001:db8::/64 monday.pcap tuesday.pcap', 'of a telescope that is known'],
    [
      'noroshi replay --center https://center.example --token-file replay.token --workers 2 big.pcap',
      'to a center elsewhere',
    ],
  ],
  note:
    'The same files again change nothing: their segments are known by then. What comes through a pipe is known by its beginning alone, ' +
    'under another name than the same bytes in a file: replayed both ways it counts twice, unless --as gives both one name. Without --prefixes the different destinations of the ' +
    'captures count as the addresses that listened (up to 1,048,576). Between two packets a silence of up to an hour counts as ' +
    'listening, a longer one as a gap. The page shows them as replayed, apart from what sensors see.',
  run: async (io, files, values) => (await import('../replay/run.ts')).runReplayVerb(io, files, values),
});
