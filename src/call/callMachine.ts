import type { Base64 } from "../utils/audio/audioFormat.ts";
import { announceCall } from "./machine/beginning.ts";
import { createParts } from "./machine/createParts.ts";
import type { CallCommand } from "./callCommand.ts";
import type { HeardSound } from "./callTap.ts";
import type { CallEvent } from "./callEvent.ts";
import type { MachineParts } from "./machine/machineParts.ts";
import type { CallInput } from "./callInput.ts";
import { withFallback } from "./ending/fallbackTransfer.ts";
import { createDecidingParts, type DecidingParts } from "./machine/decidingParts.ts";
import { Listeners } from "./machine/listeners.ts";
import { InputDispatch } from "./machine/inputDispatch.ts";
import { ModelEvents } from "./model/modelEvents.ts";
import type { CallSession } from "./sessionApi.ts";
import type { SpeechRef } from "./realtimeClient.ts";
import type { ResumedCall } from "./resumedCall.ts";
import { snapshotOf } from "./machine/snapshot.ts";
import type { Watched } from "./turns/responseDeadlines.ts";
import { Waits } from "./machine/waits.ts";
import {
  type CallPhase,
  type CallPolicy,
  isCallEnd,
  type Milliseconds,
  type SessionEnd,
} from "./types.ts";

/**
 * Decides what a call does: takes what happened, and when, and returns commands, to be carried out in
 * order. It knows no clock; `wakeAt` says when it wants a `tick`. After the end it is silent.
 */
export class CallMachine {
  /** When the call began, perhaps in an earlier session. */
  readonly startedAt: Milliseconds;
  readonly #call: MachineParts;
  readonly #parts: DecidingParts;
  readonly #dispatch: InputDispatch;
  readonly #waits: Waits;
  readonly #listeners: Listeners;
  #ended = false;
  /** What the model is speaking, while nothing else happens: its next piece makes nothing else due. */
  #spoken: SpeechRef | undefined;

  /** With `resumed`, goes on in the middle of a call that another machine began. */
  constructor(policy: CallPolicy, now: Milliseconds, resumed?: ResumedCall) {
    this.startedAt = now - (resumed?.elapsedMs ?? 0);
    const call = createParts(policy, this.startedAt);
    this.#call = call;
    this.#parts = createDecidingParts(call, { startedAt: this.startedAt, now, resumed });
    const modelEvents = new ModelEvents(call, this.#parts);
    const listeners = this.#listeners = new Listeners(call.commands);
    this.#dispatch = new InputDispatch(call, { ...this.#parts, modelEvents, listeners });
    this.#waits = new Waits(call, this.#parts);
    announceCall(call, this.#parts.closing, resumed, now);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get phase(): CallPhase {
    if (this.#ended) return "ended";
    if (this.#parts.closing.begun) return "closing";
    if (this.#parts.connection.recovering) return "recovering";
    return this.#parts.leg.joined && this.#parts.connection.ready ? "live" : "connecting";
  }

  get recordingState(): CallSession["recordingState"] {
    return this.#ended ? undefined : this.#parts.recording.stateToChange;
  }

  /** Whether the caller is being put through to a person, or talks with one; stays so where the session is let go of then. */
  get isAway(): boolean {
    return this.#parts.transfer.isUnderWay;
  }

  get queuedSpeech(): readonly HeardSound[] {
    return this.#call.speech.queued;
  }

  get transferState(): CallSession["transferState"] {
    return this.#ended ? undefined : this.#parts.transfer.state;
  }

  /** What a leg that joins in the middle of the call has missed. */
  snapshot(): readonly CallEvent[] {
    const { recording, connection } = this.#parts;
    return [...snapshotOf(this.#call), ...recording.events, ...connection.lossEvents];
  }

  begin(): readonly CallCommand[] {
    this.#parts.connection.begin();
    return this.#call.commands.drain();
  }

  handle(input: CallInput, now: Milliseconds): readonly CallCommand[] {
    if (this.#ended) return [];
    this.#spoken = undefined;
    const end = this.#dispatch.handle(input, now);
    if (end === undefined) this.#advance(now);
    else this.#end(end, now);
    this.#call.lateFrames.decided(now);
    return this.#call.commands.drain();
  }

  /** The model's audio: apart from `handle` because it is frequent and makes nothing else due. */
  speech(
    ref: SpeechRef,
    audio: Base64,
    durationMs: Milliseconds,
    now: Milliseconds,
  ): readonly CallCommand[] {
    if (this.#ended) return [];
    if (this.#spoken === ref && this.#call.speech.playOn(ref, audio, durationMs, now)) {
      this.#call.turns.progressed(ref.responseId, now);
      return this.#call.commands.drain();
    }
    if (this.#parts.kept.owns(ref)) {
      this.#parts.kept.play(ref, audio, durationMs, now);
      return this.#call.commands.drain();
    }
    this.#parts.kept.modelSpoke();
    const isHeard = this.#call.speech.play(ref, audio, durationMs, now);
    if (isHeard) this.#parts.connection.answers("heard", now);
    this.#parts.deadlines.sounded(ref.responseId, now);
    this.#spoken = isHeard ? ref : undefined;
    return this.#call.commands.drain();
  }

  /** The caller's audio that came before is not needed any more. */
  audioNeededFrom(now: Milliseconds): Milliseconds {
    if (this.#ended) return now;
    return Math.min(
      this.#parts.connection.audioNeededFrom(now),
      this.#call.menu.hold.audioNeededFrom(now),
    );
  }

  /** When to call `handle` with a `tick`, if nothing else happens before. */
  get wakeAt(): Milliseconds | undefined {
    return this.#ended ? undefined : this.#waits.next(this.isAway);
  }

  /** The part of `wakeAt` that `speech` can bring nearer. */
  get nextPieceAt(): Milliseconds | undefined {
    return this.#call.speech.wakeAt;
  }

  /** Everything that becomes due with time, or because of what was just handled. */
  #advance(now: Milliseconds): void {
    this.#call.speech.tick(now);
    this.#parts.greeting.tick(this.#parts.connection.ready);
    this.#parts.caller.tick(now);
    this.#parts.outageSpeech.tick(now, this.#parts.leg.joined && !this.#parts.connection.ready);
    const menuEnd = this.#call.menu.tick(now);
    if (menuEnd !== undefined) return this.#end(menuEnd, now);
    this.#call.turns.tick(now);
    if (this.#parts.transfer.bringsPerson) this.#parts.recording.personJoins(now);
    this.#parts.recording.tick(now, this.#parts.leg.joined);
    this.#open(now);
    const over = this.#parts.transfer.tick(now) ??
      (this.isAway ? undefined : this.#parts.leg.endDue(now));
    if (over !== undefined) return this.#end(over, now);
    const { turns, speech } = this.#call;
    this.#parts.inputStall.tick(
      now,
      this.#parts.leg.joined && this.#parts.connection.ready && !speech.audible &&
        !this.#parts.closing.begun && !this.#call.menu.hold.withholds,
    );
    this.#parts.deadlines.tick(now, this.#watched);
    // After `deadlines.tick`, which drops expired responses: nothing else may happen for long.
    this.#parts.tools.tick(now, this.#parts.closing.begun, this.#isQuiet(now));
    this.#parts.mustHears.tick(now, this.#isQuiet(now));
    this.#parts.handoff.tick(now, this.#parts.closing.begun, this.#parts.connection);
    // Another agent may have more to be heard first.
    this.#open(now);
    const engaged = turns.callerState.isSpeaking || this.#parts.tools.calls.areAtWork ||
      this.#parts.handoff.isPending;
    const working = turns.busy || engaged;
    const busy = !turns.quiet || working || this.#parts.closing.begun;
    const lost = this.#parts.connection.tick(
      now,
      busy ? "busy" : speech.audible ? "playing" : "quiet",
    );
    const failed = this.isAway
      ? undefined
      : this.#parts.closing.modelGone(lost, this.#parts.leg.joined, now) ??
        this.#parts.answeringMachine.tick(now);
    if (failed !== undefined) return this.#endOrLeave(failed, now);
    const modelReady = this.#parts.connection.ready;
    const hears = this.#parts.leg.joined && !this.#parts.answeringMachine.waiting &&
      !this.#call.menu.hold.isOn && !this.isAway;
    const due = this.isAway ? undefined : this.#parts.closing.tick(now, {
      listening: hears && modelReady,
      working: working || this.#parts.transfer.wait.isWaiting,
      modelExpected: this.#parts.connection.isExpected,
      owed: this.#parts.connection.owes,
      loud: this.#parts.inputStall.isLoud(now),
      tools: this.#parts.tools,
    });
    const end = this.#parts.answeringMachine.proven(due, now);
    const left = end ?? this.#parts.handover.tick(now, {
      leg: this.isAway ? "none" : this.#parts.leg.state,
      // Responses that a lost connection owed are requested of the next one.
      quiet: !(modelReady ? busy : engaged) && !speech.audible &&
        !this.#parts.transfer.wait.isWaiting &&
        !this.#parts.inputStall.isLoud(now),
    });
    if (this.#isPutThrough(left, now)) return;
    if (left !== undefined) return this.#endOrLeave(left, now);
    this.#parts.transfer.wait.tick(now, {
      joined: this.#parts.leg.joined,
      quiet: !speech.audible && !speech.isSettling && (this.isAway || !busy) &&
        !this.#parts.inputStall.isLoud(now),
      canSpeak: modelReady && !this.isAway,
    });
    this.#parts.deadlines.update(now, this.#watched);
    const mayBridge = hears && !this.#parts.closing.begun && !this.#call.menu.isPatient;
    this.#parts.bridge.tick(now, mayBridge, modelReady);
    this.#call.compaction.tick(now, this.#isAgentIdle);
  }

  /** Whether the agent says and does nothing, and owes nothing. */
  get #isAgentIdle(): boolean {
    const { turns, speech } = this.#call;
    const awaited = turns.busy || turns.callerState.isAnswerDue || this.#parts.connection.owes;
    const working = speech.audible || speech.isSettling || this.#parts.tools.calls.running > 0;
    return this.#parts.leg.joined && this.#parts.connection.ready && !awaited && !working &&
      !this.#parts.closing.begun;
  }

  /** Whether the agent may say something that nobody has asked for. */
  #isQuiet(now: Milliseconds): boolean {
    return this.#isAgentIdle && this.#parts.greeting.isOver && this.#call.turns.quiet &&
      !this.#parts.answeringMachine.waiting && !this.#call.menu.isPatient &&
      !this.#parts.inputStall.isLoud(now);
  }

  /** Says what comes first in a call, when its moment has come. */
  #open(now: Milliseconds): void {
    this.#parts.greeting.ask({
      joined: this.#parts.leg.joined,
      modelReady: this.#parts.connection.ready,
      closing: this.#parts.closing.begun,
      waiting: this.#parts.answeringMachine.waiting || this.#call.menu.awaitsPerson ||
        this.#parts.optOut.isAsked,
    }, now);
  }

  get #watched(): Watched {
    const { joined } = this.#parts.leg;
    return { joined, ready: this.#parts.connection.ready, closing: this.#parts.closing.begun };
  }

  /** A phone call does not end with a transfer: the caller may come back. */
  #isPutThrough(end: SessionEnd | undefined, now: Milliseconds): boolean {
    if (end?.reason !== "transferred" || this.#call.policy.direction === "web") return false;
    this.#parts.transfer.begin(end.detail ?? "", now);
    return true;
  }

  /** A caller and a person who talk in a conference do not need the agent. */
  #endOrLeave(end: SessionEnd, now: Milliseconds): void {
    if (!this.#parts.transfer.leavesTogether(end, now)) this.#end(end, now);
  }

  #end(why: SessionEnd, now: Milliseconds): void {
    const { commands, speech, transcript, policy } = this.#call;
    const end = this.#parts.transfer.endOf(withFallback(why, policy), now);
    speech.close(now);
    this.#parts.mustHears.close(now);
    this.#parts.recording.close(now, isCallEnd(end));
    this.#listeners.close();
    transcript.entries.closeAll();
    this.#ended = true;
    commands.push({ type: "abortTools" });
    commands.push({ type: "closeModel" });
    const durationMs = Math.round(now - this.startedAt);
    commands.publish(isCallEnd(end) ? { type: "ended", end, durationMs } : { type: "handedOver" });
    commands.push({ type: "endCall", end });
  }
}
