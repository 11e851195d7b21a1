/** Telnet (RFC 854): `login:`, `Password:`, "Login incorrect". Where infected devices look for others. */
import { type Dialogue, type DialogueKind, neverRecognised, type Notes, type Reply } from './dialogue.ts';
import { LineReader, LOGINS_MAX } from './lines.ts';

const IAC = 255;
const SB = 250;
const SE = 240;
/** WILL, WON'T, DO, DON'T take one byte more. */
const FIRST_WITH_OPTION = 251;

export const TELNET: DialogueKind = {
  name: 'telnet',
  greets: [23, 2323, 23_231, 2223],
  greeting: '\r\nlogin: ',
  recognises: neverRecognised,
  start: (notes) => new Telnet(notes),
};

class Telnet implements Dialogue {
  private readonly notes: Notes;
  private readonly reader = new LineReader();
  private readonly options = new OptionFilter();
  private user: string | undefined;
  private attempts = 0;

  constructor(notes: Notes) {
    this.notes = notes;
  }

  push(bytes: Uint8Array): Reply {
    let send = '';
    for (const line of this.reader.push(this.options.push(bytes))) {
      send += this.answer(line);
      if (this.attempts >= LOGINS_MAX) return { send, end: true };
    }
    return { send };
  }

  private answer(line: string): string {
    if (this.user === undefined) {
      this.user = line;
      return 'Password: ';
    }
    this.notes.login(this.user, line);
    this.user = undefined;
    this.attempts++;
    return '\r\nLogin incorrect\r\nlogin: ';
  }
}

/** Takes negotiation (RFC 854 "IAC") out of what is typed; state goes on from one chunk to the next. */
class OptionFilter {
  private state: 'text' | 'command' | 'option' | 'inside' | 'inside-command' = 'text';

  push(bytes: Uint8Array): Uint8Array {
    return bytes.filter((byte) => this.isText(byte));
  }

  private isText(byte: number): boolean {
    switch (this.state) {
      case 'text':
        if (byte === IAC) this.state = 'command';
        return byte !== IAC;
      case 'command':
        this.state = byte === SB ? 'inside' : byte >= FIRST_WITH_OPTION && byte < IAC ? 'option' : 'text';
        return false;
      case 'inside':
        if (byte === IAC) this.state = 'inside-command';
        return false;
      case 'inside-command':
        this.state = byte === SE ? 'text' : 'inside';
        return false;
      default:
        this.state = 'text';
        return false;
    }
  }
}
