/** Completion for fish: one line for each verb, option and argument. */
import { type Completion, flagOf, type Option, type Verb } from '../verb.ts';

export function fishScript(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap((verb) => [
    `complete -c noroshi -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.sentence)}`,
    ...Object.entries(verb.options).map(([key, option]) => optionLine(verb.name, key, option)),
    ...(verb.argument === undefined ? [] : [argumentLine(verb.name, verb.argument.completion)]),
  ]);
  return `# fish completion of noroshi\ncomplete -c noroshi -f\n${lines.join('\n')}\n`;
}

function optionLine(verb: string, key: string, { value, sentence, completion }: Option<unknown>): string {
  const taking = value === '' ? '' : ` -r${wordsOf(completion)}`;
  return `complete -c noroshi -n ${after(verb)} -l ${flagOf(key).slice(2)}${taking} -d ${quoted(sentence)}`;
}

function argumentLine(verb: string, completion: Completion): string {
  return `complete -c noroshi -n ${after(verb)}${wordsOf(completion)}`;
}

function wordsOf(completion: Completion): string {
  if (completion === 'nothing') return ' -f';
  return completion === 'files' ? ' -F' : ` -f -a ${quoted(completion.join(' '))}`;
}

function after(verb: string): string {
  return quoted(`__fish_seen_subcommand_from ${verb}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
