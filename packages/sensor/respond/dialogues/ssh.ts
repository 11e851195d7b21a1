/** SSH (RFC 4253): an identification line, then the client shows what it is and what it offers. No key is ever exchanged. */
import { readIdentification, readOffer } from '@noroshi/wire/hello/ssh.ts';
import { type Dialogue, type DialogueKind, type Notes, type Reply, SILENCE } from './dialogue.ts';

/** A client's first packet with room to spare. */
const PENDING_BYTES_MAX = 8192;
const IDENTIFICATION = 'SSH-2.0-OpenSSH_9.6\r\n';

export const SSH: DialogueKind = {
  name: 'ssh',
  greets: [22, 2222, 22_222],
  greeting: IDENTIFICATION,
  recognises: (bytes) => {
    const line = readIdentification(bytes);
    return line === 'short' ? 'more' : line === 'not' ? 'no' : 'yes';
  },
  start: (notes) => new Ssh(notes),
};

class Ssh implements Dialogue {
  private readonly notes: Notes;
  private pending: Uint8Array = new Uint8Array(0);
  private isIdentified = false;

  constructor(notes: Notes) {
    this.notes = notes;
  }

  push(bytes: Uint8Array): Reply {
    this.pending = Buffer.concat([this.pending, bytes]);
    if (this.pending.length > PENDING_BYTES_MAX) return { end: true };
    if (!this.isIdentified) {
      const found = readIdentification(this.pending);
      if (found === 'not') return { end: true };
      if (found === 'short') return SILENCE;
      this.notes.client('ssh.identification', found.line);
      this.isIdentified = true;
      this.pending = this.pending.subarray(found.length);
    }
    const offer = readOffer(this.pending);
    if (offer === 'short') return SILENCE;
    if (offer !== 'not') this.notes.client('ssh.offer', offer.text);
    return { end: true };
  }
}
