/** `noroshi completion SHELL`: a script that teaches the shell our verbs, options and words. */
import { defineVerb } from '../verb.ts';
import { SHELLS } from '../completion/shells.ts';

export const completion = defineVerb({
  name: 'completion',
  sentence: 'Print a completion script for bash, zsh or fish.',
  argument: { name: 'shell', takes: 'one', completion: SHELLS, sentence: SHELLS.join(', ') },
  options: {},
  examples: [
    ['source <(noroshi completion bash)', 'bash, until the shell ends'],
    ['noroshi completion bash > ~/.local/share/bash-completion/completions/noroshi', 'bash, for good'],
    ['noroshi completion zsh > "${fpath[1]}/_noroshi"', 'zsh'],
    ['noroshi completion fish > ~/.config/fish/completions/noroshi.fish', 'fish'],
  ],
  run: async (io, shells) => (await import('../completion/run.ts')).runCompletion(io, shells),
});
