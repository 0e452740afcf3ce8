import type { CallEvent } from "../callEvent.ts";
import type { CallLeg } from "../callLeg.ts";
import { EarOnLine, type Line } from "../listening/earOnLine.ts";
import type { SessionEnd } from "../types.ts";

/** The leg that a session has now, if it has one, and the ear on it. */
export class LegSlot {
  readonly ears = new EarOnLine();
  #leg: CallLeg | undefined;
  #hasJoined = false;

  get isTaken(): boolean {
    return this.#leg !== undefined;
  }

  /** Whether there has ever been a leg. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** What plays, where there is a leg. */
  get line(): Line | undefined {
    return this.ears.over(this.#leg);
  }

  put(leg: CallLeg): void {
    this.#leg = leg;
    this.#hasJoined = true;
  }

  /**
   * Tells the leg that another one takes its place, and throws where it stays. The carrier has left a stream before
   * it opens the next, though that may be heard of later.
   */
  replace(): void {
    const leg = this.#leg;
    if (leg?.onReplaced === undefined) {
      throw new Error("Cannot join the call: it has a leg already");
    }
    leg.onReplaced();
  }

  /** The leg is gone, and with it all that it had not played. */
  lose(): void {
    this.#leg = undefined;
    this.ears.clear();
  }

  notify(event: CallEvent): void {
    this.#leg?.notify(event);
  }

  /** The call is over; a fault of the leg's is thrown. */
  close(end: SessionEnd): void {
    const leg = this.#leg;
    this.#leg = undefined;
    leg?.close(end);
  }
}
