import type { Milliseconds } from "../types.ts";

/** A line sends a frame every 20 ms or so; the network shifts them by less than this. */
const LATE_MS = 100;
/** A line that sends nothing for so long is one that sends nothing while the caller is silent. */
const LONGEST_MS = 5000;

/** Notices that the frames of a line are late: what the caller does now may be read only after them. */
export class FrameGap {
  #lastAt: Milliseconds | undefined;
  #isTold = false;

  /** A frame has come; returns whether frames are late, once for each gap. */
  frame(now: Milliseconds): boolean {
    const isLate = this.isLate(now);
    this.#lastAt = now;
    this.#isTold = false;
    return isLate;
  }

  /** Whether frames are late at this time, once for each gap. */
  isLate(now: Milliseconds): boolean {
    if (this.#isTold || this.#lastAt === undefined) return false;
    const gapMs = now - this.#lastAt;
    this.#isTold = gapMs > LATE_MS;
    return this.#isTold && gapMs < LONGEST_MS;
  }

  /** No frames are to come, or those of another line. */
  reset(): void {
    this.#lastAt = undefined;
  }
}
