/** Completion for bash: one function, a case for each verb and for each option that takes a value. */
import { type Completion, flagOf, type Verb } from '../verb.ts';

export function bashScript(verbs: readonly Verb[]): string {
  return `# bash completion of noroshi
_noroshi() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(' ')} --help --version" -- "$current"))
    return
  fi
  case "$verb:$previous" in
${verbs.flatMap(valueCases).join('\n')}
  esac
  case "$verb" in
${verbs.map(verbCase).join('\n')}
  esac
}
complete -o filenames -F _noroshi noroshi
`;
}

function valueCases({ name, options }: Verb): string[] {
  return Object.entries(options).flatMap(([key, { value, completion }]) => {
    return value === '' ? [] : [`    ${name}:${flagOf(key)}) ${replyOf(completion)}; return ;;`];
  });
}

function verbCase({ name, options, argument }: Verb): string {
  const flags = [...Object.keys(options).map(flagOf), '--help'].join(' ');
  const rest = argument === undefined ? ':' : replyOf(argument.completion);
  return `    ${name}) case "$current" in -*) COMPREPLY=($(compgen -W "${flags}" -- "$current")) ;; *) ${rest} ;; esac ;;`;
}

function replyOf(completion: Completion): string {
  if (completion === 'nothing') return ':';
  // A name a line, so that blanks in file names survive.
  if (completion === 'files') return `mapfile -t COMPREPLY < <(compgen -f -- "$current")`;
  return `COMPREPLY=($(compgen -W "${completion.join(' ')}" -- "$current"))`;
}
