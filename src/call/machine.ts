import type { AudioFormat, Base64 } from "../utils/audioFormat.ts";
import { AgentSpeech } from "./playback/agentSpeech.ts";
import type { CallCommand } from "./callCommand.ts";
import type { CallInput } from "./callInput.ts";
import type { CallLeg } from "./callLeg.ts";
import { CallerTurns } from "./turns/callerTurns.ts";
import { Closing } from "./ending/closing.ts";
import { DeafSession } from "./model/deafSession.ts";
import { earliest } from "./earliest.ts";
import { AnsweringMachine } from "./ending/answeringMachine.ts";
import { GreetingGuard } from "./turns/greetingGuard.ts";
import { Latency } from "./turns/latency.ts";
import { ModelConnection } from "./model/modelConnection.ts";
import { ModelEvents } from "./model/modelEvents.ts";
import { CommandBuffer } from "./commandBuffer.ts";
import type { SpeechRef } from "./realtimeClient.ts";
import { ResponseOutcomes } from "./turns/responseOutcomes.ts";
import { ResponseDeadlines, type Watched } from "./turns/responseDeadlines.ts";
import * as prompts from "./model/prompts.ts";
import { ToolTurns } from "./turns/toolTurns.ts";
import { Transcript } from "./transcript/transcript.ts";
import { Turns } from "./turns/turns.ts";
import type { CallEnd, CallPhase, CallPolicy, Milliseconds } from "./types.ts";

/** A carrier that lost its socket asks at once how to go on; a caller does not wait longer. */
const REJOIN_MS = 10_000;
/** What a model tells only if it hears. */
const HEARD: ReadonlySet<CallInput["type"]> = new Set([
  "speechStarted",
  "speechStopped",
  "committed",
]);

/** What the caller begins anew, as against the end of what was begun before. */
const BEGINNINGS: ReadonlySet<string> = new Set(["typed", "digit", "speechStarted", "callerLevel"]);

/**
 * Decides what a call does: told what happened and when, it answers with commands, to be carried out
 * in order. It knows no clock; `wakeAt` says when it wants a `tick`. After the end it is silent.
 */
export class CallMachine {
  readonly #policy: CallPolicy;
  readonly #startedAt: Milliseconds;
  readonly #outbox = new CommandBuffer();
  readonly #transcript: Transcript;
  readonly #latency = new Latency();
  readonly #turns: Turns;
  readonly #voice: AgentSpeech;
  readonly #caller: CallerTurns;
  readonly #tools: ToolTurns;
  readonly #link: ModelConnection;
  readonly #outcomes: ResponseOutcomes;
  readonly #watch: ResponseDeadlines;
  readonly #guard: GreetingGuard;
  readonly #deafness: DeafSession;
  readonly #closing: Closing;
  readonly #farEnd: AnsweringMachine;
  readonly #news: ModelEvents;
  #joined = false;
  #rejoinBy: Milliseconds | undefined;
  #answered = false;
  #greeted = false;
  #ended = false;

  constructor(policy: CallPolicy, now: Milliseconds) {
    this.#policy = policy;
    this.#startedAt = now;
    this.#deafness = new DeafSession(now);
    this.#transcript = new Transcript(now);
    this.#turns = new Turns(policy.modelResponds);
    this.#voice = new AgentSpeech(this.#outbox, this.#transcript, this.#latency);
    const parts = {
      policy,
      outbox: this.#outbox,
      transcript: this.#transcript,
      latency: this.#latency,
      turns: this.#turns,
      voice: this.#voice,
    };
    this.#guard = new GreetingGuard(parts);
    this.#caller = new CallerTurns(parts, this.#guard);
    this.#tools = new ToolTurns(parts);
    this.#link = new ModelConnection(parts, this.#tools, now);
    const [tools, link] = [this.#tools, this.#link];
    this.#outcomes = new ResponseOutcomes(parts, { tools, link });
    this.#watch = new ResponseDeadlines(parts, { tools, outcomes: this.#outcomes });
    this.#closing = new Closing(parts);
    this.#farEnd = new AnsweringMachine(parts, this.#closing);
    this.#news = new ModelEvents(parts, {
      tools: this.#tools,
      caller: this.#caller,
      link: this.#link,
      outcomes: this.#outcomes,
      closing: this.#closing,
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  get phase(): CallPhase {
    if (this.#ended) return "ended";
    if (this.#closing.begun) return "closing";
    if (this.#link.recovering) return "recovering";
    return this.#joined && this.#link.ready ? "live" : "connecting";
  }

  begin(): readonly CallCommand[] {
    const { direction, agent } = this.#policy;
    this.#outbox.publish({ type: "started", direction, agent });
    this.#link.open();
    return this.#outbox.take();
  }

  handle(input: CallInput, now: Milliseconds): readonly CallCommand[] {
    if (this.#ended) return [];
    this.#take(input, now);
    if (!this.#ended) this.#advance(now);
    return this.#outbox.take();
  }

  /** The model's audio, by a way of its own because it is frequent; otherwise like any input. */
  speech(
    ref: SpeechRef,
    audio: Base64,
    durationMs: Milliseconds,
    now: Milliseconds,
  ): readonly CallCommand[] {
    if (this.#ended) return [];
    if (this.#voice.speech(ref, audio, durationMs, now)) this.#tools.agentSpoke();
    this.#watch.sounded(ref.responseId, now);
    return this.#outbox.take();
  }

  /** When to call `handle` with a `tick`, if nothing else happens before. */
  get wakeAt(): Milliseconds | undefined {
    if (this.#ended) return undefined;
    return earliest(
      this.#voice.wakeAt,
      this.#caller.wakeAt,
      this.#turns.wakeAt,
      this.#watch.wakeAt,
      this.#policy.modelListens ? this.#deafness.wakeAt : undefined,
      this.#link.wakeAt,
      this.#closing.wakeAt,
      this.#farEnd.wakeAt,
      this.#rejoinBy,
    );
  }

  /** The part of `wakeAt` that `speech` can bring nearer. */
  get nextPieceAt(): Milliseconds | undefined {
    return this.#voice.wakeAt;
  }

  #take(input: CallInput, now: Milliseconds): void {
    if (this.#tellsOfCaller(input)) {
      this.#tools.callerSpoke();
      this.#closing.callerActed(BEGINNINGS.has(input.type));
      if (BEGINNINGS.has(input.type)) this.#farEnd.callerBegan();
    }
    if (HEARD.has(input.type)) this.#deafness.told(now);
    switch (input.type) {
      case "joined":
        return this.#join(input.format, input.reports, now);
      case "answered":
        this.#answered = true;
        return;
      case "marked":
        return this.#voice.marked(input.mark, now);
      case "rendered":
        if (!Number.isFinite(input.ms)) return;
        return this.#voice.rendered(input.itemId, input.ms, input.cleared === true, now);
      case "typed":
        return this.#caller.typed(input.text, now);
      case "digit":
        return this.#caller.pressed(input.digit, now);
      case "interruptAsked":
        return this.#caller.interrupts(now);
      case "turnCommitted":
        return this.#caller.committedByHand(now);
      case "turnCleared":
        this.#outbox.push({ type: "clearInput" });
        return;
      case "lost":
        if (!this.#joined) return;
        this.#joined = false;
        this.#rejoinBy = now + REJOIN_MS;
        return this.#voice.leave(now);
      case "left":
      case "hangUp":
        return this.#end(input.end, now);
      case "callerLevel":
        this.#deafness.level(input.speaking, now);
        return this.#caller.levelChanged(input.speaking, now);
      case "toolReturned": {
        const plan = this.#tools.returned(input, now);
        return plan === undefined ? undefined : this.#closing.begin(plan, now);
      }
      case "sayAsked":
        return this.#outbox.pushAll(this.#turns.ask(prompts.say(input.text), now));
      case "transferAsked": {
        const plan = this.#tools.transferPlan(input.alias);
        return plan === undefined ? undefined : this.#closing.begin(plan, now);
      }
      case "endAsked":
        return this.#closing.endAsked(input.end, input.goodbye, now);
      case "machineAnswered":
      case "screened":
      case "personAnswered":
      case "verdictNotObeyed":
        return this.#farEnd.take(input, now);
      case "tick":
        return;
      default:
        return this.#news.take(input, now);
    }
  }

  /** Whether the caller is there and doing something. */
  #tellsOfCaller(input: CallInput): boolean {
    switch (input.type) {
      case "typed":
      case "digit":
      case "turnCommitted":
      case "speechStarted":
      case "speechStopped":
        return true;
      case "callerLevel":
        // A model with ears of its own tells better than a level who has spoken.
        return input.speaking && !this.#policy.modelListens;
      default:
        return false;
    }
  }

  #join(format: AudioFormat, reports: CallLeg["reports"], now: Milliseconds): void {
    if (this.#joined) return;
    this.#joined = true;
    this.#rejoinBy = undefined;
    this.#outbox.publish({ type: "connected", format });
    this.#closing.joined(now);
    this.#voice.join(format, reports, now);
  }

  /** Everything that becomes due with time, or because of what was just handled. */
  #advance(now: Milliseconds): void {
    this.#voice.tick(now);
    this.#guard.tick(this.#link.ready);
    this.#caller.tick(now);
    this.#outbox.pushAll(this.#turns.tick(now));
    this.#greet(now);
    if (this.#rejoinBy !== undefined && now >= this.#rejoinBy) {
      return this.#end({ reason: "leg_failed" }, now);
    }
    this.#mendHearing(now);
    this.#watch.tick(now, this.#watched);
    // Only now: what was waited for in vain is waited for no longer.
    const working = this.#turns.busy || this.#turns.callerSpeaking || this.#tools.running > 0;
    const quiet = this.#turns.quiet && !working && !this.#voice.audible && !this.#closing.begun;
    const lost = this.#link.tick(now, quiet);
    if (lost !== undefined) return this.#end({ reason: "model_failed", detail: lost }, now);
    const modelReady = this.#link.ready;
    const unanswered = this.#farEnd.tick(now);
    if (unanswered !== undefined) return this.#end(unanswered, now);
    const listening = this.#joined && modelReady && !this.#farEnd.waiting;
    const loud = this.#policy.modelListens && this.#deafness.isLoud(now);
    const farewell = this.#closing.tick(now, {
      listening,
      working,
      modelReady,
      loud,
      tools: this.#tools,
    });
    if (farewell === undefined) return this.#watch.look(now, this.#watched);
    if (farewell.then === "end") return this.#end(farewell.end, now);
    this.#end({ reason: "transferred", detail: farewell.alias }, now);
  }

  get #watched(): Watched {
    return { joined: this.#joined, ready: this.#link.ready, closing: this.#closing.begun };
  }

  /** What the line carries and the model does not tell of. */
  #mendHearing(now: Milliseconds): void {
    if (!this.#policy.modelListens) return;
    const remedy = this.#deafness.tick(now, {
      listening: this.#joined && this.#link.ready && !this.#voice.audible && !this.#closing.begun,
      callerSpeaking: this.#turns.callerSpeaking,
    });
    switch (remedy) {
      case "replace":
        return this.#link.replace("deaf", now);
      case "commit":
        return this.#caller.unheard(now);
      case "repeat":
        return this.#outbox.pushAll(this.#turns.ask(prompts.sayAgain(), now));
    }
  }

  /** The greeting is prepared as soon as somebody is there, even before the leg has joined. */
  #greet(now: Milliseconds): void {
    if (this.#greeted || !this.#link.ready || !(this.#joined || this.#answered)) return;
    this.#greeted = true;
    const { greeting } = this.#policy;
    if (greeting === undefined || this.#closing.begun) return;
    this.#guard.asked();
    this.#outbox.pushAll(this.#turns.ask(prompts.greeting(greeting), now));
  }

  #end(end: CallEnd, now: Milliseconds): void {
    this.#voice.close(now);
    for (const event of this.#transcript.close()) this.#outbox.publish(event);
    this.#ended = true;
    this.#outbox.push({ type: "abortTools" });
    this.#outbox.push({ type: "closeModel" });
    const durationMs = Math.round(now - this.#startedAt);
    this.#outbox.publish({ type: "ended", end, durationMs });
    this.#outbox.push({ type: "endCall", end });
  }
}
