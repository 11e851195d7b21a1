/** Redis (RESP2, https://redis.io/docs/latest/develop/reference/protocol-spec/): nothing goes without a password, none is right. */
import { asciiOf } from '@noroshi/wire/hello/cursor.ts';
import { beginsWithOne, type Dialogue, type DialogueKind, type Notes, type Reply, SILENCE } from './dialogue.ts';
import { LINE_CHARACTERS_MAX, LOGINS_MAX } from './lines.ts';

const INLINE = ['PING', 'INFO', 'AUTH ', 'CONFIG ', 'ping', 'info', 'auth ', 'config '];
/** What is kept of a command that has not come to its end. */
const PENDING_BYTES_MAX = 4096;
const WORDS_MAX = 64;

export const REDIS: DialogueKind = {
  name: 'redis',
  greets: [],
  greeting: '',
  recognises(bytes) {
    if (bytes[0] !== 0x2a) return beginsWithOne(bytes, INLINE);
    // `*3\r\n$4\r\n`: an array of texts.
    return /^\*\d{0,4}(\r?$|\r\n\$?)/.test(asciiOfStart(bytes)) ? (bytes.length > 4 ? 'yes' : 'more') : 'no';
  },
  start: (notes) => new Redis(notes),
};

const asciiOfStart = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 8)).toString('latin1');

class Redis implements Dialogue {
  private readonly notes: Notes;
  private pending: Uint8Array = new Uint8Array(0);
  private attempts = 0;

  constructor(notes: Notes) {
    this.notes = notes;
  }

  push(bytes: Uint8Array): Reply {
    this.pending = Buffer.concat([this.pending, bytes]);
    let send = '';
    for (let words = this.next(); words !== undefined; words = this.next()) {
      const reply = this.answer(words);
      send += typeof reply.send === 'string' ? reply.send : '';
      if (reply.end === true) return { send, end: true };
    }
    if (this.pending.length > PENDING_BYTES_MAX) return { send: `${send}-ERR Protocol error\r\n`, end: true };
    return send === '' ? SILENCE : { send };
  }

  private answer(words: readonly string[]): Reply {
    const [word = '', ...rest] = words;
    if (/^auth$/i.test(word)) {
      const [first = '', second] = rest;
      this.notes.login(second === undefined ? '' : first, second ?? first);
      return { send: '-WRONGPASS invalid username-password pair\r\n', end: ++this.attempts >= LOGINS_MAX };
    }
    if (word !== '') this.notes.command(words.join(' ').slice(0, LINE_CHARACTERS_MAX));
    if (/^quit$/i.test(word)) return { send: '+OK\r\n', end: true };
    return word === '' ? SILENCE : { send: '-NOAUTH Authentication required.\r\n' };
  }

  /** The next whole command, as an array of texts or a line of words; undefined while it is not whole. */
  private next(): readonly string[] | undefined {
    const line = this.lineAt(0);
    if (line === undefined) return undefined;
    if (!line.text.startsWith('*')) {
      this.pending = this.pending.subarray(line.end);
      return line.text.split(' ').filter((word) => word !== '');
    }
    const words: string[] = [];
    const wanted = Math.min(WORDS_MAX, Number(line.text.slice(1)) || 0);
    let at = line.end;
    while (words.length < wanted) {
      const head = this.lineAt(at);
      if (head === undefined) return undefined;
      const length = Number(head.text.slice(1));
      if (!head.text.startsWith('$') || !Number.isInteger(length) || length < 0 || length > PENDING_BYTES_MAX) {
        // No command: what is there is taken as one word, so that it is noted and left behind.
        this.pending = new Uint8Array(0);
        return [head.text];
      }
      if (this.pending.length < head.end + length + 2) return undefined;
      words.push(asciiOf(this.pending.subarray(head.end, head.end + length), LINE_CHARACTERS_MAX));
      at = head.end + length + 2;
    }
    this.pending = this.pending.subarray(at);
    return words;
  }

  private lineAt(from: number): { readonly text: string; readonly end: number } | undefined {
    const end = this.pending.indexOf(0x0a, from);
    if (end === -1) return undefined;
    const to = this.pending[end - 1] === 0x0d && end > from ? end - 1 : end;
    return { text: asciiOf(this.pending.subarray(from, to), LINE_CHARACTERS_MAX), end: end + 1 };
  }
}
