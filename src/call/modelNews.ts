import type { AgentVoice } from "./agentVoice.ts";
import type { CallParts } from "./callParts.ts";
import type { CallerTurns } from "./callerTurns.ts";
import type { Closing } from "./closing.ts";
import type { Latency } from "./latency.ts";
import type { ModelLink } from "./modelLink.ts";
import type { Outbox } from "./outbox.ts";
import type { ModelInput, ResponsePurpose } from "./realtimeClient.ts";
import type { ToolTurns } from "./toolTurns.ts";
import type { Transcript } from "./transcript.ts";
import type { Turns } from "./turns.ts";
import type { Milliseconds } from "./types.ts";

type ResponseStarted = Extract<ModelInput, { type: "responseStarted" }>;
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
export class ModelNews {
  readonly #outbox: Outbox;
  readonly #transcript: Transcript;
  readonly #latency: Latency;
  readonly #turns: Turns;
  readonly #voice: AgentVoice;
  readonly #caller: CallerTurns;
  readonly #tools: ToolTurns;
  readonly #link: ModelLink;
  readonly #closing: Closing;

  constructor(
    { outbox, transcript, latency, turns, voice }: CallParts,
    { caller, tools, link, closing }: {
      readonly caller: CallerTurns;
      readonly tools: ToolTurns;
      readonly link: ModelLink;
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
        return this.#itemAdded(input);
      case "responseStarted":
        return this.#responseStarted(input, now);
      case "speechText":
        return this.#voice.text(input.ref, input.text, now);
      case "speechDone":
        return this.#voice.itemDone(input.ref.itemId, now);
      case "toolAnnounced":
        return this.#tools.announced(input.responseId, input.call);
      case "responseDone":
        if (input.usage !== undefined) {
          this.#outbox.publish({ type: "usage", usage: input.usage });
        }
        this.#voice.responseDone(input.responseId, now);
        this.#link.responseDone(input, now);
        this.#tools.responseDone(input, now);
        return this.#outbox.pushAll(this.#turns.done(input.responseId, now));
      case "callerText":
        return this.#outbox.publish(
          this.#transcript.callerText(input.itemId, input.text, input.final, now),
        );
      case "callerTextFailed":
        return this.#outbox.publish(this.#transcript.callerText(input.itemId, "", true, now));
      case "transcriptionUsed":
        return this.#outbox.publish({ type: "transcriptionUsage", usage: input.usage });
      case "requestRefused":
        if (input.request.type === "respond") {
          const { request, code } = input;
          return this.#outbox.pushAll(this.#turns.refused(request.request, code, now));
        }
        return this.#voice.refused(input.request, input.code, input.availableMs);
      case "modelIdled":
        return this.#closing.modelAsked();
      default:
        return input satisfies never;
    }
  }

  #itemAdded({ itemId, role, previousItemId, callId }: ItemAdded): void {
    // An item of speech has been placed by now: it was announced when it began.
    if (role === "user") this.#transcript.writtenPlaced(itemId, previousItemId);
    else if (role !== "system") this.#transcript.placed(itemId, previousItemId);
    if (role === "agent") this.#voice.itemAdded(itemId);
    if (callId !== undefined) this.#tools.outputTaken(callId);
  }

  #responseStarted({ responseId, purpose, aside }: ResponseStarted, now: Milliseconds): void {
    const request = this.#turns.started(responseId, purpose);
    this.#voice.responseStarted(responseId, aside);
    this.#link.responseStarted();
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
