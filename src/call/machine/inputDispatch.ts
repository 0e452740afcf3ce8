import type { CallInput } from "../callInput.ts";
import { followLine } from "../menu/followLine.ts";
import type { ModelEvents } from "../model/modelEvents.ts";
import { busyToneEnd } from "../ending/busyToneEnd.ts";
import { tellForGood } from "../model/tellForGood.ts";
import * as prompts from "../model/prompts.ts";
import { callerActivityIn } from "../turns/callerActivity.ts";
import type { DecidingParts } from "./decidingParts.ts";
import type { Listeners } from "./listeners.ts";
import type { MachineParts } from "./machineParts.ts";
import type { Milliseconds, SessionEnd } from "../types.ts";

type DispatchParts = DecidingParts & {
  readonly modelEvents: ModelEvents;
  readonly listeners: Listeners;
};

/** Passes what happens to a call, except audio, to its parts: first to those that only watch it. */
export class InputDispatch {
  readonly #call: MachineParts;
  readonly #parts: DispatchParts;

  constructor(call: MachineParts, parts: DispatchParts) {
    this.#call = call;
    this.#parts = parts;
  }

  /** Returns how the session ends, where the input ends it at once. */
  handle(input: CallInput, now: Milliseconds): SessionEnd | undefined {
    this.#watch(input, now);
    if (input.type === "left" || input.type === "hangUp") {
      const isFarEnd = input.end.reason === "caller_hung_up";
      return (isFarEnd ? this.#parts.answeringMachine.left : undefined) ?? input.end;
    }
    if (input.type === "busyTone") return busyToneEnd(this.#call, this.#parts);
    // Nobody hears a goodbye.
    if (input.type === "endAsked" && this.#parts.transfer.isUnderWay) return input.end;
    this.#pass(input, now);
    this.#parts.goOn.follow(input, now);
    this.#parts.optOut.follow(input, now);
    if (this.#parts.optOut.isAsked) this.#parts.recording.optedOut(now);
    return undefined;
  }

  #watch(input: CallInput, now: Milliseconds): void {
    const { tools, closing, answeringMachine, inputStall, connection, bridge, outageSpeech } =
      this.#parts;
    const activity = callerActivityIn(input, this.#call.policy);
    if (activity !== undefined) {
      tools.callerSpoke();
      closing.callerActed(activity === "begins");
      if (activity === "begins") answeringMachine.callerBegan();
    }
    followLine(this.#call.menu, input, now);
    inputStall.follow(input, now);
    answeringMachine.follow(input);
    tools.follow(input, now);
    this.#parts.mustHears.follow(input);
    this.#parts.greeting.follow(input, now);
    this.#parts.recording.follow(input, now);
    connection.follow(input, now);
    bridge.follow(input);
    outageSpeech.follow(input);
  }

  #pass(
    input: Exclude<CallInput, { type: "left" | "hangUp" | "busyTone" }>,
    now: Milliseconds,
  ): void {
    const { speech, turns } = this.#call;
    const {
      leg,
      caller,
      greeting,
      kept,
      tools,
      closing,
      answeringMachine,
      handover,
      recording,
      transfer,
      modelEvents,
    } = this.#parts;
    switch (input.type) {
      case "joined":
        closing.joined(now);
        answeringMachine.joined(now);
        leg.join(input.format, input.reports, now);
        return transfer.legJoined(now);
      case "lost":
        return leg.lose(input, now);
      case "answered":
        return greeting.answered();
      case "greetingKept":
      case "keptSpoken":
      case "keptMissing":
        return kept.handle(input, now);
      case "marked":
        return speech.marked(input.mark, now);
      case "rendered":
        if (!Number.isFinite(input.ms)) return;
        return speech.rendered(input.itemId, input.ms, input.cleared === true, now);
      case "typed":
        return caller.typed(input.text, input.byOperator === true, now);
      case "digit":
        // It answers the question, and nobody else need know of it.
        if (recording.isAsking) return;
        return caller.pressed(input.digit, now);
      case "interruptAsked":
        return caller.interrupt(now);
      case "turnCommitted":
        return caller.released(now);
      case "turnCleared":
        return caller.discarded(now);
      case "callerLevel":
        return caller.levelChanged(input.speaking, now);
      case "toolReturned":
        if (input.effect?.type === "recording") {
          const { change } = input.effect;
          recording.handle({ type: "recordingAsked", change, by: "agent" }, now);
        }
        return tools.returned(input, now);
      case "sayAsked":
        return turns.ask(prompts.say(input.text), now);
      case "noteGiven":
        return tellForGood(this.#call, prompts.aboutThisCall(input.text));
      case "whispered":
        return caller.whispered(input.text, now);
      case "recordingAsked":
        return recording.handle(input, now);
      case "listening":
        return this.#parts.listeners.handle(input);
      case "transferAsked":
        tools.transfer({ alias: input.alias, by: "operator" }, now);
        return;
      case "optOutRecorded":
        return this.#parts.optOut.recorded(now);
      case "transferCancelled":
      case "roomLeft":
      case "agentAbsent":
      case "transferProgress":
      case "transferGoesOn":
      case "transferOver":
        return transfer.handle(input, now);
      case "handoverAsked":
        return handover.ask(input.withinMs, now);
      case "endAsked":
        return closing.endAsked(input.end, input.goodbye, now);
      case "farEndFound":
      case "machineAnswered":
      case "messageDisturbed":
      case "screened":
      case "personAnswered":
      case "verdictNotObeyed":
        return answeringMachine.handle(input, now);
      case "framesLate":
        return this.#call.lateFrames.noticed(now);
      case "lineSound":
      case "tick":
        return;
      default:
        return modelEvents.handle(input, now);
    }
  }
}
