/**
 * Who asked whom in a capture. A sensor only hears what is sent to it; a capture of both directions also holds answers to
 * questions that stand in it, and those are nobody's backscatter. A telescope's capture has no such pairs.
 */
import { CLASSES } from '@noroshi/wire/classify/class.ts';
import type { FlowBatch } from '@noroshi/center/detect/flow-batch.ts';
import { PROTO_TCP } from '@noroshi/wire/net/protocol.ts';
import { V4_MAPPED_WORD } from '@noroshi/wire/net/address.ts';

/** Pairs that are remembered; of later ones no answer is recognised. */
const PAIRS_MAX = 1 << 20;
/** Different addresses, and networks, that are counted. */
const LISTENERS_MAX = 1 << 20;

const codeOf = (name: string): number => CLASSES.findIndex((one) => one.name === name);
const PROBE = codeOf('probe');
const ANSWERS = new Set([codeOf('backscatter'), codeOf('response')]);

export class Conversations {
  /** Rows that answered a question, left out. */
  answered = 0;
  private readonly pairs = new Set<number>();
  private readonly addresses = new Set<number>();
  private readonly networks = new Set<number>();
  private readonly pairsMax: number;
  private readonly listenersMax: number;

  constructor(pairsMax = PAIRS_MAX, listenersMax = LISTENERS_MAX) {
    this.pairsMax = pairsMax;
    this.listenersMax = listenersMax;
  }

  /** True when a limit was reached: some answers may not have been recognised, or more addresses listened than are counted. */
  get isFull(): boolean {
    const { pairs, pairsMax, listenersMax } = this;
    return pairs.size >= pairsMax || Math.max(this.addresses.size, this.networks.size) >= listenersMax;
  }

  /** The different destinations of what nobody had asked for: who listened. */
  get listeners(): { readonly addresses: number; readonly networks64: number } {
    return { addresses: this.addresses.size, networks64: this.networks.size };
  }

  /** Numbers of the rows that answer nothing, in their order. Batches come in the order of time. */
  unasked({ rows, src, dst, quoted_dst, quoted_proto, proto, class: classes }: FlowBatch): Uint32Array {
    const kept = new Uint32Array(rows);
    let count = 0;
    for (let row = 0, at = 0; row < rows; row++, at += 4) {
      const isProbe = classes[row] === PROBE;
      const isAnswer = ANSWERS.has(classes[row]);
      if (isAnswer || (isProbe && proto[row] !== PROTO_TCP)) {
        const isQuoted = quoted_proto[row] !== 0 && this.pairs.has(hashOf(dst, quoted_dst, at));
        // Who asked also answers in that conversation: with a reset, when it has heard enough.
        const isOwn = isAnswer && this.pairs.has(hashOf(src, dst, at));
        if (isQuoted || isOwn || this.pairs.has(hashOf(dst, src, at))) {
          this.answered++;
          continue;
        }
      }
      if (isProbe && this.pairs.size < this.pairsMax) this.pairs.add(hashOf(src, dst, at));
      if (isProbe || isAnswer) this.listen(dst, at);
      kept[count++] = row;
    }
    return kept.subarray(0, count);
  }

  private listen(dst: Uint32Array, at: number): void {
    if (dst[at] === 0 && dst[at + 1] === 0 && dst[at + 2] === V4_MAPPED_WORD) {
      if (this.addresses.size < this.listenersMax) this.addresses.add(dst[at + 3]);
    } else if (this.networks.size < this.listenersMax) {
      this.networks.add((dst[at] & 0x1fffff) * 2 ** 32 + (dst[at + 1] >>> 0));
    }
  }
}

/** 52 bits of two addresses: among 2²⁰ pairs one in 10⁴ captures has two that share them. */
function hashOf(from: Uint32Array, to: Uint32Array, at: number): number {
  let one = 0x9e3779b9;
  let other = 0x85ebca6b;
  for (let word = 0; word < 4; word++) {
    one = Math.imul(one ^ from[at + word], 0xcc9e2d51);
    one = Math.imul((one ^ (one >>> 15)) + to[at + word], 0x1b873593);
    other = Math.imul(other ^ to[at + word], 0xc2b2ae35);
    other = Math.imul((other ^ (other >>> 13)) + from[at + word], 0x27d4eb2f);
  }
  return (one >>> 0) * 2 ** 20 + ((other ^ (other >>> 16)) >>> 12);
}
