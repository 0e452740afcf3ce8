import type { MachineParts } from "../machine/machineParts.ts";
import type { Closing } from "./closing.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** What is found out, beside the conversation, about who took a call that was placed. */
export type AnsweringMachineInput =
  /** A machine: `message` is left on it, or it is hung up on; a person who speaks takes that back. */
  | { readonly type: "machineAnswered"; readonly end: CallEnd; readonly message?: string }
  /**
   * Something that asks who is calling and why, for a person who may take the call then; `again` where an
   * earlier session has been told, and so answers as in any resumed call.
   */
  | { readonly type: "screened"; readonly message?: string; readonly again?: true }
  /** A person, though a machine was found before. */
  | { readonly type: "personAnswered" }
  /** A machine was found where a conversation is under way. */
  | { readonly type: "verdictNotObeyed" };

/** Apple and Google give the person some 20 to 30 s to take a screened call. */
const SCREENED_MS = 45_000;

/** What a call does about a far end that is no person, or not yet. */
export class AnsweringMachine {
  readonly #call: MachineParts;
  readonly #closing: Closing;
  #heldUntil: Milliseconds | undefined;

  constructor(call: MachineParts, closing: Closing) {
    this.#call = call;
    this.#closing = closing;
  }

  /** Whether the call waits for a person: silence is no sign of anything then. */
  get waiting(): boolean {
    return this.#heldUntil !== undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#heldUntil;
  }

  handle(input: AnsweringMachineInput, now: Milliseconds): void {
    const { commands, turns, speech } = this.#call;
    switch (input.type) {
      case "machineAnswered":
        // A phone system is a machine, and not one to leave a message on.
        if (this.#call.menu.isActive) return commands.notice("machine_verdict_not_obeyed");
        speech.stop(now, true);
        return this.#closing.leaveMessage(input.end, input.message, now);
      case "screened":
        if (!this.#closing.withdrawMessage()) return;
        this.#heldUntil = now + SCREENED_MS;
        if (input.again === true) return tellForGood(this.#call, prompts.screened(input.message));
        speech.stop(now, true);
        commands.notice("call_screened");
        tellForGood(this.#call, prompts.screened(input.message));
        return turns.ask({ purpose: "reply", tools: "none" }, now);
      case "personAnswered":
        if (!this.#closing.leavesMessage) return;
        this.#closing.revoke();
        speech.stop(now, true);
        return turns.ask({ purpose: "reply" }, now);
      case "verdictNotObeyed":
        return commands.notice("machine_verdict_not_obeyed");
      default:
        return input satisfies never;
    }
  }

  /** The far end has begun to speak, or pressed a key: from here on silence ends the call as usual. */
  callerBegan(): void {
    this.#heldUntil = undefined;
  }

  /** Returns the end of a call that no person has taken after its screening. */
  tick(now: Milliseconds): CallEnd | undefined {
    if (this.#heldUntil === undefined || now < this.#heldUntil) return undefined;
    return { reason: "idle", detail: "screened" };
  }
}
