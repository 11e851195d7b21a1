/** `noroshi help TOPIC`: what our words mean, with their sources; or the help of a verb. */
import { TOPICS } from '../help/topics.ts';
import { defineVerb } from '../verb.ts';

export const help = defineVerb({
  name: 'help',
  sentence: 'Explain our words (classes, marks, predicates, columns, data, exit), or a verb.',
  argument: { name: 'topic', takes: 'any', completion: TOPICS, sentence: `${TOPICS.join(', ')}, or a verb` },
  options: {},
  examples: [
    ['noroshi help marks', 'every header mark, what it rests on and where that is written'],
    ['noroshi help classes', 'what a packet can be'],
  ],
  run: async (io, topics) => (await import('../help/run.ts')).runHelp(io, topics),
});
