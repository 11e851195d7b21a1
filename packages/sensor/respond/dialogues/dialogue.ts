/**
 * How little a sensor says so that a visitor goes on and shows what it is: a greeting where servers speak first, "login incorrect"
 * to whoever tries. A dialogue is pure: bytes in, bytes out. It never runs, stores, fetches or connects anything.
 */

/** What a dialogue makes known; texts are printable ASCII, cut to length. */
export interface Notes {
  login(user: string, password: string): void;
  /** A request or command, without what was asked for login. */
  command(text: string): void;
  /** What tells the visitor's make, e.g. `ssh.identification`. */
  client(key: string, text: string): void;
}

export interface Reply {
  readonly send?: string | Uint8Array;
  /** Hang up when it is sent. */
  readonly end?: boolean;
}

export const SILENCE: Reply = {};

export interface Dialogue {
  push(bytes: Uint8Array): Reply;
}

export interface DialogueKind {
  readonly name: string;
  /** Ports where servers of this kind are expected to speak first. */
  readonly greets: readonly number[];
  readonly greeting: string;
  /** Whether first bytes are a client's of this kind; `more`: too few to say. Kinds that only greet say no. */
  recognises(bytes: Uint8Array): 'yes' | 'no' | 'more';
  /** @param random of a byte, for protocols that need some */
  start(notes: Notes, random: () => number): Dialogue;
}

/** For kinds that are known by their port alone. */
export const neverRecognised = (): 'no' => 'no';

/** Whether bytes begin with one of the texts, as far as they go. */
export function beginsWithOne(bytes: Uint8Array, texts: readonly string[]): 'yes' | 'no' | 'more' {
  let verdict: 'no' | 'more' = 'no';
  for (const text of texts) {
    let index = 0;
    while (index < bytes.length && index < text.length && bytes[index] === text.charCodeAt(index)) index++;
    if (index === text.length) return 'yes';
    if (index === bytes.length) verdict = 'more';
  }
  return verdict;
}
