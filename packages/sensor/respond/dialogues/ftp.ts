/** FTP (RFC 959): any user is asked for a password, no password is right. NPA publishes the user names that are tried. */
import { type DialogueKind, neverRecognised } from './dialogue.ts';
import { byLines, commandOf, LOGINS_MAX } from './lines.ts';

export const FTP: DialogueKind = {
  name: 'ftp',
  greets: [21, 2121],
  greeting: '220 FTP server ready.\r\n',
  recognises: neverRecognised,
  start(notes) {
    let user = '';
    let attempts = 0;
    return byLines((line) => {
      const [word, rest] = commandOf(line);
      if (word === 'USER') {
        user = rest;
        return { send: '331 Password required.\r\n' };
      }
      if (word === 'PASS') {
        notes.login(user, rest);
        return { send: '530 Login incorrect.\r\n', end: ++attempts >= LOGINS_MAX };
      }
      notes.command(line);
      if (word === 'QUIT') return { send: '221 Goodbye.\r\n', end: true };
      return { send: '530 Please login with USER and PASS.\r\n' };
    });
  },
};
