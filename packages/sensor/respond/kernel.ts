/** Runs what rules.ts says. Needs CAP_NET_ADMIN. */
import { execFile } from 'node:child_process';
import { RespondError } from './respond-error.ts';
import { type Command, commandsOf, type Territory, undoCommands } from './rules.ts';

const COMMAND_MS = 10_000;
/** Rules of ours that earlier lives may have left. */
const LEFT_MAX = 64;

/** Sets the rules up; what an earlier life left behind is taken away first. Throws RespondError, and leaves nothing then. */
export async function putRules(territory: Territory): Promise<void> {
  await takeRules();
  try {
    for (const command of commandsOf(territory)) await run(command);
  } catch (error) {
    await takeRules();
    throw error;
  }
}

/** Takes the rules away, those of a killed process too. Never throws. */
export async function takeRules(): Promise<void> {
  for (const { untilItFails, ...command } of undoCommands()) {
    for (let round = 0; round < (untilItFails === true ? LEFT_MAX : 1); round++) {
      const isDone = await run(command).then(
        () => true,
        () => false,
      );
      if (!isDone) break;
    }
  }
}

function run({ program, args, input = '' }: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...args], { timeout: COMMAND_MS }, (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new RespondError(`Cannot set up the rules: ${reasonOf(program, error, stderr)}`));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

function reasonOf(program: string, error: Error, stderr: string): string {
  if ('code' in error && error.code === 'ENOENT') return `${program} is not installed`;
  if (/not permitted|permission/i.test(stderr)) return `${program} may not do it here; CAP_NET_ADMIN is needed`;
  return `${program}: ${stderr.trim().split('\n', 1)[0] ?? error.message}`;
}
