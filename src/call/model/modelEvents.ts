import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { CallParts } from "../callParts.ts";
import type { CallerTurns } from "../turns/callerTurns.ts";
import type { Closing } from "../ending/closing.ts";
import type { Latency } from "../turns/latency.ts";
import type { ModelConnection } from "./modelConnection.ts";
import type { ResponseOutcomes } from "../turns/responseOutcomes.ts";
import type { CommandBuffer } from "../commandBuffer.ts";
import type { ModelInput, ResponsePurpose } from "../realtimeClient.ts";
import type { ToolTurns } from "../turns/toolTurns.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Turns } from "../turns/turns.ts";
import type { Milliseconds } from "../types.ts";

type ResponseStarted = Extract<ModelInput, { type: "responseStarted" }>;
type RequestRefused = Extract<ModelInput, { type: "requestRefused" }>;
type ItemAdded = Extract<ModelInput, { type: "itemAdded" }>;

/** What the agent says of its own accord: no caller has waited for it. */
const UNPROMPTED: ReadonlySet<ResponsePurpose> = new Set([
  "greeting",
  "idle_prompt",
  "time_warning",
  "say",
]);
/** What is not worth saying to a caller who is speaking. */
const YIELDING: ReadonlySet<ResponsePurpose> = new Set([
  "reply",
  "tool_result",
  "filler",
  "idle_prompt",
]);

/** What the model's end tells, but for the sound of it: whom in the call it concerns, and in what order. */
export class ModelEvents {
  readonly #outbox: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #latency: Latency;
  readonly #turns: Turns;
  readonly #voice: AgentSpeech;
  readonly #caller: CallerTurns;
  readonly #tools: ToolTurns;
  readonly #link: ModelConnection;
  readonly #outcomes: ResponseOutcomes;
  readonly #closing: Closing;

  constructor(
    { outbox, transcript, latency, turns, voice }: CallParts,
    { caller, tools, link, outcomes, closing }: {
      readonly caller: CallerTurns;
      readonly tools: ToolTurns;
      readonly link: ModelConnection;
      readonly outcomes: ResponseOutcomes;
      readonly closing: Closing;
    },
  ) {
    this.#outbox = outbox;
    this.#transcript = transcript;
    this.#latency = latency;
    this.#turns = turns;
    this.#voice = voice;
    this.#caller = caller;
    this.#tools = tools;
    this.#link = link;
    this.#outcomes = outcomes;
    this.#closing = closing;
  }

  take(input: ModelInput, now: Milliseconds): void {
    switch (input.type) {
      case "modelReady":
        return this.#link.opened(input.expiresInMs, now);
      case "modelLost":
        return this.#link.lost(input.loss, now);
      case "speechStarted":
        return this.#caller.speechStarted(input.itemId, now);
      case "speechStopped":
        return this.#caller.speechStopped(input.itemId, now);
      case "committed":
        return this.#caller.committed(input.itemId, input.previousItemId, now);
      case "itemAdded":
        return this.#itemAdded(input, now);
      case "responseStarted":
        return this.#responseStarted(input, now);
      case "responseProgress":
        return this.#turns.alive(input.responseId, now);
      case "speechText":
        this.#turns.alive(input.ref.responseId, now);
        return this.#voice.text(input.ref, input.text, now);
      case "speechDone":
        this.#turns.alive(input.ref.responseId, now);
        return this.#voice.itemDone(input.ref.itemId, now);
      case "toolAnnounced":
        this.#turns.alive(input.responseId, now);
        return this.#tools.announced(input.responseId, input.call);
      case "responseDone":
        if (input.usage !== undefined) {
          this.#outbox.publish({ type: "usage", usage: input.usage });
        }
        return this.#outcomes.done(input, now);
      case "callerText":
        return this.#outbox.publish(
          this.#transcript.callerText(input.itemId, input.text, input.final, now),
        );
      case "callerTextFailed":
        return this.#outbox.publish(this.#transcript.callerText(input.itemId, "", true, now));
      case "transcriptionUsed":
        return this.#outbox.publish({ type: "transcriptionUsage", usage: input.usage });
      case "requestRefused":
        return this.#refused(input, now);
      case "modelIdled":
        return this.#closing.modelAsked();
      default:
        return input satisfies never;
    }
  }

  #refused(refusal: RequestRefused, now: Milliseconds): void {
    const { request, kind, availableMs } = refusal;
    switch (request.type) {
      case "respond":
        return this.#outcomes.refused(request.request, refusal, now);
      case "cancel":
        if (kind !== "over" || request.responseId === undefined) return;
        return this.#outcomes.cancelRefused(request.responseId, now);
      default:
        return this.#voice.refused(request, kind, availableMs);
    }
  }

  #itemAdded({ itemId, role, previousItemId, callId }: ItemAdded, now: Milliseconds): void {
    // An item of speech has been placed by now: it was announced when it began.
    if (role === "user") this.#transcript.writtenPlaced(itemId, previousItemId);
    else if (role !== "system") this.#transcript.placed(itemId, previousItemId);
    const { responseId } = this.#turns;
    if (role === "agent") {
      this.#voice.itemAdded(itemId);
      // Some servers tell of a filler's item as well.
      if (responseId !== undefined && !this.#turns.aside.open) this.#turns.alive(responseId, now);
    }
    if (callId !== undefined) this.#tools.outputTaken(callId);
  }

  #responseStarted({ responseId, purpose, aside }: ResponseStarted, now: Milliseconds): void {
    this.#link.responseStarted();
    const { aside: lane } = this.#turns;
    if (aside || purpose === "filler" || (purpose === undefined && this.#turns.startsAside)) {
      if (lane.id === responseId) return;
      this.#voice.asideStarted(responseId);
      if (!lane.started(responseId, now)) this.#voice.abandon(responseId, now);
      return;
    }
    const { responseId: before } = this.#turns;
    const request = this.#turns.started(responseId, purpose, now);
    if (request === "again") return;
    if (request === "stale") return this.#voice.abandon(responseId, now);
    // One at a time: whatever came before is over, even if nothing tells it.
    if (before !== undefined) this.#voice.responseDone(before, now);
    this.#voice.responseStarted(responseId);
    if (request.purpose === "reply") {
      this.#latency.responseStarted(now);
      this.#tools.replyStarted();
      this.#turns.withdraw("reply");
    } else if (UNPROMPTED.has(request.purpose)) {
      this.#latency.abandon();
    }
    // The caller has gone on speaking: this is an answer to half a sentence, and another will follow.
    if (this.#turns.callerSpeaking && YIELDING.has(request.purpose)) this.#voice.stop(now, true);
  }
}
