/** Completion for zsh: `_arguments` for each verb. */
import { type Argument, type Completion, flagOf, type Option, type Verb } from '../verb.ts';

export function zshScript(verbs: readonly Verb[]): string {
  return `#compdef noroshi
# zsh completion of noroshi
_noroshi() {
  local context state line
  typeset -A opt_args
  _arguments -C '--help[help]' '--version[version]' '1:verb:->verb' '*::argument:->rest'
  case $state in
    verb)
      local -a verbs
      verbs=(
${verbs.map(({ name, sentence }) => `        ${quoted(`${name}:${sentence}`)}`).join('\n')}
      )
      _describe -t verbs verb verbs
      ;;
    rest)
      case $line[1] in
${verbs.map(verbCase).join('\n')}
      esac
      ;;
  esac
}
if [ "$funcstack[1]" = _noroshi ]; then _noroshi "$@"; else compdef _noroshi noroshi; fi
`;
}

function verbCase({ name, options, argument }: Verb): string {
  const specs = Object.entries(options).map(([key, option]) => quoted(optionSpec(key, option)));
  const last = argument === undefined ? [] : [quoted(argumentSpec(argument))];
  return `        ${name}) _arguments ${[...specs, ...last, quoted('--help[help]')].join(' ')} ;;`;
}

function optionSpec(key: string, { value, sentence, completion, isRepeatable }: Option<unknown>): string {
  const told = sentence.replaceAll(/[[\]:]/g, ' ');
  const flag = `${isRepeatable ? '*' : ''}${flagOf(key)}[${told}]`;
  return value === '' ? flag : `${flag}:${value.replaceAll(/[:<>]/g, '')}:${actionOf(completion)}`;
}

function argumentSpec({ name, completion, takes }: Argument): string {
  return `${takes === 'one' ? '1' : '*'}:${name}:${actionOf(completion)}`;
}

function actionOf(completion: Completion): string {
  if (completion === 'nothing') return ' ';
  return completion === 'files' ? '_files' : `(${completion.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
