/**
 * What is known of an attack that goes on. Its strength is that while it strikes: the gaps between neighbouring answers are
 * added up, those left out that are far longer than the others (pauses of a pulsed attack, an attack that had ended).
 */
import { rateInterval } from './statistics.ts';
import { Distinct } from './word-set.ts';

/** A gap is a pause when it is so many times the mean one, and at least that long: 1 in 1,100 of the gaps of a steady attack, which makes it 0.7 % stronger. */
const PAUSE_MEANS = 7;
const PAUSE_LEAST_MS = 1000;
/** Gaps before which nothing counts as a pause. */
const GAPS_LEAST = 5;

/** How a minute's answers were counted (first-answers.ts), as numbers. */
export const COUNTED = { plain: 0, estimated: 1, guessed: 2 } as const;
/** The interval is so much wider where answers among repetitions were estimated: measured errors are below. */
const ESTIMATE_DOUBT = 0.1;
/** Where they were guessed, four of five may have been repetitions (Linux repeats five times). */
const GUESS_DOUBT = 0.8;

export interface Strength {
  readonly attack_pps: number;
  readonly attack_pps_low: number;
  readonly attack_pps_high: number;
}

export class Attack {
  readonly aspect: string;
  packets = 0;
  answers = 0;
  /** Of these, what sightings have told. */
  packetsTold = 0;
  answersTold = 0;
  readonly targets = new Distinct();
  readonly clientPorts = new Distinct();
  /** Different addresses of a network under attack. */
  readonly members = new Distinct();
  /** Why: the window that raised the alarm. */
  readonly window: { readonly answers: number; readonly span_s: number; readonly background_per_hour: number };
  private last_ms = -1;
  private estimated = 0;
  private guessed = 0;
  /** Gaps between answers that are no pauses; and between moments, which may each have several answers. */
  private gaps = 0;
  private moments = 0;
  private gapTime_ms = 0;

  constructor(aspect: string, window: Attack['window']) {
    this.aspect = aspect;
    this.window = window;
  }

  /** To whom answers went, and from whom of a network. */
  meet(target: number, member: number): void {
    this.targets.add(target);
    this.members.add(member);
  }

  /** A forged port; 0 when it is not known. */
  meetPort(port: number): void {
    if (port !== 0) this.clientPorts.add(port);
  }

  /**
   * Answers. @param times_ms moments in which there was one, ascending, not before those of earlier calls
   * @param answers how many answers there were from the first to the last of them
   * @param counted how they were counted, see {@link COUNTED}
   */
  note(times_ms: Float64Array, answers: number, counted: number): void {
    if (times_ms.length === 0) return;
    if (counted === COUNTED.estimated) this.estimated += answers;
    if (counted === COUNTED.guessed) this.guessed += answers;
    let pauses = 0;
    let last_ms = this.last_ms;
    for (const time_ms of times_ms) {
      if (last_ms >= 0) {
        const gap_ms = time_ms - last_ms;
        if (this.isPause(gap_ms)) pauses++;
        else {
          this.gapTime_ms += gap_ms;
          this.moments++;
        }
      }
      last_ms = time_ms;
    }
    this.gaps += Math.max(0, answers - pauses - (this.last_ms < 0 ? 1 : 0));
    this.answers += answers;
    this.last_ms = last_ms;
  }

  private isPause(gap_ms: number): boolean {
    const { moments, gapTime_ms } = this;
    return moments >= GAPS_LEAST && gap_ms > Math.max(PAUSE_LEAST_MS, (PAUSE_MEANS * gapTime_ms) / moments);
  }

  /** Forged packets a second over all of IPv4 while it strikes; undefined while nothing can be said. */
  strength(addresses: number): Strength | undefined {
    if (this.gaps === 0 || this.gapTime_ms <= 0 || addresses < 1) return undefined;
    const perSecond = (2 ** 32 / addresses) * 1000;
    const [low, high] = rateInterval(this.gaps, this.gapTime_ms);
    const estimated = this.estimated / Math.max(1, this.answers);
    const guessed = this.guessed / Math.max(1, this.answers);
    return {
      attack_pps: round((this.gaps / this.gapTime_ms) * perSecond),
      attack_pps_low: round(low * perSecond * (1 - ESTIMATE_DOUBT * estimated - GUESS_DOUBT * guessed)),
      attack_pps_high: round(high * perSecond * (1 + ESTIMATE_DOUBT * (estimated + guessed))),
    };
  }
}

/** Four digits: the interval is wider than that. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}
