import type { ModelRequest, ResponseRequest } from "../realtimeClient.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** What is to happen when the caller has heard the agent out. */
export type Farewell =
  | { readonly then: "end"; readonly end: CallEnd }
  | { readonly then: "transfer"; readonly alias: string };

export interface ClosingPlan {
  readonly farewell: Farewell;
  /** What the agent still has to say, if anything. */
  readonly say?: ResponseRequest;
  /** Whether the caller can take the call back by speaking. */
  readonly revocable: boolean;
  /** What the model is told then; only what the caller begins anew takes such an end back. */
  readonly onRevoked?: ModelRequest;
}

/** A model that does not get round to its goodbye. */
const SAY_LIMIT_MS = 15_000;
/** Words that are being said may take longer, such as those left on a machine, but not for ever. */
const LONGEST_MS = 60_000;
/** A leg that does not tell that it has played everything. */
const HEAR_LIMIT_MS = 2000;

/** The way out of a call: wait until the last words have been heard, but not for ever. */
export class Ending {
  #plan: ClosingPlan | undefined;
  #dueAt: Milliseconds = 0;
  #latestAt: Milliseconds = 0;
  /** Nothing more is to come; what is there has only to be heard. */
  #said = false;

  get plan(): ClosingPlan | undefined {
    return this.#plan;
  }

  begin(plan: ClosingPlan, now: Milliseconds): void {
    this.#plan = plan;
    this.#said = false;
    this.#dueAt = now + SAY_LIMIT_MS;
    this.#latestAt = now + LONGEST_MS;
  }

  revoke(): boolean {
    if (this.#plan?.revocable !== true) return false;
    this.#plan = undefined;
    return true;
  }

  /** Gives what to do now, once: all has been heard, or has been waited for long enough. */
  take(
    now: Milliseconds,
    agent: { readonly busy: boolean; readonly audible: boolean; readonly endsAt: Milliseconds },
  ): Farewell | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    if (!agent.busy && !this.#said) {
      this.#said = true;
      this.#dueAt = agent.endsAt + HEAR_LIMIT_MS;
    } else if (agent.busy && agent.audible) {
      const heardAt = Math.min(agent.endsAt + HEAR_LIMIT_MS, this.#latestAt);
      this.#dueAt = Math.max(this.#dueAt, heardAt);
    }
    if ((agent.busy || agent.audible) && now < this.#dueAt) return undefined;
    this.#plan = undefined;
    return plan.farewell;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#plan === undefined ? undefined : this.#dueAt;
  }
}
