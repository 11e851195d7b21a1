/** SMTP (RFC 5321) with AUTH (RFC 4954): takes no mail from anybody. */
import { type DialogueKind, neverRecognised, type Notes, type Reply } from './dialogue.ts';
import { byLines, commandOf, decodeBase64, LOGINS_MAX } from './lines.ts';

export const SMTP: DialogueKind = {
  name: 'smtp',
  greets: [25, 465, 587, 2525],
  greeting: '220 mail ESMTP\r\n',
  recognises: neverRecognised,
  start: (notes) => {
    const talk = new Talk(notes);
    return byLines((line) => talk.answer(line));
  },
};

class Talk {
  private readonly notes: Notes;
  /** What of AUTH LOGIN comes next. */
  private awaits: 'command' | 'user' | 'password' | 'plain' = 'command';
  private user = '';
  private attempts = 0;

  constructor(notes: Notes) {
    this.notes = notes;
  }

  answer(line: string): Reply {
    if (this.awaits === 'user') {
      this.user = decodeBase64(line);
      this.awaits = 'password';
      return { send: '334 UGFzc3dvcmQ6\r\n' };
    }
    if (this.awaits === 'password') return this.refuse(this.user, decodeBase64(line));
    if (this.awaits === 'plain') return this.refusePlain(line);
    return this.command(line);
  }

  private command(line: string): Reply {
    const [word, rest] = commandOf(line);
    if (word === 'AUTH') return this.auth(rest);
    this.notes.command(line);
    if (word === 'EHLO') return { send: '250-mail\r\n250 AUTH PLAIN LOGIN\r\n' };
    if (word === 'HELO' || word === 'NOOP' || word === 'RSET') return { send: '250 OK\r\n' };
    if (word === 'QUIT') return { send: '221 Bye\r\n', end: true };
    return { send: '530 Authentication required\r\n' };
  }

  private auth(rest: string): Reply {
    const [method, initial] = commandOf(rest);
    if (method === 'PLAIN') {
      if (initial !== '') return this.refusePlain(initial);
      this.awaits = 'plain';
      return { send: '334 \r\n' };
    }
    if (method !== 'LOGIN') return { send: '504 Not supported\r\n' };
    this.user = decodeBase64(initial);
    this.awaits = initial === '' ? 'user' : 'password';
    return { send: initial === '' ? '334 VXNlcm5hbWU6\r\n' : '334 UGFzc3dvcmQ6\r\n' };
  }

  /** RFC 4616: authorisation, user and password with NUL between them. */
  private refusePlain(line: string): Reply {
    const [, user = '', password = ''] = decodeBase64(line).split('\0');
    return this.refuse(user, password);
  }

  private refuse(user: string, password: string): Reply {
    this.notes.login(user, password);
    this.awaits = 'command';
    return { send: '535 Authentication failed\r\n', end: ++this.attempts >= LOGINS_MAX };
  }
}
