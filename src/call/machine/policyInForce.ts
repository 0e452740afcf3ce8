import type { CallPolicy } from "../types.ts";

/** The policy of the agent that has the call: it changes where another agent gets it. */
export class PolicyInForce {
  #policy: CallPolicy;

  constructor(first: CallPolicy) {
    this.#policy = first;
  }

  get policy(): CallPolicy {
    return this.#policy;
  }

  change(policy: CallPolicy): void {
    this.#policy = policy;
  }
}
