/**
 * The committed list of deviations (deviations.json): every place where we read a capture of the corpus otherwise than a peer,
 * gathered under its reason. A difference that is not listed fails, and so does a line that is no difference any more.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Peer = 'tshark' | 'tcpdump' | 'own';

/** One field of one packet, or the number of packets of a capture. */
export interface Difference {
  readonly capture: string;
  readonly peer: Peer;
  /** Number of the packet, from 1; 0 for a fact about the whole capture. */
  readonly packet: number;
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
}

export interface Reason {
  readonly name: string;
  readonly reason: string;
  /** `capture peer packet field ours theirs`, one line each; `-` says that the reader has nothing. */
  readonly deviations: readonly string[];
}

const FILE = join(import.meta.dirname, 'deviations.json');

/** A difference as the list writes it. */
export function lineOf({ capture, peer, packet, field, ours, theirs }: Difference): string {
  return [capture, peer, packet, field, ours || '-', theirs || '-'].join(' ');
}

export class Deviations {
  readonly reasons: readonly Reason[];
  private readonly listed: ReadonlySet<string>;
  private readonly met = new Set<string>();

  constructor(reasons: readonly Reason[] = JSON.parse(readFileSync(FILE, 'utf8')) as Reason[]) {
    this.reasons = reasons;
    this.listed = new Set(reasons.flatMap(({ deviations }) => deviations));
  }

  /** True when the list has this difference; remembers that it was met. */
  has(difference: Difference): boolean {
    const line = lineOf(difference);
    if (!this.listed.has(line)) return false;
    this.met.add(line);
    return true;
  }

  /** Lines of the list about these captures that no reading showed. */
  stale(captures: ReadonlySet<string>): string[] {
    return [...this.listed].filter((line) => !this.met.has(line) && captures.has(line.slice(0, line.indexOf(' '))));
  }
}
