/** One visitor's connection, as a dialogue sees it: what came, what is said, what is noted. No socket: bytes in, replies out. */
import type { DialogueKind, Dialogue, Notes, Reply } from './dialogues/dialogue.ts';
import { SILENCE } from './dialogues/dialogue.ts';
import { greeterOf, recognise } from './dialogues/index.ts';

/** What is kept of the first bytes a visitor sends. */
const PAYLOAD_BYTES_MAX = 2048;
/** Bytes of one visit; then we hang up. */
export const VISIT_BYTES_MAX = 65_536;
/** Bytes by which a client must be known. */
const RECOGNISED_BY = 16;
const COMMANDS_MAX = 32;
const LOGINS_MAX = 32;

export interface Login {
  readonly user: string;
  readonly password: string;
}

export class Visit implements Notes {
  readonly logins: Login[] = [];
  readonly commands: string[] = [];
  readonly clients: Record<string, string> = {};
  /** Name of the dialogue; '' while nobody knows what the visitor speaks. */
  protocol: string;
  bytes_in = 0;
  /** First bytes; empty while nothing came. */
  payload: Uint8Array = new Uint8Array(0);
  private readonly random: () => number;
  private dialogue: Dialogue | undefined;
  private greeter: DialogueKind | undefined;
  private isOpen = true;
  /** All that came while nobody knew what the visitor speaks. */
  private opening: Uint8Array = new Uint8Array(0);

  /** @param random of a byte */
  constructor(port: number, random: () => number) {
    this.random = random;
    this.greeter = greeterOf(port);
    this.protocol = this.greeter?.name ?? '';
  }

  /** What is said before the visitor spoke; '' is nothing. */
  get greeting(): string {
    return this.greeter?.greeting ?? '';
  }

  push(bytes: Uint8Array): Reply {
    const before = this.bytes_in;
    this.bytes_in += bytes.length;
    if (before < PAYLOAD_BYTES_MAX) this.payload = concat(this.payload, bytes).slice(0, PAYLOAD_BYTES_MAX);
    if (this.bytes_in > VISIT_BYTES_MAX) return { end: true };
    if (this.dialogue !== undefined) return this.dialogue.push(bytes);
    return this.isOpen ? this.begin(bytes) : SILENCE;
  }

  login(user: string, password: string): void {
    if (this.logins.length < LOGINS_MAX) this.logins.push({ user, password });
  }

  command(text: string): void {
    if (this.commands.length < COMMANDS_MAX) this.commands.push(text);
  }

  client(key: string, text: string): void {
    this.clients[key] = text;
  }

  /** A client that speaks first is known by its bytes also where we greeted as something else. */
  private begin(bytes: Uint8Array): Reply {
    const said = concat(this.opening, bytes);
    this.opening = said;
    const found = recognise(said);
    if (typeof found === 'object') return this.use(found, said);
    if (this.greeter !== undefined) return this.use(this.greeter, bytes);
    if (found === 'none' || said.length >= RECOGNISED_BY) this.giveUp();
    return SILENCE;
  }

  private giveUp(): void {
    this.isOpen = false;
    this.opening = new Uint8Array(0);
  }

  private use(kind: DialogueKind, bytes: Uint8Array): Reply {
    const wasGreeted = this.greeter === kind;
    this.protocol = kind.name;
    this.opening = new Uint8Array(0);
    this.dialogue = kind.start(this, this.random);
    const reply = this.dialogue.push(bytes);
    if (wasGreeted || kind.greeting === '') return reply;
    return { ...reply, send: typeof reply.send === 'object' ? reply.send : `${kind.greeting}${reply.send ?? ''}` };
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
