import type { KeptSentences } from "../playback/keptSentences.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import { personSpoke } from "../model/farEndPrompts.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { Activity, ClosingPlan, LastSentences, TransferAnnounced } from "./closingPlan.ts";
import { IdleTimer } from "./idleTimer.ts";
import { TimeLimit } from "./timeLimit.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** Limit for starting the last words. */
const SAY_LIMIT_MS = 15_000;
/** Limit for finishing the last words, such as a message left on a machine. */
const LONGEST_MS = 60_000;
/** Limit for reporting that the last words were played. */
const HEAR_LIMIT_MS = 2000;

/** Ends a call on request, after silence or at its time limit, and lets the last words be heard. */
export class Closing {
  readonly #call: MachineParts;
  readonly #kept: KeptSentences;
  readonly #mustHears: LastSentences;
  readonly #transfer: TransferAnnounced;
  readonly #idle: IdleTimer;
  readonly #timeLimit: TimeLimit;
  #plan: ClosingPlan | undefined;
  #dueAt: Milliseconds = 0;
  #latestAt: Milliseconds = 0;
  /** The last words are complete, but not yet heard. */
  #said = false;
  #apologizes = false;

  constructor(
    call: MachineParts,
    kept: KeptSentences,
    mustHears: LastSentences,
    transfer: TransferAnnounced,
  ) {
    this.#call = call;
    this.#transfer = transfer;
    this.#mustHears = mustHears;
    this.#kept = kept;
    this.#idle = new IdleTimer(call.lateFrames, () => call.policy.idleMs);
    this.#timeLimit = new TimeLimit(call.policy);
  }

  get begun(): boolean {
    return this.#plan !== undefined;
  }

  /** Whether the call will end, or be transferred, whatever the caller does. */
  get isFinal(): boolean {
    return this.#plan?.revocable === false;
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.#plan && this.#dueAt, this.#idle.wakeAt, this.#timeLimit.wakeAt);
  }

  /** The caller is connected: from here on time counts, or since `connectedMs` ago. */
  joined(now: Milliseconds, connectedMs?: Milliseconds): void {
    this.#timeLimit.begin(now, connectedMs);
  }

  /** The caller was away for so long, with a person: that time does not count. */
  callerReturned(now: Milliseconds, awayMs: Milliseconds): void {
    this.#idle.callerActed();
    this.#timeLimit.extend(awayMs, now);
  }

  /** A caller who acts is still there: a revocable ending is revoked. */
  callerActed(began: boolean): void {
    this.#idle.callerActed();
    if (began || !this.leavesMessage) this.revoke();
  }

  /** The call is to end when a message has been left on a machine, unless a person speaks up. */
  get leavesMessage(): boolean {
    return this.#plan?.onRevoked !== undefined;
  }

  revoke(): void {
    const plan = this.#plan;
    if (plan?.revocable !== true) return;
    this.#withdraw();
    if (plan.onRevoked === undefined) return;
    this.#call.commands.notice("voicemail_withdrawn");
    tellForGood(this.#call, plan.onRevoked);
  }

  /** Leaves no message after all; false where the call ends for another reason. */
  withdrawMessage(): boolean {
    if (!this.begun) return true;
    if (!this.leavesMessage) return false;
    this.#withdraw();
    return true;
  }

  /** Nobody is put through after all; does nothing where nobody is to be. */
  withdrawTransfer(): void {
    if (this.#plan?.end.reason === "transferred") this.#withdraw();
  }

  #withdraw(): void {
    this.#plan = undefined;
    this.#call.turns.withdrawAll();
    this.#call.commands.publish({ type: "closing" });
  }

  /** Leaves a message on a machine, or none, and ends the call. */
  leaveMessage(end: CallEnd, message: string | undefined, now: Milliseconds): void {
    if (message === undefined) return this.begin({ end, revocable: false }, now);
    const say = prompts.goodbye(end, message);
    this.begin({ end, say, revocable: true, onRevoked: personSpoke(message) }, now);
  }

  /** The model has asked by itself whether the caller is there. */
  modelAsked(): void {
    this.#idle.alreadyAsked();
  }

  begin(plan: ClosingPlan, now: Milliseconds): void {
    if (this.#plan?.revocable === false) return;
    this.#call.turns.withdrawAll();
    this.#plan = plan;
    this.#said = false;
    this.#dueAt = now + SAY_LIMIT_MS;
    this.#latestAt = now + LONGEST_MS;
    this.#call.commands.publish({ type: "closing", end: plan.end });
    const { reason, detail: alias } = plan.end;
    if (reason === "transferred" && alias !== undefined) {
      this.#transfer.requested(alias, plan.by ?? "agent", plan.brief);
    }
    const isMore = this.#mustHears.sayLast(plan.end, now);
    const { say = isMore && reason !== "transferred" ? prompts.goodbye(plan.end) : undefined } =
      plan;
    if (say !== undefined) this.#call.turns.ask(say, now);
  }

  /** Another session of this call had planned its end, and may not have said all: it is said once more. */
  resume(end: CallEnd, now: Milliseconds): void {
    const { transfers } = this.#call.policy;
    const { reason, detail: alias = "" } = end;
    const say = reason === "transferred"
      ? prompts.transferSentence(transfers[alias]?.sentence)
      : prompts.goodbye(end);
    this.begin({ end, say, revocable: reason === "agent_hung_up" || reason === "idle" }, now);
  }

  /** The planned end, whose last words are waited for no longer. */
  cutShort(): CallEnd | undefined {
    const end = this.#plan?.end;
    this.#plan = undefined;
    return end;
  }

  /** Ends the call with the given words, or with what is being said now. */
  endAsked(end: CallEnd, words: string | true | undefined, now: Milliseconds): void {
    const say = words === undefined
      ? undefined
      : prompts.goodbye(end, words === true ? undefined : words);
    if (end.reason === "operator_hung_up") {
      this.withdrawTransfer();
      this.#transfer.withdrawn();
    }
    this.begin({ end, say, revocable: false }, now);
  }

  /**
   * With a code, no further model will be opened: in a browser the kept apology is played first. Returns the
   * end where it is to come at once: on the phone the carrier speaks the apology. A call that is being
   * left ends as planned, without what is still unsaid; a message on a machine is no message then.
   */
  modelGone(
    code: string | undefined,
    joined: boolean,
    now: Milliseconds,
  ): CallEnd | undefined {
    if (code === undefined || this.#apologizes) return undefined;
    const { policy, commands, turns } = this.#call;
    const end: CallEnd = { reason: "model_failed", detail: code };
    if (this.begun && !this.leavesMessage) return undefined;
    if (policy.direction !== "web" || !joined) return end;
    this.#apologizes = true;
    commands.push({ type: "closeModel" });
    this.begin({ end, revocable: false }, now);
    turns.disconnected();
    this.#kept.speak("apology");
    return undefined;
  }

  /** Returns the end once the last words have been heard. */
  tick(
    now: Milliseconds,
    { listening, working, modelExpected, owed, loud, tools }: Activity,
  ): CallEnd | undefined {
    const quiet = listening && !working && !loud && !this.#call.speech.audible && !this.begun;
    if (!quiet) this.#idle.disturbed();
    else this.#idle.begin(now, this.#call.policy.usesTools && !tools.used && this.#hasPromised);
    this.#keepSilenceShort(now, this.#call.policy.usesTools && !tools.exhausted);
    this.#keepTime(now);
    return this.#endDue(now, modelExpected && (this.#call.turns.busy || owed));
  }

  /** Returns the end, once: all has been heard, or has been waited for long enough. */
  #endDue(now: Milliseconds, busy: boolean): CallEnd | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    // The length of a kept sentence is known only in a later step, though soon.
    if (this.#kept.pending) return undefined;
    const { audible } = this.#call.speech;
    const heardAt = this.#call.speech.endsAt(now) + HEAR_LIMIT_MS;
    if (!busy && !this.#said) {
      this.#said = true;
      this.#dueAt = heardAt;
    } else if (busy && audible) {
      this.#dueAt = Math.max(this.#dueAt, Math.min(heardAt, this.#latestAt));
    }
    if ((busy || audible) && now < this.#dueAt) return undefined;
    this.#plan = undefined;
    return plan.end;
  }

  /** Whether the agent has said something, and left nothing to the caller to answer. */
  get #hasPromised(): boolean {
    const { text, endInQuestion } = this.#call.speech.words;
    return text !== "" && !endInQuestion;
  }

  #keepSilenceShort(now: Milliseconds, mayUseTools: boolean): void {
    const due = this.#idle.tick(now);
    if (due !== undefined && this.#call.menu.takesSilence(this.#call.policy.idleMs, now)) return;
    switch (due) {
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
        if (this.#call.menu.isPatient) return;
        this.#call.commands.notice("time_warning");
        this.#call.turns.ask(prompts.timeWarning(this.#timeLimit.leftS), now);
        return;
      case "end":
        return this.#sayGoodbye({ reason: "time_limit" }, false, now);
    }
  }

  #sayGoodbye(end: CallEnd, revocable: boolean, now: Milliseconds): void {
    // Nobody takes leave of a machine.
    if (this.#call.menu.isPatient) return this.begin({ end, revocable: false }, now);
    this.begin({ end, say: prompts.goodbye(end), revocable }, now);
  }
}
