/** A replay that waits for its center says so: why, since when, when it tries again. Once for each reason, and when it is over. */
import { safe } from '@noroshi/kit/safe.ts';
import type { ReplayProgress } from '@noroshi/sensor/main.ts';
import { briefly, dateText } from '../look/time.ts';

type Status = Pick<ReplayProgress['status'], 'trouble' | 'since_ms' | 'again_ms'>;

/** Trouble that is over sooner is not worth a line. */
const WORTH_MS = 3000;

export class WaitingTold {
  private readonly say: (line: string) => void;
  private told: string | undefined;
  private since_ms = 0;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  /** Says what is new; the words for a progress line while it waits. */
  hear({ trouble, since_ms, again_ms }: Status, now_ms: number): string | undefined {
    if (trouble === undefined) {
      if (this.told !== undefined) {
        this.say(`The center takes segments again, after ${briefly((now_ms - this.since_ms) / 1000)}`);
      }
      this.told = undefined;
      return undefined;
    }
    if (Math.max(now_ms, again_ms) - since_ms < WORTH_MS) return undefined;
    const again_s = Math.ceil((again_ms - now_ms) / 1000);
    if (trouble !== this.told) {
      const next = again_s > 0 ? `trying again at ${clock(again_ms)}` : 'trying again now';
      this.say(`Waiting since ${clock(since_ms)} UTC, ${next}; nothing is lost: ${safe(trouble)}`);
      this.told = trouble;
      this.since_ms = since_ms;
    }
    return again_s > 0 ? `waiting for the center, again in ${briefly(again_s)}` : 'trying again';
  }
}

const clock = (time_ms: number): string => dateText(time_ms / 1000).slice(11);
