/** Everything that one packet says about itself, in one object that is overwritten packet by packet. */
import type { Packet } from '../net/packet.ts';
import { classOf } from './class.ts';
import * as classes from './class.ts';
import { marksOf } from './marks/index.ts';
import { predicatesOf } from './predicate-bits.ts';

// A module's own constants are part of its machine code; imported and exported ones are loaded and checked at each use.
const { CLASS_BACKSCATTER, CLASS_RESPONSE } = classes;

export class Verdict {
  /** Index into CLASSES. */
  classCode = 0;
  /** Bits of MARKS and of PREDICATES. */
  marks = 0;
  predicates = 0;
  /** The port that names the service: the destination port of what asks, the source port of what answers; -1 without ports. */
  servicePort = -1;
  /** The other one. */
  clientPort = -1;
}

/** Fills `verdict` for a walked packet; `data` is what it was walked in. */
export function classify(verdict: Verdict, packet: Packet, data: DataView): void {
  const classCode = classOf(packet, data);
  verdict.classCode = classCode;
  if (packet.net === 0) {
    verdict.marks = 0;
    verdict.predicates = 0;
    verdict.servicePort = -1;
    verdict.clientPort = -1;
    return;
  }
  verdict.marks = marksOf(packet, data, classCode);
  verdict.predicates = predicatesOf(packet, data);
  const answers = classCode === CLASS_BACKSCATTER || classCode === CLASS_RESPONSE;
  verdict.servicePort = answers ? packet.sport : packet.dport;
  verdict.clientPort = answers ? packet.dport : packet.sport;
}
