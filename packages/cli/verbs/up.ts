/** `noroshi up --config FILE`: the center alone, for real use. */
import { defineVerb, flag, text, type Values } from '../verb.ts';

const upOptions = {
  config: text('<file>', 'the configuration, YAML', 'files'),
  check: flag('say what would run and open all that it names; start nothing, change nothing'),
  init: text('<folder>', 'write a commented configuration for one sensor, and its token, into this folder', 'files'),
};
export type UpValues = Values<typeof upOptions>;

export const up = defineVerb({
  name: 'up',
  sentence: 'Run the observation centre: take segments from sensors, publish figures.',
  options: upOptions,
  examples: [
    ['noroshi up --init /etc/noroshi', 'write noroshi.yaml, and the token of its first sensor'],
    ['noroshi up --config /etc/noroshi/noroshi.yaml --check', 'is it right, and what would run'],
    ['noroshi up --config /etc/noroshi/noroshi.yaml', 'run until Ctrl-C or SIGTERM'],
  ],
  note: 'SIGHUP reads scanner lists and look-up tables again. All keys: docs/reference/config.md.',
  run: async (io, _args, values) => (await import('../up/run.ts')).runUp(io, values),
});
