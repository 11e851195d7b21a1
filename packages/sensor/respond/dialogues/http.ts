/** HTTP/1 (RFC 9112): every request is answered with 401, so that users and passwords are shown. Bodies are not read. */
import { asciiOf } from '@noroshi/wire/hello/cursor.ts';
import { beginsWithOne, type Dialogue, type DialogueKind, type Notes, type Reply, SILENCE } from './dialogue.ts';
import { commandOf, decodeBase64, LINE_CHARACTERS_MAX } from './lines.ts';

const METHODS = ['GET ', 'POST ', 'HEAD ', 'PUT ', 'OPTIONS ', 'DELETE ', 'CONNECT ', 'PATCH ', 'PROPFIND ', 'TRACE '];
/** What a head may take; longer ones are cut there and answered. */
const HEAD_BYTES_MAX = 4096;
const CHALLENGE =
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="login"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

export const HTTP: DialogueKind = {
  name: 'http',
  greets: [],
  greeting: '',
  recognises: (bytes) => beginsWithOne(bytes, METHODS),
  start: (notes) => new Http(notes),
};

class Http implements Dialogue {
  private readonly notes: Notes;
  private head = '';

  constructor(notes: Notes) {
    this.notes = notes;
  }

  push(bytes: Uint8Array): Reply {
    this.head += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const end = this.head.search(/\r?\n\r?\n/);
    if (end === -1 && this.head.length < HEAD_BYTES_MAX) return SILENCE;
    this.note(this.head.slice(0, end === -1 ? HEAD_BYTES_MAX : end).split(/\r?\n/));
    return { send: CHALLENGE, end: true };
  }

  private note([request = '', ...fields]: readonly string[]): void {
    this.notes.command(printable(request));
    for (const field of fields) {
      const [name = ''] = field.split(':', 1);
      const value = field.slice(name.length + 1).trim();
      if (/^user-agent$/i.test(name)) this.notes.client('http.user_agent', printable(value));
      else if (/^host$/i.test(name)) this.notes.client('http.host', printable(value));
      else if (/^authorization$/i.test(name)) this.noteLogin(value);
    }
  }

  /** RFC 7617. */
  private noteLogin(value: string): void {
    const [scheme, rest] = commandOf(value);
    if (scheme !== 'BASIC') return;
    const pair = decodeBase64(rest);
    const colon = pair.indexOf(':');
    this.notes.login(pair.slice(0, Math.max(0, colon)), pair.slice(colon + 1));
  }
}

const printable = (text: string): string => asciiOf(Buffer.from(text, 'latin1'), LINE_CHARACTERS_MAX);
