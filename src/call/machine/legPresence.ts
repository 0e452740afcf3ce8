import type { LegLost } from "../callLeg.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** Longer than a carrier that lost its socket holds the call before it asks how to go on. */
const REJOIN_MS = 45_000;

/** Whether the caller's leg is there, and until when the call waits for another where it is lost. */
export class LegPresence {
  #joined = false;
  #joinedBefore: boolean;
  #lost: { readonly until: Milliseconds; readonly end: CallEnd } | undefined;

  /** `joinedBefore` where the call has had a leg, in an earlier session. */
  constructor(joinedBefore: boolean) {
    this.#joinedBefore = joinedBefore;
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Whether the leg is the call's first. */
  join(): "first" | "again" | "already" {
    if (this.#joined) return "already";
    const how = this.#joinedBefore ? "again" : "first";
    this.#joined = this.#joinedBefore = true;
    this.#lost = undefined;
    return how;
  }

  /** False where none is there. */
  lose({ rejoinMs, end }: LegLost, now: Milliseconds): boolean {
    if (!this.#joined) return false;
    this.#joined = false;
    this.#lost = { until: now + (rejoinMs ?? REJOIN_MS), end: end ?? { reason: "leg_failed" } };
    return true;
  }

  /** How the call ends, where no other leg has joined in time. */
  endDue(now: Milliseconds): CallEnd | undefined {
    return this.#lost !== undefined && now >= this.#lost.until ? this.#lost.end : undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#lost?.until;
  }
}
