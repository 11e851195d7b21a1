/** `noroshi findings`: what a running center's detectors found, listed, explained, exported. */
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import { choice, defineVerb, flag, text, type Values, whole, withJson } from '../verb.ts';

const LIMIT_MOST = 1000;
const LIMIT_INITIALLY = 50;
const FINDING_FORMATS = ['text', 'json', 'csv', 'stix'] as const;

const findingsOptions = {
  center: text('<url>', 'the running center; without it http://127.0.0.1:8642'),
  feed: choice('whose traffic; auto: live sensors, else what the center holds', ['auto', ...FEEDS], 'auto'),
  since: text('<time>', '24h, 7d before the newest data, or a time such as 2021-02-03T04:05:00Z'),
  until: text('<time>', 'the same, exclusive'),
  detector: text('<id>', 'a theme (dos) or a detector (dos/victim), several with commas'),
  state: text('<states>', 'candidate, confirmed, refuted, duplicate, expired, superseded; several with commas'),
  subject: text('<subject>', 'an address, a prefix, AS64500, 23/tcp'),
  open: flag('only what is still going on'),
  limit: whole('<n>', 'findings of a list; export gives all of them', 1, LIMIT_MOST, LIMIT_INITIALLY),
  format: choice('form; stix is a STIX 2.1 bundle', ['auto', ...FINDING_FORMATS], 'auto'),
  json: flag('the same as --format json'),
  lang: choice('language of the text; auto: Japanese where LANG begins with ja', ['auto', 'ja', 'en'], 'auto'),
  out: text('<file>', 'write there instead of to standard output', 'files'),
  force: flag('overwrite the file'),
};
export type FindingsValues = Values<typeof findingsOptions>;

export const findings = defineVerb({
  name: 'findings',
  sentence: 'What a running center’s detectors found: victims of attacks, scans. Lists, explains, exports.',
  argument: {
    name: 'what',
    takes: 'any',
    completion: ['list', 'show', 'export'],
    sentence: 'list (the newest), show ID (why, how sure, the query that reproduces it), or export (all that fit)',
  },
  options: findingsOptions,
  examples: [
    ['noroshi findings', 'the newest findings of the center on this machine'],
    ['noroshi findings list --since 24h --detector dos --open', 'who is under attack'],
    ['noroshi findings show 0f8fad5b', 'one of them explained; the first letters of its id are enough'],
    ['noroshi findings export --since 7d --state confirmed --format stix --out week.json', 'a week as STIX 2.1'],
  ],
  note: 'Without --format a list is text and an export JSON. Times are UTC.',
  run: async (io, args, values) => (await import('../findings/run.ts')).runFindings(io, args, withJson(values, 'auto')),
});
