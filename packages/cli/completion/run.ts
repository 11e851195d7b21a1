/** The work of `noroshi completion`. */
import { EXIT, Refusal } from '../io/exit.ts';
import type { Io } from '../io/io.ts';
import { VERBS } from '../verbs/index.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { SHELLS } from './shells.ts';
import { zshScript } from './zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export async function runCompletion(io: Io, [wanted]: readonly string[]): Promise<number> {
  const shell = SHELLS.find((name) => name === wanted);
  if (shell === undefined) {
    throw new Refusal(
      'usage',
      `Cannot write a completion for ${JSON.stringify(wanted)}: it is none of ${SHELLS.join(', ')}`,
    );
  }
  io.out.write(SCRIPTS[shell](VERBS));
  return EXIT.ok.code;
}
