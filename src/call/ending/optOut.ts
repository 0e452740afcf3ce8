import type { CallInput } from "../callInput.ts";
import type { OptOutWay } from "../callEvent.ts";
import { optOutIn } from "../heard/optOutWords.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { present } from "../../utils/present.ts";
import type { CallEnd, CallPolicy, Milliseconds } from "../types.ts";
import type { Closing } from "./closing.ts";

const OPTED_OUT: CallEnd = { reason: "agent_hung_up", detail: "opted_out" };

/**
 * The person who was called wants no more calls, by a clause that says nothing else or by a key: that is
 * recorded at once, confirmed in a sentence, and the call ends. No model decides about it.
 */
export class OptOut {
  readonly #call: MachineParts;
  readonly #closing: Closing;
  /** Of the agent that the call began with: whoever gets it, the person can opt out. */
  readonly #first: CallPolicy["optOut"];
  #isAsked = false;

  constructor(call: MachineParts, closing: Closing) {
    this.#call = call;
    this.#closing = closing;
    this.#first = call.policy.optOut;
  }

  /** Whether the call is about to end by it. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Comes after all else has seen the input. */
  follow(input: CallInput, now: Milliseconds): void {
    if (this.#rule === undefined) return;
    const text = input.type === "callerText" && input.final ||
        input.type === "typed" && input.byOperator !== true
      ? input.text
      : "";
    const words = text === "" ? undefined : optOutIn(text);
    // What a machine says is not for us.
    if (words === undefined || this.#closing.leavesMessage || this.#call.menu.isActive) return;
    this.#ask("word", words, now);
  }

  /** The caller has entered this, and nothing else; true where it was this that they meant. */
  pressed(digits: string, now: Milliseconds): boolean {
    const key = this.#rule?.key;
    if (key === undefined || digits.replace(/#$/, "") !== key) return false;
    if (this.#call.menu.isActive) return false;
    this.#ask("key", digits, now);
    return true;
  }

  recorded(now: Milliseconds): void {
    const rule = this.#rule;
    if (!this.#isAsked || rule === undefined) return;
    this.#call.speech.stop(now, true);
    this.#closing.endAsked(OPTED_OUT, rule.sentence, now);
  }

  get #rule(): CallPolicy["optOut"] {
    return this.#call.policy.optOut ?? this.#first;
  }

  #ask(by: OptOutWay, words: string, now: Milliseconds): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const { commands, speech, turns } = this.#call;
    commands.publish({ type: "optedOut", by, ...present({ words }) });
    commands.push({ type: "recordOptOut", by, words });
    speech.stop(now, true);
    turns.withdrawAll();
    // An answer to these words that has not begun is not wanted.
    if (turns.current !== undefined && turns.responseId === undefined) turns.giveUp();
  }
}
