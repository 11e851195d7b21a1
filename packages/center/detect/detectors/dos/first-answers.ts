/**
 * How many of a row's packets answer for the first time. Everything but SYN-ACKs is answered once. SYN-ACKs are repeated:
 *
 * - A row whose packets all went to one port of ours is one answer and its repetitions, or only repetitions when a row of this or the
 *   last minute had the same target and ports.
 * - A row of several such ports holds several answers, and its target's row in the next minute may hold repetitions of them. How
 *   many answers there are in these mixed rows, the source's other rows say: of their packets, so many are first answers. Where
 *   it has next to none, all packets are taken for answers, and the doubt is told.
 *
 * Inexact: repetitions more than a minute behind what came before them count as answers; Linux has none of these.
 */
import type { FlowBatch } from '../../flow-batch.ts';
import { addressWord, attackedPort, isQuoted, isRepeatable, mix } from './answers.ts';
import { WordSet } from './word-set.ts';

/** Answers of a minute that may be known again; more are taken for first ones. */
const REMEMBERED_MAX = 1 << 20;
/** Packets of plain rows below which what they say of the source is no evidence. */
const PACKETS_CONVINCING = 8;
/** Stands for the port in what is remembered of mixed rows: port 0 is not used. */
const ANY_PORT = 0;

/** How mixed answers were counted: not at all (there were none), by the other rows, or for want of those as they are. */
export type Counted = 'plain' | 'estimated' | 'guessed';

export class FirstAnswers {
  private now = new WordSet(REMEMBERED_MAX);
  private before = new WordSet(REMEMBERED_MAX);
  private minute_ms = -1;

  /** A minute begins. */
  turn(minute_ms: number): void {
    [this.now, this.before] = [this.before, this.now];
    this.now.clear();
    if (minute_ms !== this.minute_ms + 60_000) this.before.clear();
    this.minute_ms = minute_ms;
  }

  /** An answer of which nothing else is remembered here. */
  meet(victim: number, target: number, ports: number): void {
    this.now.add(mix(mix(victim, target), ports));
  }

  /** Numbers of first answers of a source's rows, in the order of time, into `answers`. */
  count(flows: FlowBatch, rows: Uint32Array, from: number, to: number, answers: Uint32Array): Counted {
    let packets = 0;
    let firsts = 0;
    let mixed = 0;
    for (let place = from; place < to; place++) {
      const row = rows[place];
      if (!isRepeatable(flows, row)) answers[place] = flows.packets[row];
      else if (this.isMixed(flows, row)) {
        answers[place] = MIXED;
        mixed++;
      } else {
        const isFirst = this.remember(keyOf(flows, row, flows.client_port_min[row]));
        answers[place] = isFirst ? 1 : 0;
        packets += flows.packets[row];
        if (isFirst) firsts++;
      }
    }
    if (mixed === 0) return 'plain';
    const lacking = Math.max(0, PACKETS_CONVINCING - packets);
    const share = (firsts + lacking) / (packets + lacking);
    for (let place = from; place < to; place++) {
      if (answers[place] === MIXED) answers[place] = Math.round(flows.packets[rows[place]] * share);
    }
    return lacking === 0 ? 'estimated' : 'guessed';
  }

  /** Whether the row holds several answers, or its target's row of the last minute did. */
  private isMixed(flows: FlowBatch, row: number): boolean {
    const key = keyOf(flows, row, ANY_PORT);
    if (flows.client_port_spread[row] === 0) return this.before.has(key);
    this.now.add(key);
    return true;
  }

  /** False when it was there in this minute or the last. */
  private remember(key: number): boolean {
    const isNew = !this.now.has(key) && !this.before.has(key);
    this.now.add(key);
    return isNew;
  }
}

/** More packets than a row can have. */
const MIXED = 0xffffffff;

function keyOf(flows: FlowBatch, row: number, port: number): number {
  const victim = addressWord(isQuoted(flows, row) ? flows.quoted_dst : flows.src, row * 4);
  const target = addressWord(flows.dst, row * 4);
  return mix(mix(victim, target), (port << 16) | attackedPort(flows, row));
}
