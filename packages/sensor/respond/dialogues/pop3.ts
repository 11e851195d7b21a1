/** POP3 (RFC 1939): has nobody's mail. */
import { type DialogueKind, neverRecognised } from './dialogue.ts';
import { byLines, commandOf, LOGINS_MAX } from './lines.ts';

export const POP3: DialogueKind = {
  name: 'pop3',
  greets: [110],
  greeting: '+OK ready\r\n',
  recognises: neverRecognised,
  start(notes) {
    let user = '';
    let attempts = 0;
    return byLines((line) => {
      const [word, rest] = commandOf(line);
      if (word === 'USER') {
        user = rest;
        return { send: '+OK\r\n' };
      }
      if (word === 'PASS') {
        notes.login(user, rest);
        return { send: '-ERR login failed\r\n', end: ++attempts >= LOGINS_MAX };
      }
      notes.command(line);
      if (word === 'CAPA') return { send: '+OK\r\nUSER\r\n.\r\n' };
      if (word === 'QUIT') return { send: '+OK\r\n', end: true };
      return { send: '-ERR not logged in\r\n' };
    });
  },
};
