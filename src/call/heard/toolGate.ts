import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { ToolPolicy } from "../toolPolicy.ts";
import type { Milliseconds } from "../types.ts";
import type { MustHears } from "./mustHears.ts";
import { NEVER_HEARD, notHeard } from "./gateNotes.ts";
import { type Admission, Confirmations } from "./confirmations.ts";

/** What the caller must have heard and said before a tool runs. */
export class ToolGate {
  readonly #call: MachineParts;
  readonly #mustHears: MustHears;
  readonly #confirmations: Confirmations;
  #callerSpoke = false;

  constructor(call: MachineParts, mustHears: MustHears) {
    this.#call = call;
    this.#mustHears = mustHears;
    this.#confirmations = new Confirmations(call);
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#confirmations.follow(input, now);
  }

  tick(now: Milliseconds, closing: boolean): void {
    this.#confirmations.tick(now, closing);
  }

  /** What the call demands of a tool. */
  policyOf(name: string): ToolPolicy | undefined {
    const { toolPolicies } = this.#call.policy;
    return toolPolicies !== undefined && Object.hasOwn(toolPolicies, name)
      ? toolPolicies[name]
      : undefined;
  }

  /** `isLast`: words that have not come by now are not waited for. */
  admit(call: ToolCall, isLast: boolean, now: Milliseconds): Admission {
    const policy = this.policyOf(call.name);
    const unheard = this.#unheardBefore(call.name, policy?.afterHeard ?? []);
    if (unheard !== undefined) return unheard;
    if (policy?.confirm === undefined) return { kind: "run" };
    return this.#confirmations.admit(call, policy.confirm, isLast, now);
  }

  /** The answer to a tool that has to wait for sentences; all of them are said. */
  #unheardBefore(tool: string, names: readonly string[]): Admission | undefined {
    const mustHears = this.#mustHears;
    const states = names.map((name) => ({ name, state: mustHears.need(name, tool) }));
    if (states.some(({ state }) => state === "unheard")) {
      return { kind: "refuse", output: NEVER_HEARD, speaks: true };
    }
    const texts = states.flatMap(({ name, state }) =>
      state === "saying" ? [mustHears.textOf(name)] : []
    );
    if (texts.length === 0) return undefined;
    return { kind: "refuse", output: notHeard(texts.join(" ")), speaks: false };
  }

  /** Whether the caller has said, written or pressed anything in this call: no transfer before. */
  get hasCallerSpoken(): boolean {
    if (this.#callerSpoke) return true;
    for (const entry of this.#call.transcript.entries.values()) {
      const isTurn = entry.kind === "caller" && entry.aside !== true && entry.byOperator !== true;
      if (isTurn) this.#callerSpoke = true;
    }
    return this.#callerSpoke;
  }
}
