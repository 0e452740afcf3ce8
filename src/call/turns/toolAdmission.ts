import type { Admission } from "../heard/confirmations.ts";
import type { ToolGate } from "../heard/toolGate.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";
import type { RemoteTools } from "./remoteTools.ts";

interface ToolAdmissionHost {
  run(call: ToolCall, now: Milliseconds): void;
  refuse(
    call: ToolCall,
    refusal: Pick<Extract<Admission, { kind: "refuse" }>, "output" | "speaks">,
    now: Milliseconds,
  ): void;
}

/** A caller's words come about a second after their turn. */
const WORDS_MS = 4000;

/** Lets a tool run or refuses it: at once, or when the caller's words have come that decide it. */
export class ToolAdmission {
  readonly #gate: ToolGate;
  readonly #remote: RemoteTools;
  readonly #host: ToolAdmissionHost;
  #waiting: readonly { readonly call: ToolCall; readonly wordsBy: Milliseconds }[] = [];

  constructor(gate: ToolGate, remote: RemoteTools, host: ToolAdmissionHost) {
    this.#gate = gate;
    this.#remote = remote;
    this.#host = host;
  }

  ask(call: ToolCall, now: Milliseconds): void {
    this.#admit(call, now + WORDS_MS, now);
  }

  tick(now: Milliseconds): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { call, wordsBy } of waiting) this.#admit(call, wordsBy, now);
  }

  /** When words of the caller's are waited for no longer. */
  get wakeAt(): Milliseconds | undefined {
    return earliest(...this.#waiting.map(({ wordsBy }) => wordsBy));
  }

  modelLost(): void {
    this.#waiting = this.#waiting.filter(({ call }) => !this.#remote.strands(call));
  }

  #admit(call: ToolCall, wordsBy: Milliseconds, now: Milliseconds): void {
    const admission = this.#remote.repeated(call, this.#gate.policyOf(call.name)) ??
      this.#gate.admit(call, now >= wordsBy, now);
    switch (admission.kind) {
      case "run":
        return this.#host.run(call, now);
      case "wait":
        this.#waiting = [...this.#waiting, { call, wordsBy }];
        return;
      case "refuse":
        return this.#host.refuse(call, admission, now);
    }
  }
}
