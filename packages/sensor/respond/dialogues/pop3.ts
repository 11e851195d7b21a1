/** POP3 (RFC 1939): has nobody's mail. */
import { type DialogueKind, neverRecognised } from './dialogue.ts';
import { byUserAndPassword } from './lines.ts';

export const POP3: DialogueKind = {
  name: 'pop3',
  greets: [110],
  greeting: '+OK ready\r\n',
  recognises: neverRecognised,
  start: (notes) =>
    byUserAndPassword(notes, {
      asks: '+OK\r\n',
      refuses: '-ERR login failed\r\n',
      answer(word) {
        if (word === 'CAPA') return { send: '+OK\r\nUSER\r\n.\r\n' };
        if (word === 'QUIT') return { send: '+OK\r\n', end: true };
        return { send: '-ERR not logged in\r\n' };
      },
    }),
};
