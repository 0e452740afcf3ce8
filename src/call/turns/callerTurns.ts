import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { CallParts } from "../callParts.ts";
import { Digits } from "./digits.ts";
import { earliest } from "../earliest.ts";
import type { GreetingGuard } from "./greetingGuard.ts";
import type { Latency } from "./latency.ts";
import type { CommandBuffer } from "../commandBuffer.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Turns } from "./turns.ts";
import type { CallPolicy, Milliseconds } from "../types.ts";

/** A model that was asked to commit the caller's audio and does not say so gets its request anyway. */
const COMMIT_GRACE_MS = 1000;

/** What the caller says, types and presses, and when that silences the agent and asks for a reply. */
export class CallerTurns {
  readonly #outbox: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #latency: Latency;
  readonly #turns: Turns;
  readonly #voice: AgentSpeech;
  readonly #policy: CallPolicy;
  readonly #digits: Digits;
  readonly #guard: GreetingGuard;
  #interruptAt: Milliseconds | undefined;
  #falseAlarm = false;
  #replyAt: Milliseconds | undefined;

  constructor(
    { outbox, transcript, latency, turns, voice, policy }: CallParts,
    guard: GreetingGuard,
  ) {
    this.#guard = guard;
    this.#outbox = outbox;
    this.#transcript = transcript;
    this.#latency = latency;
    this.#turns = turns;
    this.#voice = voice;
    this.#policy = policy;
    this.#digits = new Digits(policy.digitTimeoutMs);
  }

  speechStarted(itemId: string | undefined, now: Milliseconds): void {
    if (!this.#turns.callerSpeaking) {
      this.#outbox.publish({ type: "speaking", who: "caller", on: true });
    }
    this.#turns.callerStarted(now);
    this.#latency.abandon();
    this.#replyAt = undefined;
    if (itemId !== undefined) this.#transcript.callerSpoke(itemId, now);
    this.#falseAlarm = false;
    if (this.#guard.holds) return;
    if (this.#policy.modelInterrupts) {
      this.#voice.stop(now, false);
    } else if (this.#voice.audible || this.#turns.responseId !== undefined) {
      this.#interruptAt ??= now + this.#policy.interruptAfterMs;
      if (this.#policy.pausesOnSpeech) this.#voice.pause(now);
      this.tick(now);
    }
  }

  speechStopped(itemId: string | undefined, now: Milliseconds): void {
    if (this.#turns.callerSpeaking) {
      this.#outbox.publish({ type: "speaking", who: "caller", on: false });
    }
    if (itemId !== undefined) this.#transcript.callerStopped(itemId, now);
    this.#latency.callerStopped(now);
    if (this.#interruptAt !== undefined) {
      this.#interruptAt = undefined;
      this.#falseAlarm = true;
      this.#voice.resume(now);
    }
    this.#outbox.pushAll(this.#turns.callerStopped(now));
  }

  committed(itemId: string, previousItemId: string | undefined, now: Milliseconds): void {
    this.#transcript.placed(itemId, previousItemId);
    this.#transcript.callerSpoke(itemId, now);
    this.#turns.callerHeard();
    // Also where the model responds by itself, but was told by hand that the turn is over.
    if (!this.#policy.modelResponds || this.#replyAt !== undefined) this.#answer(now);
  }

  /** Our own silence detection, where the model has none. */
  levelChanged(speaking: boolean, now: Milliseconds): void {
    if (!this.#policy.commitsBySilence) return;
    if (speaking) return this.speechStarted(undefined, now);
    this.speechStopped(undefined, now);
    this.committedByHand(now);
  }

  /** Push-to-talk, or our own silence detection, ends the turn. */
  committedByHand(now: Milliseconds): void {
    this.#latency.callerStopped(now);
    this.#outbox.push({ type: "commitAudio" });
    if (!this.#policy.modelResponds) this.#replyAt = now + COMMIT_GRACE_MS;
  }

  /** The model has not heard that the caller's turn is over, or that there was one. */
  unheard(now: Milliseconds): void {
    if (this.#turns.callerSpeaking) this.speechStopped(undefined, now);
    this.#turns.callerWrote();
    this.committedByHand(now);
    this.#replyAt = now + COMMIT_GRACE_MS;
  }

  /** The caller wants the agent to be silent. */
  interrupts(now: Milliseconds): void {
    if (!this.#guard.holds) this.#voice.stop(now, true);
  }

  typed(text: string, now: Milliseconds): void {
    this.interrupts(now);
    this.#latency.callerStopped(now);
    this.#say(text);
    this.#outbox.publish(this.#transcript.typed(text, "text", now));
    this.#turns.callerWrote();
    this.#outbox.pushAll(this.#turns.ask({ purpose: "reply" }, now));
  }

  pressed(digit: string, now: Milliseconds): void {
    if (this.#voice.audible) this.interrupts(now);
    this.#entered(this.#digits.pressed(digit, now), now);
  }

  tick(now: Milliseconds): void {
    if (this.#interruptAt !== undefined && now >= this.#interruptAt) {
      this.#interruptAt = undefined;
      this.#voice.stop(now, true);
    }
    if (this.#replyAt !== undefined && now >= this.#replyAt) this.#answer(now);
    this.#entered(this.#digits.tick(now), now);
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.#interruptAt, this.#replyAt, this.#digits.wakeAt);
  }

  /** A sound that was no turn needs no reply, if the agent is still speaking. */
  #answer(now: Milliseconds): void {
    this.#replyAt = undefined;
    if (this.#falseAlarm && (this.#voice.audible || this.#turns.responseId !== undefined)) {
      this.#outbox.notice("false_alarm");
      this.#latency.abandon();
      return;
    }
    this.#outbox.pushAll(this.#turns.ask({ purpose: "reply" }, now));
  }

  #entered(digits: string | undefined, now: Milliseconds): void {
    if (digits === undefined) return;
    const sensitive = this.#policy.digitsSensitive;
    this.#latency.callerStopped(now);
    this.#outbox.publish({ type: "digits", digits, sensitive });
    const text = `The caller pressed these keys: ${digits}`;
    this.#say(text);
    const shown = sensitive ? "•".repeat(digits.length) : digits;
    this.#outbox.publish(this.#transcript.typed(shown, "keypad", now, text));
    this.#turns.callerWrote();
    this.#outbox.pushAll(this.#turns.ask({ purpose: "reply" }, now));
  }

  #say(text: string): void {
    this.#outbox.push({ type: "model", request: { type: "message", role: "user", text } });
  }
}
