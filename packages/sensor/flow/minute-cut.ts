/**
 * Where minutes and row groups begin, from the packets' times alone. The flow table and the planner that splits a capture among
 * workers ask the same rule, which is why one worker or two write the same rows.
 */

/** Packets after which the next new minute begins a new row group. */
const GROUP_PACKETS = 262_144;
/** Minutes after which it does, however few packets they had: a row store numbers them in 16 bits. */
const GROUP_MINUTES = 32_768;

export class MinuteCut {
  /** Packets of the current group; whoever adds a packet counts it here. */
  packets = 0;
  private minutes = 0;
  private minute = Number.NaN;

  /** Packets from here on (seconds since 1970) and before {@link to_s} begin nothing; NaN before the first. */
  get from_s(): number {
    return (this.minute - 1) * 60;
  }

  get to_s(): number {
    return (this.minute + 1) * 60;
  }

  /**
   * What a packet at `second` (since 1970) begins: nothing, a new minute, or with it a new row group. Packets up to one minute
   * late belong to the current minute; an earlier one is a clock that stepped back, and begins anew.
   */
  change(second: number): 'none' | 'minute' | 'group' {
    const minute = Math.floor(second / 60);
    if (minute === this.minute || minute === this.minute - 1) return 'none';
    const isFirst = Number.isNaN(this.minute);
    this.minute = minute;
    this.minutes++;
    if (isFirst || (this.packets < GROUP_PACKETS && this.minutes < GROUP_MINUTES)) return 'minute';
    this.packets = 0;
    this.minutes = 1;
    return 'group';
  }

  reset(): void {
    this.packets = 0;
    this.minutes = 0;
    this.minute = Number.NaN;
  }
}
