import type { Base64 } from "../utils/audio/audioFormat.ts";
import { announceCall } from "./machine/beginning.ts";
import { createParts } from "./machine/createParts.ts";
import type { CallCommand } from "./callCommand.ts";
import type { CallEvent } from "./callEvent.ts";
import type { MachineParts } from "./machine/machineParts.ts";
import type { CallInput } from "./callInput.ts";
import { CallerTurns } from "./turns/callerTurns.ts";
import { withFallback } from "./ending/fallbackTransfer.ts";
import { InputDispatch } from "./machine/inputDispatch.ts";
import { Closing } from "./ending/closing.ts";
import { AgentHandoff } from "./handoff/agentHandoff.ts";
import { Handover } from "./ending/handover.ts";
import { KeptSentences } from "./playback/keptSentences.ts";
import { OutageBridge } from "./turns/outageBridge.ts";
import { OutageSpeech } from "./turns/outageSpeech.ts";
import { InputStall } from "./model/inputStall.ts";
import { AnsweringMachine } from "./ending/answeringMachine.ts";
import { GoOn } from "./turns/goOn.ts";
import { Greeting } from "./turns/greeting.ts";
import { ConnectionLifecycle } from "./model/connectionLifecycle.ts";
import { ModelEvents } from "./model/modelEvents.ts";
import type { SpeechRef } from "./realtimeClient.ts";
import type { ResumedCall } from "./resumedCall.ts";
import { LegPresence } from "./machine/legPresence.ts";
import { snapshotOf } from "./machine/snapshot.ts";
import { ResponseOutcomes } from "./turns/responseOutcomes.ts";
import { ResponseDeadlines, type Watched } from "./turns/responseDeadlines.ts";
import { MustHears } from "./heard/mustHears.ts";
import { ToolGate } from "./heard/toolGate.ts";
import { ToolTurns } from "./turns/toolTurns.ts";
import { earliest } from "./machine/wakeTimer.ts";
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
  readonly #startedAt: Milliseconds;
  readonly #call: MachineParts;
  readonly #caller: CallerTurns;
  readonly #tools: ToolTurns;
  readonly #connection: ConnectionLifecycle;
  readonly #deadlines: ResponseDeadlines;
  readonly #kept: KeptSentences;
  readonly #greeting: Greeting;
  readonly #bridge: OutageBridge;
  readonly #outageSpeech: OutageSpeech;
  readonly #inputStall: InputStall;
  readonly #mustHears: MustHears;
  readonly #closing: Closing;
  readonly #answeringMachine: AnsweringMachine;
  readonly #dispatch: InputDispatch;
  readonly #handover: Handover;
  readonly #handoff: AgentHandoff;
  readonly #leg: LegPresence;
  #ended = false;
  /** What the model is speaking, while nothing else happens: its next piece makes nothing else due. */
  #spoken: SpeechRef | undefined;

  /** With `resumed`, goes on in the middle of a call that another machine began. */
  constructor(policy: CallPolicy, now: Milliseconds, resumed?: ResumedCall) {
    this.#startedAt = now - (resumed?.elapsedMs ?? 0);
    const call = createParts(policy, this.#startedAt);
    this.#call = call;
    this.#leg = new LegPresence(call, resumed?.connectedMs !== undefined);
    this.#kept = new KeptSentences(call, resumed?.turns.map(({ id }) => id) ?? []);
    this.#mustHears = new MustHears(call, this.#startedAt, resumed);
    this.#closing = new Closing(call, this.#kept, this.#mustHears);
    this.#handover = new Handover(call, this.#closing);
    this.#answeringMachine = new AnsweringMachine(call, this.#closing);
    this.#handoff = new AgentHandoff(call, resumed?.handoffs);
    const gate = new ToolGate(call, this.#mustHears);
    this.#tools = new ToolTurns(call, this.#closing, gate, this.#handoff);
    this.#connection = new ConnectionLifecycle(call, this.#tools, this.#handoff, now);
    this.#greeting = new Greeting(call, this.#kept, this.#connection, this.#closing, resumed);
    this.#caller = new CallerTurns(call, this.#greeting, this.#kept);
    this.#bridge = new OutageBridge(
      call,
      this.#kept,
      () => this.#connection.owes || this.#tools.calls.running > 0 || this.#greeting.isAwaited,
    );
    this.#outageSpeech = new OutageSpeech(
      call,
      this.#greeting,
      this.#kept,
      this.#connection,
    );
    this.#inputStall = new InputStall(call, this.#caller, this.#connection, now);
    const outcomes = new ResponseOutcomes(call, this.#tools, this.#connection);
    this.#deadlines = new ResponseDeadlines(call, this.#tools, outcomes);
    const parts = {
      leg: this.#leg,
      caller: this.#caller,
      greeting: this.#greeting,
      kept: this.#kept,
      bridge: this.#bridge,
      outageSpeech: this.#outageSpeech,
      tools: this.#tools,
      connection: this.#connection,
      inputStall: this.#inputStall,
      mustHears: this.#mustHears,
      goOn: new GoOn(call),
      closing: this.#closing,
      answeringMachine: this.#answeringMachine,
      handover: this.#handover,
    };
    const modelEvents = new ModelEvents(call, { ...parts, outcomes });
    this.#dispatch = new InputDispatch(call, { ...parts, modelEvents });
    announceCall(call, this.#closing, resumed, now);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get phase(): CallPhase {
    if (this.#ended) return "ended";
    if (this.#closing.begun) return "closing";
    if (this.#connection.recovering) return "recovering";
    return this.#leg.joined && this.#connection.ready ? "live" : "connecting";
  }

  /** What a leg that joins in the middle of the call has missed. */
  snapshot(): readonly CallEvent[] {
    return [...snapshotOf(this.#call), ...this.#connection.lossEvents];
  }

  begin(): readonly CallCommand[] {
    this.#connection.begin();
    return this.#call.commands.drain();
  }

  handle(input: CallInput, now: Milliseconds): readonly CallCommand[] {
    if (this.#ended) return [];
    this.#spoken = undefined;
    const end = this.#dispatch.handle(input, now);
    if (end === undefined) this.#advance(now);
    else this.#end(end, now);
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
    if (this.#kept.owns(ref)) {
      this.#kept.play(ref, audio, durationMs, now);
      return this.#call.commands.drain();
    }
    this.#kept.modelSpoke();
    const isHeard = this.#call.speech.play(ref, audio, durationMs, now);
    if (isHeard) this.#connection.answers("heard", now);
    this.#deadlines.sounded(ref.responseId, now);
    this.#spoken = isHeard ? ref : undefined;
    return this.#call.commands.drain();
  }

  /** The caller's audio that came before is not needed any more. */
  audioNeededFrom(now: Milliseconds): Milliseconds {
    return this.#ended ? now : this.#connection.audioNeededFrom(now);
  }

  /** When to call `handle` with a `tick`, if nothing else happens before. */
  get wakeAt(): Milliseconds | undefined {
    if (this.#ended) return undefined;
    return earliest(
      this.#call.speech.wakeAt,
      this.#caller.wakeAt,
      this.#call.turns.wakeAt,
      this.#deadlines.wakeAt,
      this.#bridge.wakeAt,
      this.#outageSpeech.wakeAt,
      this.#tools.wakeAt,
      this.#inputStall.wakeAt,
      this.#connection.wakeAt,
      this.#closing.wakeAt,
      this.#answeringMachine.wakeAt,
      this.#leg.wakeAt,
      this.#handover.wakeAt,
      this.#handoff.wakeAt,
    );
  }

  /** The part of `wakeAt` that `speech` can bring nearer. */
  get nextPieceAt(): Milliseconds | undefined {
    return this.#call.speech.wakeAt;
  }

  /** Everything that becomes due with time, or because of what was just handled. */
  #advance(now: Milliseconds): void {
    this.#call.speech.tick(now);
    this.#greeting.tick(this.#connection.ready);
    this.#caller.tick(now);
    this.#outageSpeech.tick(now, this.#leg.joined && !this.#connection.ready);
    this.#call.turns.tick(now);
    this.#greeting.ask({
      joined: this.#leg.joined,
      modelReady: this.#connection.ready,
      closing: this.#closing.begun,
    }, now);
    const legLost = this.#leg.endDue(now);
    if (legLost !== undefined) return this.#end(legLost, now);
    const { turns, speech } = this.#call;
    this.#inputStall.tick(
      now,
      this.#leg.joined && this.#connection.ready && !speech.audible && !this.#closing.begun,
    );
    this.#deadlines.tick(now, this.#watched);
    // After `deadlines.tick`, which drops expired responses: nothing else may happen for long.
    this.#tools.tick(now, this.#closing.begun, this.#isQuiet(now));
    this.#mustHears.tick(now, this.#isQuiet(now));
    this.#handoff.tick(now, this.#closing.begun, this.#connection);
    const engaged = turns.callerState.isSpeaking || this.#tools.calls.areAtWork ||
      this.#handoff.isPending;
    const working = turns.busy || engaged;
    const busy = !turns.quiet || working || this.#closing.begun;
    const lost = this.#connection.tick(now, busy ? "busy" : speech.audible ? "playing" : "quiet");
    const failed = this.#closing.modelGone(lost, this.#leg.joined, now) ??
      this.#answeringMachine.tick(now);
    if (failed !== undefined) return this.#end(failed, now);
    const modelReady = this.#connection.ready;
    const hears = this.#leg.joined && !this.#answeringMachine.waiting;
    const end = this.#closing.tick(now, {
      listening: hears && modelReady,
      working,
      modelExpected: this.#connection.isExpected,
      owed: this.#connection.owes,
      loud: this.#inputStall.isLoud(now),
      tools: this.#tools,
    });
    const left = end ?? this.#handover.tick(now, {
      leg: this.#leg.state,
      // Responses that a lost connection owed are requested of the next one.
      quiet: !(modelReady ? busy : engaged) && !speech.audible && !this.#inputStall.isLoud(now),
    });
    if (left !== undefined) return this.#end(left, now);
    this.#deadlines.update(now, this.#watched);
    this.#bridge.tick(now, hears && !this.#closing.begun, modelReady);
    this.#call.compaction.tick(now, this.#isAgentIdle);
  }

  /** Whether the agent says and does nothing, and owes nothing. */
  get #isAgentIdle(): boolean {
    const { turns, speech } = this.#call;
    const awaited = turns.busy || turns.callerState.isAnswerDue || this.#connection.owes;
    const working = speech.audible || speech.isSettling || this.#tools.calls.running > 0;
    return this.#leg.joined && this.#connection.ready && !awaited && !working &&
      !this.#closing.begun;
  }

  /** Whether the agent may say something that nobody has asked for. */
  #isQuiet(now: Milliseconds): boolean {
    return this.#isAgentIdle && this.#greeting.isOver && this.#call.turns.quiet &&
      !this.#answeringMachine.waiting && !this.#inputStall.isLoud(now);
  }

  get #watched(): Watched {
    const { joined } = this.#leg;
    return { joined, ready: this.#connection.ready, closing: this.#closing.begun };
  }

  #end(why: SessionEnd, now: Milliseconds): void {
    const { commands, speech, transcript, policy } = this.#call;
    const end = withFallback(why, policy);
    speech.close(now);
    this.#mustHears.close(now);
    transcript.entries.closeAll();
    this.#ended = true;
    commands.push({ type: "abortTools" });
    commands.push({ type: "closeModel" });
    const durationMs = Math.round(now - this.#startedAt);
    commands.publish(isCallEnd(end) ? { type: "ended", end, durationMs } : { type: "handedOver" });
    commands.push({ type: "endCall", end });
  }
}
