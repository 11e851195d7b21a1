/** Lines out of a stream of foreign bytes, and what most line protocols share: a command word and its rest. */
import { asciiOf } from '@noroshi/wire/hello/cursor.ts';
import type { Dialogue, Notes, Reply } from './dialogue.ts';

/** Longer lines are cut there; the rest up to the line's end is dropped. */
export const LINE_CHARACTERS_MAX = 512;
/** Failed logins of one visit before we hang up. */
export const LOGINS_MAX = 6;

const CR = 0x0d;
const LF = 0x0a;

export class LineReader {
  private readonly line = new Uint8Array(LINE_CHARACTERS_MAX);
  private length = 0;

  /** The lines that these bytes end; CR, LF, CR LF and CR NUL (telnet) end one. */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    let before = 0;
    for (const byte of bytes) {
      if (byte === CR || (byte === LF && before !== CR)) {
        lines.push(asciiOf(this.line.subarray(0, this.length), LINE_CHARACTERS_MAX));
        this.length = 0;
      } else if (byte !== LF && byte !== 0 && this.length < LINE_CHARACTERS_MAX) this.line[this.length++] = byte;
      before = byte;
    }
    return lines;
  }
}

/** A dialogue that answers line by line; the first `end` ends it. */
export function byLines(answer: (line: string) => Reply): Dialogue {
  const reader = new LineReader();
  return {
    push(bytes) {
      let send = '';
      for (const line of reader.push(bytes)) {
        const reply = answer(line);
        if (typeof reply.send === 'string') send += reply.send;
        if (reply.end === true) return { send, end: true };
      }
      return send === '' ? {} : { send };
    },
  };
}

/** `USER anna` → `['USER', 'anna']`; the word in upper case. */
export function commandOf(line: string): readonly [word: string, rest: string] {
  const [word = ''] = line.trimStart().split(' ', 1);
  return [word.toUpperCase(), line.trimStart().slice(word.length).trim()];
}

/** Base64 as text in printable ASCII; what is none gives ''. */
export function decodeBase64(text: string): string {
  return /^[A-Za-z0-9+/=]*$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : '';
}

/** What a protocol of USER and PASS says: when it is told a user, when a password, and to every other command. */
export interface UserPass {
  readonly asks: string;
  readonly refuses: string;
  readonly answer: (word: string) => Reply;
}

/** FTP and POP3 ask for the user first, then for the password (RFC 959 §4.1.1, RFC 1939 §7). */
export function byUserAndPassword(notes: Notes, { asks, refuses, answer }: UserPass): Dialogue {
  let user = '';
  let attempts = 0;
  return byLines((line) => {
    const [word, rest] = commandOf(line);
    if (word === 'USER') {
      user = rest;
      return { send: asks };
    }
    if (word === 'PASS') {
      notes.login(user, rest);
      return { send: refuses, end: ++attempts >= LOGINS_MAX };
    }
    notes.command(line);
    return answer(word);
  });
}
