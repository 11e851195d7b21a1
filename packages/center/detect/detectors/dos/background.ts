/**
 * What sources of a service ordinarily do: how many further answers one of them has within a minute, and within half an hour.
 * Usually that is none. In a storm of reflected SYN-ACKs it is some, from everybody, and a victim must stand out of that.
 *
 * The mean, but without the busiest: so many sources as may be victims at a time are left out, and so many that sent nothing
 * more are counted in. A service of which only victims are heard has no background of its own.
 */
const STRETCH_MS = 1_800_000;
const STRETCHES_PER_HOUR = 3_600_000 / STRETCH_MS;
const MINUTES_PER_HOUR = 60;
/** Services share so many places; where two meet, their backgrounds are one. */
const PLACES = 4096;
/** A source counts in class j when it had 2ʲ further answers or more. */
const CLASSES = 8;
const WIDTH = CLASSES + 1;

/** Sources of a service that may be victims at a time: so many, and one for so many addresses of ours. */
const VICTIMS = 64;
const ADDRESSES_PER_VICTIM = 64;

export class Background {
  private current = new Uint32Array(PLACES * WIDTH);
  private before = new Uint32Array(PLACES * WIDTH);
  private readonly minute = new Uint32Array(PLACES * WIDTH);
  private stretch = 0;

  /** A minute begins. Number of the stretch of time at `time_ms` behind the run's beginning; turns to it. */
  turn(time_ms: number): number {
    this.minute.fill(0);
    const stretch = Math.floor(time_ms / STRETCH_MS);
    if (stretch === this.stretch) return stretch;
    const old = this.before;
    this.before = stretch === this.stretch + 1 ? this.current : this.current.fill(0);
    this.current = old.fill(0);
    this.stretch = stretch;
    return stretch;
  }

  /** A source's answers grow from `from` to `to` in this stretch. */
  note(proto: number, port: number, from: number, to: number): void {
    count(this.current, placeOf(proto, port), from, to);
  }

  /** A source's answers in this minute. */
  noteMinute(proto: number, port: number, answers: number): void {
    count(this.minute, placeOf(proto, port), 0, answers);
  }

  /** Further answers an hour of an ordinary source of this service. */
  perHour(proto: number, port: number, addresses: number): number {
    const at = placeOf(proto, port);
    const victims = VICTIMS + addresses / ADDRESSES_PER_VICTIM;
    return Math.max(
      mean(this.minute, at, victims) * MINUTES_PER_HOUR,
      mean(this.current, at, victims) * STRETCHES_PER_HOUR,
      mean(this.before, at, victims) * STRETCHES_PER_HOUR,
    );
  }
}

function count(counts: Uint32Array, at: number, from: number, to: number): void {
  if (from === 0) counts[at]++;
  // The first answer is none further: 1, 2, 4, … further ones are 2, 3, 5, … answers.
  for (let place = 1; place <= CLASSES; place++) {
    const least = 2 ** (place - 1) + 1;
    if (to < least) break;
    if (from < least) counts[at + place]++;
  }
}

/** Mean of further answers, rounded up to the ends of classes. */
function mean(counts: Uint32Array, at: number, victims: number): number {
  let sum = 0;
  for (let place = 1; place <= CLASSES; place++) sum += Math.max(0, counts[at + place] - victims) * 2 ** (place - 1);
  return sum / (counts[at] + victims);
}

function placeOf(proto: number, port: number): number {
  return (Math.imul(proto * 65_536 + port, 0x9e3779b1) >>> 20) * WIDTH;
}
