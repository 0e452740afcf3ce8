import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { Closing } from "./closing.ts";
import type { Milliseconds, SessionEnd } from "../types.ts";

/** State of the call from which the moment of its handover is derived. */
interface HandoverState {
  /** A leg is there; `away` where one broke off and another is expected. */
  readonly leg: "joined" | "away" | "none";
  /** Neither side speaks, no tool runs and no answer is due. */
  readonly quiet: boolean;
}

/** Transcripts come up to about a second after the words; the successor's history is made from them. */
const TRANSCRIPTS_MS = 1500;

/**
 * When a call is given to another process: at the next quiet moment, at the latest at its deadline. What
 * was not heard by then was not said. A call that is closing ends in time as it would have ended, unless it
 * leaves a message on a machine.
 */
export class Handover {
  readonly #call: MachineParts;
  readonly #closing: Closing;
  #deadline: Milliseconds | undefined;
  #quietSince: Milliseconds | undefined;
  #cut = false;

  constructor(call: MachineParts, closing: Closing) {
    this.#call = call;
    this.#closing = closing;
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#deadline === undefined || this.#cut) return undefined;
    const quietAt = this.#quietSince === undefined ? undefined : this.#quietSince + TRANSCRIPTS_MS;
    return earliest(this.#deadline, quietAt);
  }

  /** A later request can only bring the deadline nearer. */
  ask(withinMs: Milliseconds, now: Milliseconds): void {
    this.#deadline = earliest(this.#deadline, now + withinMs);
  }

  /** Returns how the session ends, once its moment has come. */
  tick(now: Milliseconds, { leg, quiet }: HandoverState): SessionEnd | undefined {
    if (this.#deadline === undefined) return undefined;
    const { speech, transcript } = this.#call;
    const isLate = now >= this.#deadline;
    // A message on a machine is left from its beginning by the successor: half of one is none.
    if (this.#closing.begun && !(isLate && this.#closing.leavesMessage)) {
      this.#quietSince = undefined;
      return isLate ? this.#closing.cutShort() : undefined;
    }
    if (leg === "none") return HANDED_OVER;
    this.#quietSince = quiet && leg === "joined" ? this.#quietSince ?? now : undefined;
    if (this.#quietSince !== undefined) {
      const isWritten = !transcript.entries.awaitsWords || now >= this.#quietSince + TRANSCRIPTS_MS;
      if (isWritten) return HANDED_OVER;
    }
    if (!isLate) return undefined;
    if (!this.#cut) speech.stop(now, true);
    this.#cut = true;
    // A leg that reports positions says exactly where it fell silent.
    return speech.isSettling ? undefined : HANDED_OVER;
  }
}

const HANDED_OVER: SessionEnd = { reason: "handed_over" };
