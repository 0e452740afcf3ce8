import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { CallLeg, LegLost } from "../callLeg.ts";
import type { MachineParts } from "./machineParts.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** Longer than the time for which a carrier that lost its socket holds the call before it asks how to go on. */
const REJOIN_MS = 45_000;

/** Whether the caller's leg is there, and until when the call waits for another where it is lost. */
export class LegPresence {
  readonly #call: Pick<MachineParts, "commands" | "speech">;
  #joined = false;
  #joinedBefore: boolean;
  #lost: { readonly until: Milliseconds; readonly end: CallEnd } | undefined;

  /** `joinedBefore` where the call has had a leg, in an earlier session. */
  constructor(call: Pick<MachineParts, "commands" | "speech">, joinedBefore: boolean) {
    this.#call = call;
    this.#joinedBefore = joinedBefore;
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Whether the call has ever had a leg. */
  get hasJoined(): boolean {
    return this.#joinedBefore;
  }

  /** `away` while another leg is expected in place of a lost one. */
  get state(): "joined" | "away" | "none" {
    if (this.#joined) return "joined";
    return this.#lost === undefined ? "none" : "away";
  }

  /** From now on the agent's speech goes out. */
  join(format: AudioFormat, reports: CallLeg["reports"], now: Milliseconds): void {
    if (this.#joined) return;
    const again = this.#joinedBefore ? { again: true } as const : {};
    this.#joined = this.#joinedBefore = true;
    this.#lost = undefined;
    this.#call.commands.publish({ type: "connected", format, ...again });
    this.#call.speech.join(format, reports, now);
  }

  /** What the leg has not played waits for the next one. */
  lose({ rejoinMs, end }: LegLost, now: Milliseconds): void {
    if (!this.#joined) return;
    this.#joined = false;
    this.#lost = { until: now + (rejoinMs ?? REJOIN_MS), end: end ?? { reason: "leg_failed" } };
    this.#call.speech.leave(now);
  }

  /** Another leg is to come in the place of one that was let go of. */
  expect(now: Milliseconds): void {
    if (!this.#joined) this.#lost = { until: now + REJOIN_MS, end: { reason: "leg_failed" } };
  }

  /** How the call ends, where no other leg has joined in time. */
  endDue(now: Milliseconds): CallEnd | undefined {
    return this.#lost !== undefined && now >= this.#lost.until ? this.#lost.end : undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#lost?.until;
  }
}
