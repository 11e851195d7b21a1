/** A capture program and a clock for tests: what comes, and when, is said by the test. */
import { pcapHeader, pcapRecord } from '@noroshi/wire/capture/testing.ts';

/** A clock that stands until it is moved; the wall clock may also jump. */
export class FakeClock {
  private monotonic = 1000;
  private wall: number;

  constructor(wall_ms: number) {
    this.wall = wall_ms;
  }

  readonly now_ms = (): number => this.wall;
  readonly monotonic_ms = (): number => this.monotonic;

  advance(by_ms: number): void {
    this.monotonic += by_ms;
    this.wall += by_ms;
  }

  jump(by_ms: number): void {
    this.wall += by_ms;
  }
}

/** Bytes that a capture program writes for packets at these times, Unix ms. */
export function recordsAt(frame: Uint8Array, times_ms: readonly number[]): Uint8Array {
  return Buffer.concat(
    times_ms.map((time_ms) => {
      const seconds = Math.floor(time_ms / 1000);
      return pcapRecord(frame, { seconds, fraction: Math.round((time_ms % 1000) * 1000), wireBytes: frame.length });
    }),
  );
}

export const CAPTURE_HEADER: Uint8Array = pcapHeader({});
