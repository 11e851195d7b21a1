/** The dialogues, and which one a visitor gets: by the port where servers speak first, else by its first bytes. */
import type { DialogueKind } from './dialogue.ts';
import { FTP } from './ftp.ts';
import { HTTP } from './http.ts';
import { POP3 } from './pop3.ts';
import { REDIS } from './redis.ts';
import { SMTP } from './smtp.ts';
import { SSH } from './ssh.ts';
import { TELNET } from './telnet.ts';
import { TLS } from './tls.ts';

export const DIALOGUES: readonly DialogueKind[] = [TELNET, FTP, SSH, SMTP, POP3, HTTP, TLS, REDIS];

const GREETERS: ReadonlyMap<number, DialogueKind> = new Map(
  DIALOGUES.flatMap((kind) => kind.greets.map((port): [number, DialogueKind] => [port, kind])),
);

/** Who speaks first on a port; undefined: the visitor must. */
export const greeterOf = (port: number): DialogueKind | undefined => GREETERS.get(port);

/** The kind whose client begins so; `more`: too few bytes to say; `none`: nobody's. */
export function recognise(bytes: Uint8Array): DialogueKind | 'more' | 'none' {
  let isOpen = false;
  for (const kind of DIALOGUES) {
    const verdict = kind.recognises(bytes);
    if (verdict === 'yes') return kind;
    isOpen ||= verdict === 'more';
  }
  return isOpen ? 'more' : 'none';
}
