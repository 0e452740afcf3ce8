import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";
import { type Admission, Confirmations } from "./confirmations.ts";

/** What the caller must have heard and said before a tool runs. */
export class ToolGate {
  readonly #call: MachineParts;
  readonly #confirmations: Confirmations;
  #callerSpoke: boolean;

  /** `callerSpoke` where the caller has, in an earlier session. */
  constructor(call: MachineParts, callerSpoke: boolean) {
    this.#call = call;
    this.#confirmations = new Confirmations(call);
    this.#callerSpoke = callerSpoke;
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#confirmations.follow(input, now);
  }

  tick(now: Milliseconds, closing: boolean): void {
    this.#confirmations.tick(now, closing);
  }

  /** `isLast`: words that have not come by now are not waited for. */
  admit(call: ToolCall, isLast: boolean, now: Milliseconds): Admission {
    const { toolPolicies } = this.#call.policy;
    const policy = toolPolicies !== undefined && Object.hasOwn(toolPolicies, call.name)
      ? toolPolicies[call.name]
      : undefined;
    if (policy?.confirm === undefined) return { kind: "run" };
    return this.#confirmations.admit(call, policy.confirm, isLast, now);
  }

  /** Whether the caller has said, written or pressed anything in this call: no transfer before. */
  get hasCallerSpoken(): boolean {
    if (this.#callerSpoke) return true;
    for (const entry of this.#call.transcript.entries.values()) {
      if (entry.kind === "caller" && entry.aside !== true) this.#callerSpoke = true;
    }
    return this.#callerSpoke;
  }
}
