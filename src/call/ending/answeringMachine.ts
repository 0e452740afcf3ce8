import { ExactSpeech, type Spoken } from "../heard/exactSpeech.ts";
import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as farEnd from "../model/farEndPrompts.ts";
import { goodbye, say as sayExactly } from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { Greeting } from "../turns/greeting.ts";
import type { CallEnd, Milliseconds, SessionEnd } from "../types.ts";
import type { AnsweringMachineInput, FarEnd } from "./answeringMachineInput.ts";
import type { Closing } from "./closing.ts";

type Input<T extends AnsweringMachineInput["type"]> = Extract<
  AnsweringMachineInput,
  { readonly type: T }
>;

const WAITS_MS = {
  /** Apple and Google give the person some 20 to 30 s to take a screened call. */
  screener: 45_000,
  /** For whoever finds out who answers; people who are silent are found sooner. */
  undecided: 70_000,
  /** Longer than any greeting, and the message after it. */
  machine: 180_000,
};
/** On a line that disturbs it again and again there is no machine that would keep one. */
const MAX_MESSAGES = 3;
const GIVES_UP_MS = 15_000;
/** Who asks who calls thanks for the answer, or asks again; a machine is silent. */
export const STAYS_MS = 4_000;

/** What a call does about a far end that is no person, or not yet. */
export class AnsweringMachine {
  readonly #call: MachineParts;
  readonly #closing: Closing;
  readonly #greeting: Pick<Greeting, "isToCome">;
  readonly #startedAt: Milliseconds;
  readonly #message: ExactSpeech;
  /** The saying of the message that counts: one that is disturbed is still being cut when the next begins. */
  #saying = "";
  #left: Spoken["outcome"] | undefined;
  #isLeft = false;
  #isGuess = false;
  #messages = 0;
  /** What there is in the place of a person. */
  #waits: "undecided" | "machine" | "screener" | undefined;
  #heldUntil: Milliseconds | undefined;
  /** Whether it is told when a person is found. */
  #listens = false;

  constructor(
    call: MachineParts,
    closing: Closing,
    greeting: Pick<Greeting, "isToCome">,
    { startedAt, farEnd }: {
      readonly startedAt: Milliseconds;
      /** What is there when the call begins, or goes on; absent where that is found out no more. */
      readonly farEnd: "undecided" | FarEnd | undefined;
    },
  ) {
    this.#call = call;
    this.#closing = closing;
    this.#greeting = greeting;
    this.#startedAt = startedAt;
    this.#message = new ExactSpeech(call);
    if (farEnd === undefined || call.policy.findsOutWhoAnswers !== true) return;
    this.#listens = true;
    if (farEnd === "person" || farEnd === "fax") return;
    this.#waits = farEnd;
    call.turns.held = true;
  }

  /** Whether the call waits for a person: silence is no sign of anything then. */
  get waiting(): boolean {
    return this.#waits !== undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#heldUntil === undefined) return undefined;
    return this.#call.lateFrames.after(this.#heldUntil);
  }

  /** The far end can be heard. */
  joined(now: Milliseconds): void {
    if (this.#waits !== undefined) this.#heldUntil ??= now + WAITS_MS[this.#waits];
  }

  follow(input: CallInput): void {
    this.#message.follow(input);
  }

  handle(input: AnsweringMachineInput, now: Milliseconds): void {
    const { commands, turns, speech } = this.#call;
    switch (input.type) {
      case "farEndFound":
        return this.#found(input.who, input.why, now);
      case "machineAnswered":
        return this.#leave(input, now);
      case "messageDisturbed":
        if (this.#isLeft && !this.#closing.begun) this.#heldUntil = now + GIVES_UP_MS;
        if (!this.#closing.leavesMessage || !this.#closing.withdrawMessage()) return;
        return speech.stop(now, true);
      case "screened":
        return this.#screened(input, now);
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
    if (!this.#listens) this.#release();
  }

  /** Returns the end of a call that no person has taken in time. */
  tick(now: Milliseconds): CallEnd | undefined {
    for (const { id, outcome } of this.#message.tick(now)) {
      if (id === this.#saying) this.#left = outcome;
    }
    if (now < (this.wakeAt ?? Infinity)) return undefined;
    switch (this.#waits) {
      case "screener":
        return { reason: "idle", detail: "screened" };
      case "machine":
        return { reason: "voicemail", detail: this.#isLeft ? this.#proof : "no_end" };
      default:
        this.#person(now);
        return undefined;
    }
  }

  /**
   * An end, and whether the message that was to be left before it was heard whole; none yet where something
   * may answer the message.
   */
  proven<End extends SessionEnd>(
    end: End | undefined,
    now: Milliseconds,
  ): End | CallEnd | undefined {
    if (end?.reason !== "voicemail" || !this.#isLeft) return end;
    if (!this.#isGuess || this.#left !== "whole") return { ...end, detail: this.#proof };
    this.#isGuess = false;
    this.#heldUntil = now + STAYS_MS;
    return undefined;
  }

  /** The end of a call whose machine has a message, and is only waited for to see whether it answers. */
  get left(): CallEnd | undefined {
    if (!this.#isLeft || this.#waits !== "machine" || this.#closing.begun) return undefined;
    return { reason: "voicemail", detail: this.#proof };
  }

  get #proof(): string {
    return this.#left === "whole" ? "voicemail_left" : "voicemail_cut";
  }

  #found(who: FarEnd, why: string, now: Milliseconds): void {
    const atMs = Math.round(now - this.#startedAt);
    this.#call.commands.publish({ type: "pickup", who, why, atMs });
    if (who === "person") return this.#person(now);
    if (who !== "machine" || this.#closing.begun) return;
    // What has been said so far was not meant for a machine.
    this.#call.speech.stop(now, true);
    this.#waitForMachine(now);
  }

  #person(now: Milliseconds): void {
    const { turns, speech, commands } = this.#call;
    const hadMessage = this.#isLeft;
    if (this.#closing.begun && !this.#closing.leavesMessage) return;
    if (this.#closing.leavesMessage) this.#closing.withdrawMessage();
    const before = this.#waits;
    this.#release();
    if (before === undefined) return;
    if (hadMessage) {
      this.#isLeft = false;
      commands.notice("voicemail_withdrawn");
      tellForGood(this.#call, farEnd.personTookCall());
    }
    if (this.#greeting.isToCome) {
      // The greeting is the answer to what the person has said.
      turns.withdraw("reply");
      turns.callerState.answerWithdrawn();
      return;
    }
    if (before === "undecided") return;
    speech.stop(now, true);
    turns.ask({ purpose: "reply" }, now);
  }

  #leave({ end, message, listens, isGuess }: Input<"machineAnswered">, now: Milliseconds): void {
    const { commands, speech } = this.#call;
    // A phone system is a machine, and not one to leave a message on.
    if (this.#call.menu.isActive) return commands.notice("machine_verdict_not_obeyed");
    speech.stop(now, true);
    if (listens !== true || message === undefined) {
      return this.#closing.leaveMessage(end, message, now);
    }
    this.#waitForMachine(now);
    if (!this.#closing.withdrawMessage()) return;
    if (++this.#messages > MAX_MESSAGES) {
      this.#heldUntil = Math.min(this.#heldUntil ?? Infinity, now + GIVES_UP_MS);
      return;
    }
    this.#closing.begin({ end, revocable: false, onRevoked: farEnd.personSpoke(message) }, now);
    this.#isLeft = true;
    this.#isGuess = isGuess === true;
    this.#left = undefined;
    if (this.#message.isToCome(this.#saying)) return;
    this.#saying = `voicemail_${this.#messages}`;
    this.#message.say(
      this.#saying,
      message,
      now,
      (text, id) => ({ ...goodbye(end, text), exact: id }),
    );
  }

  #screened({ message, say, again, listens }: Input<"screened">, now: Milliseconds): void {
    const { commands, turns, speech } = this.#call;
    if (!this.#closing.withdrawMessage()) return;
    this.#listens = listens === true;
    this.#wait("screener", now + WAITS_MS.screener);
    const note = farEnd.screened(message);
    if (again === true) return tellForGood(this.#call, note);
    speech.stop(now, true);
    commands.notice("call_screened");
    tellForGood(this.#call, note);
    if (!this.#listens) return turns.ask({ purpose: "reply", tools: "none" }, now);
    turns.ask(say === undefined ? farEnd.answerScreening() : sayExactly(say), now);
  }

  /** Begun anew, a message takes no more time in all. */
  #waitForMachine(now: Milliseconds): void {
    if (this.#waits !== "machine") this.#wait("machine", now + WAITS_MS.machine);
  }

  #wait(what: "machine" | "screener", until: Milliseconds): void {
    this.#waits = what;
    this.#heldUntil = until;
    this.#call.turns.held = this.#listens;
  }

  #release(): void {
    this.#waits = undefined;
    this.#heldUntil = undefined;
    this.#call.turns.held = false;
  }
}
