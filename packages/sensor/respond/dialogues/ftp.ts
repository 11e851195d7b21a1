/** FTP (RFC 959): any user is asked for a password, no password is right. NPA publishes the user names that are tried. */
import { type DialogueKind, neverRecognised } from './dialogue.ts';
import { byUserAndPassword } from './lines.ts';

export const FTP: DialogueKind = {
  name: 'ftp',
  greets: [21, 2121],
  greeting: '220 FTP server ready.\r\n',
  recognises: neverRecognised,
  start: (notes) =>
    byUserAndPassword(notes, {
      asks: '331 Password required.\r\n',
      refuses: '530 Login incorrect.\r\n',
      answer(word) {
        if (word === 'QUIT') return { send: '221 Goodbye.\r\n', end: true };
        return { send: '530 Please login with USER and PASS.\r\n' };
      },
    }),
};
