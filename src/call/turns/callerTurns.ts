import type { KeptSentences } from "../playback/keptSentences.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { OptOut } from "../ending/optOut.ts";
import type { Greeting } from "./greeting.ts";
import { Digits } from "./digits.ts";
import { earliest } from "../machine/wakeTimer.ts";
import * as prompts from "../model/prompts.ts";
import type { Milliseconds } from "../types.ts";

/** A model that was asked to commit the caller's audio and does not say so gets its request anyway. */
const COMMIT_GRACE_MS = 1000;

/** What the caller says, types and presses, and when that silences the agent and asks for a reply. */
export class CallerTurns {
  readonly #call: MachineParts;
  readonly #greeting: Greeting;
  readonly #kept: KeptSentences;
  readonly #optOut: OptOut;
  /** The caller speaks, by the level of the line. */
  #isLoud = false;
  /** Whether observers have been told that the caller speaks. */
  #announced = false;
  readonly #digits: Digits;
  #interruptAt: Milliseconds | undefined;
  #falseAlarm = false;
  #replyAt: Milliseconds | undefined;

  constructor(call: MachineParts, greeting: Greeting, kept: KeptSentences, optOut: OptOut) {
    this.#call = call;
    this.#kept = kept;
    this.#optOut = optOut;
    this.#greeting = greeting;
    this.#digits = new Digits(call.lateFrames, () => call.policy.digitTimeoutMs);
  }

  speechStarted(itemId: string | undefined, now: Milliseconds): void {
    this.#announce(true);
    this.#call.turns.callerState.speechStarted();
    this.#call.latency.abandon();
    this.#replyAt = undefined;
    if (itemId !== undefined) this.#call.transcript.callerSpoke(itemId, now);
    this.#falseAlarm = false;
    // After a loss a model first hears words from before the bridge: these do not interrupt the bridge.
    // What is meant for a machine is stopped by whoever listens to it: a beep is no interruption.
    if (this.#call.turns.isHeld) return;
    if (this.#greeting.holds || (this.#kept.isBridging && !this.#isLoud)) return;
    if (this.#call.policy.modelInterrupts) {
      this.#call.speech.stop(now, false);
    } else if (this.#call.speech.audible || this.#call.turns.responseId !== undefined) {
      this.#interruptAt ??= now + this.#call.policy.interruptAfterMs;
      if (this.#call.policy.pausesOnSpeech) this.#call.speech.pause(now);
      this.tick(now);
    }
  }

  speechStopped(itemId: string | undefined, now: Milliseconds): void {
    this.#announce(false);
    if (itemId !== undefined) this.#call.transcript.callerStopped(itemId, now);
    this.#call.latency.callerStopped(now);
    if (this.#interruptAt !== undefined) {
      this.#interruptAt = undefined;
      this.#falseAlarm = true;
      this.#call.speech.resume(now);
    }
    this.#call.turns.callerStopped(now);
  }

  committed(itemId: string, previousItemId: string | undefined, now: Milliseconds): void {
    this.#call.transcript.entries.order.placed(itemId, previousItemId);
    this.#call.transcript.callerSpoke(itemId, now);
    this.#call.turns.callerState.committed();
    // Also where the model responds by itself, but the turn was committed by hand.
    if (!this.#call.policy.modelResponds || this.#replyAt !== undefined) this.#answer(now);
  }

  /** Our own silence detection, where the model has none. */
  levelChanged(speaking: boolean, now: Milliseconds): void {
    this.#isLoud = speaking;
    if (!this.#call.policy.commitsBySilence || this.#call.menu.hold.withholds) return;
    if (speaking) return this.speechStarted(undefined, now);
    this.speechStopped(undefined, now);
    this.committedByHand(now);
  }

  /** Push-to-talk, or our own silence detection, ends the turn. */
  committedByHand(now: Milliseconds): void {
    this.#call.latency.callerStopped(now);
    this.#call.commands.push({ type: "commitAudio" });
    if (!this.#call.policy.modelResponds) this.#replyAt = now + COMMIT_GRACE_MS;
  }

  /**
   * The caller has let go of the button to talk. A model that listens would wait for silence, or has not
   * noticed that anything was said; where it has ended the turn already, there is nothing left to commit.
   */
  released(now: Milliseconds): void {
    const { turns, policy } = this.#call;
    if (!policy.modelListens) return this.committedByHand(now);
    const { callerState } = turns;
    if (!callerState.isSpeaking && (callerState.isAnswerDue || turns.busy)) return;
    this.commitUnheard(now);
  }

  /** What was said since the last turn is not to be answered. */
  discarded(now: Milliseconds): void {
    if (this.#call.turns.callerState.isSpeaking) {
      this.speechStopped(undefined, now);
      this.#call.turns.callerState.reset();
    }
    this.#call.latency.abandon();
    this.#call.commands.push({ type: "clearInput" });
  }

  /** The model has not heard that the caller's turn is over, or that there was one. */
  commitUnheard(now: Milliseconds): void {
    if (this.#call.turns.callerState.isSpeaking) this.speechStopped(undefined, now);
    this.#call.turns.callerState.reset();
    this.committedByHand(now);
    this.#replyAt = now + COMMIT_GRACE_MS;
  }

  /** The caller wants the agent to be silent. */
  interrupt(now: Milliseconds): void {
    if (!this.#greeting.holds) this.#call.speech.stop(now, true);
  }

  typed(text: string, byOperator: boolean, now: Milliseconds): void {
    this.interrupt(now);
    this.#call.latency.callerStopped(now);
    this.#sendText(text);
    this.#call.transcript.typed(text, byOperator ? "operator" : "text", now);
    this.#call.turns.callerState.reset();
    this.#call.turns.ask({ purpose: "reply" }, now);
  }

  /** Neither interrupts the agent nor asks it for an answer; a later session finds it in its history. */
  whispered(text: string, now: Milliseconds): void {
    this.#call.transcript.typed(text, "whisper", now);
    this.#call.commands.request(prompts.whispered(text));
  }

  pressed(digit: string, now: Milliseconds): void {
    if (this.#call.speech.audible) this.interrupt(now);
    // A sentence that cannot be interrupted has offered a key for this.
    if (this.#greeting.isOpening && this.#optOut.pressed(digit, now)) {
      return this.#show(digit, now, { beganAt: now });
    }
    this.#entered(this.#digits.pressed(digit, now), now);
  }

  /** A key that stood alone where keys answer something else; true where it was an opt-out. */
  optsOut(keys: string, beganAt: Milliseconds, now: Milliseconds): boolean {
    if (!this.#optOut.pressed(keys, now)) return false;
    this.#show(keys, now, { beganAt });
    return true;
  }

  tick(now: Milliseconds): void {
    // The end of speech is not always reported: its model may be gone, or the caller have written.
    if (!this.#call.turns.callerState.isSpeaking) this.#announce(false);
    if (this.#interruptAt !== undefined && now >= this.#interruptAt) {
      this.#interruptAt = undefined;
      this.#call.speech.stop(now, true);
    }
    if (this.#replyAt !== undefined && now >= this.#replyAt) this.#answer(now);
    this.#entered(this.#digits.tick(now), now);
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.#interruptAt, this.#replyAt, this.#digits.wakeAt);
  }

  #announce(on: boolean): void {
    if (this.#announced === on) return;
    this.#announced = on;
    this.#call.commands.publish({ type: "speaking", who: "caller", on });
  }

  /** A sound that was no turn needs no reply, if the agent is still speaking. */
  #answer(now: Milliseconds): void {
    this.#replyAt = undefined;
    if (
      this.#falseAlarm && (this.#call.speech.audible || this.#call.turns.responseId !== undefined)
    ) {
      this.#call.commands.notice("false_alarm");
      this.#call.latency.abandon();
      return;
    }
    if (this.#call.menu.takesTurn(now)) return;
    this.#call.turns.ask({ purpose: "reply" }, now);
  }

  #entered(digits: string | undefined, now: Milliseconds): void {
    if (digits === undefined) return;
    this.#call.latency.callerStopped(now);
    if (this.#optOut.pressed(digits, now)) return this.#show(digits, now);
    const text = `The caller pressed these keys: ${digits}`;
    this.#sendText(text);
    this.#show(digits, now, { told: text });
    this.#call.turns.callerState.reset();
    this.#call.turns.ask({ purpose: "reply" }, now);
  }

  /** Puts keys on record, and what the model was told of them. */
  #show(
    digits: string,
    now: Milliseconds,
    { told, beganAt = this.#digits.beganAt }: {
      readonly told?: string;
      readonly beganAt?: Milliseconds;
    } = {},
  ): void {
    const sensitive = this.#call.policy.digitsSensitive;
    this.#call.commands.publish({ type: "digits", digits, sensitive });
    const shown = sensitive ? "•".repeat(digits.length) : digits;
    this.#call.transcript.typed(shown, "keypad", now, told, beganAt);
  }

  #sendText(text: string): void {
    this.#call.commands.request({ type: "message", role: "user", text });
  }
}
