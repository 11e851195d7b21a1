/** How the program ends: the codes, and the errors that carry one. Whatever else is thrown is a fault of ours. */
import { stateOf, systemErrorOf } from '@noroshi/kit/system-error.ts';

export const EXIT = {
  ok: { code: 0, sentence: 'Done.' },
  damaged: { code: 1, sentence: 'A capture is damaged: everything in front of the damage was read and shown.' },
  usage: { code: 2, sentence: 'The command line makes no sense.' },
  io: { code: 3, sentence: 'A file cannot be read or written.' },
  internal: { code: 70, sentence: 'A fault of this program; --debug shows where.' },
  interrupted: { code: 130, sentence: 'Interrupted (Ctrl-C); unfinished files were removed.' },
} as const;

/** Ends the program with one sentence for the user. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;

  constructor(kind: 'usage' | 'io', sentence: string) {
    super(sentence);
    this.code = EXIT[kind].code;
  }
}

/** Thrown out of the work when the user pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Thrown when nobody reads our output any more (`| head`): no fault, no sentence. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** A refusal in place of a system call's error, `Cannot read x.pcap: no such file`; other errors as they are. */
export function refusalOf(action: 'read' | 'write', what: string, error: unknown): unknown {
  const system = systemErrorOf(error);
  if (system === undefined) return error;
  // What is to be written need not be there; its folder has to.
  const state = action === 'write' && system.code === 'ENOENT' ? 'no such folder' : stateOf(system);
  return new Refusal('io', `Cannot ${action} ${what}: ${state}`);
}
