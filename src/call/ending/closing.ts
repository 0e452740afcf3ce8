import type { CallParts } from "../callParts.ts";
import { earliest } from "../wakeTimer.ts";
import { type ClosingPlan, Ending, type Farewell } from "./ending.ts";
import * as prompts from "../model/prompts.ts";
import { IdleTimer } from "./idle.ts";
import { TimeLimit } from "./timeLimit.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** What `Closing` has to know of a call to tell silence from work. */
export interface Activity {
  /** Caller and model can hear each other. */
  readonly listening: boolean;
  /** Somebody speaks, a response is due, or a tool runs. */
  readonly working: boolean;
  /** The model can still be expected to say what it was asked for. */
  readonly modelReady: boolean;
  /** Somebody speaks by the level of the line, whatever the model tells. */
  readonly loud: boolean;
  /** Tools were called since the caller gave a sign, and whether any more may be. */
  readonly tools: { readonly used: boolean; readonly exhausted: boolean };
}

/** Ends a question in any script that marks questions. */
const QUESTION = /[?？؟՞፧⸮;;]["'”’»)\]\s]*$/;

/** How a call comes to its end: asked for, by silence, or by the clock, and never in mid-sentence. */
export class Closing {
  readonly #call: CallParts;
  readonly #ending = new Ending();
  readonly #idle: IdleTimer;
  readonly #timeLimit: TimeLimit;

  constructor(call: CallParts) {
    this.#call = call;
    this.#idle = new IdleTimer(call.policy.idleMs);
    this.#timeLimit = new TimeLimit(call.policy);
  }

  get begun(): boolean {
    return this.#ending.plan !== undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.#ending.wakeAt, this.#idle.wakeAt, this.#timeLimit.wakeAt);
  }

  /** The caller is connected: from here on time counts. */
  joined(now: Milliseconds): void {
    this.#timeLimit.begin(now);
  }

  /** Whoever speaks up is not gone: an ending that the caller may take back is taken back. */
  callerActed(began: boolean): void {
    this.#idle.callerActed();
    if (began || !this.leavesMessage) this.takeBack();
  }

  /** The call is to end when a message has been left on a machine, unless a person speaks up. */
  get leavesMessage(): boolean {
    return this.#ending.plan?.onRevoked !== undefined;
  }

  takeBack(): void {
    const onRevoked = this.#ending.plan?.onRevoked;
    if (!this.#ending.revoke()) return;
    this.#call.turns.withdrawAll();
    if (onRevoked === undefined) return;
    this.#call.commands.notice("voicemail_withdrawn");
    this.#call.commands.request(onRevoked);
  }

  /** Leaves no message after all; false where the call ends for another reason. */
  withdrawMessage(): boolean {
    if (!this.begun) return true;
    if (!this.leavesMessage) return false;
    this.#ending.revoke();
    this.#call.turns.withdrawAll();
    return true;
  }

  /** Leaves a message on a machine, or none, and ends the call. */
  leaveMessage(end: CallEnd, message: string | undefined, now: Milliseconds): void {
    const farewell = { then: "end", end } as const;
    if (message === undefined) return this.begin({ farewell, revocable: false }, now);
    const say = prompts.goodbye(end, message);
    this.begin({ farewell, say, revocable: true, onRevoked: prompts.personSpoke(message) }, now);
  }

  /** The model has asked by itself whether anybody is there. */
  modelAsked(): void {
    this.#idle.alreadyAsked();
  }

  begin(plan: ClosingPlan, now: Milliseconds): void {
    if (this.#ending.plan?.revocable === false) return;
    this.#call.turns.withdrawAll();
    this.#ending.begin(plan, now);
    if (plan.farewell.then === "transfer") {
      this.#call.commands.publish({ type: "transferring", alias: plan.farewell.alias });
    }
    if (plan.say !== undefined) this.#call.turns.ask(plan.say, now);
  }

  /** Ends the call with the given words, or with what is being said now. */
  endAsked(end: CallEnd, words: string | true | undefined, now: Milliseconds): void {
    const farewell = { then: "end", end } as const;
    if (words === undefined) return this.begin({ farewell, revocable: false }, now);
    const say = prompts.goodbye(end, words === true ? undefined : words);
    this.begin({ farewell, say, revocable: false }, now);
  }

  /** Gives what to do once the last words have been heard. */
  tick(
    now: Milliseconds,
    { listening, working, modelReady, loud, tools }: Activity,
  ): Farewell | undefined {
    const quiet = listening && !working && !loud && !this.#call.speech.audible && !this.begun;
    if (!quiet) this.#idle.disturbed();
    else this.#idle.begin(now, this.#call.policy.usesTools && !tools.used && this.#hasPromised);
    this.#keepSilenceShort(now, this.#call.policy.usesTools && !tools.exhausted);
    this.#keepTime(now);
    return this.#ending.take(now, {
      busy: this.#call.turns.busy && modelReady,
      audible: this.#call.speech.audible,
      endsAt: this.#call.speech.endsAt(now),
    });
  }

  /** Whether the agent has said something, and left nothing to the caller to answer. */
  get #hasPromised(): boolean {
    const words = this.#call.speech.lastWords;
    return words !== "" && !QUESTION.test(words);
  }

  #keepSilenceShort(now: Milliseconds, mayUseTools: boolean): void {
    switch (this.#idle.tick(now)) {
      case "nudge":
        this.#call.commands.notice("idle_prompt");
        this.#call.turns.ask(prompts.nudge(), now);
        return;
      case "ask":
        this.#call.commands.notice("idle_prompt");
        this.#call.turns.ask(prompts.idlePrompt(mayUseTools), now);
        return;
      case "end":
        return this.#sayGoodbye({ reason: "idle" }, true, now);
    }
  }

  #keepTime(now: Milliseconds): void {
    switch (this.#timeLimit.tick(now)) {
      case "warn":
        this.#call.commands.notice("time_warning");
        this.#call.turns.ask(prompts.timeWarning(this.#timeLimit.leftS), now);
        return;
      case "end":
        return this.#sayGoodbye({ reason: "time_limit" }, false, now);
    }
  }

  #sayGoodbye(end: CallEnd, revocable: boolean, now: Milliseconds): void {
    this.begin({ farewell: { then: "end", end }, say: prompts.goodbye(end), revocable }, now);
  }
}
