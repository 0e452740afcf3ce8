import type { StandbyInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { CallerTurns } from "../turns/callerTurns.ts";
import type { Closing } from "../ending/closing.ts";
import type { ConnectionLifecycle } from "./connectionLifecycle.ts";
import type { ResponseOutcomes } from "../turns/responseOutcomes.ts";
import type { ModelInput, ResponsePurpose, SpeechRef } from "../realtimeClient.ts";
import * as prompts from "./prompts.ts";
import type { GoOn } from "../turns/goOn.ts";
import type { ToolTurns } from "../turns/toolTurns.ts";
import type { Milliseconds } from "../types.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { present } from "../../utils/present.ts";

type ResponseStarted = Extract<ModelInput, { type: "responseStarted" }>;
type ResponseDone = Extract<ModelInput, { type: "responseDone" }>;
type RequestRefused = Extract<ModelInput, { type: "requestRefused" }>;
type ToolAnnounced = Extract<ModelInput, { type: "toolAnnounced" }>;
type ItemAdded = Extract<ModelInput, { type: "itemAdded" }>;

/** What the agent says of its own accord: no caller has waited for it. */
const UNPROMPTED: ReadonlySet<ResponsePurpose> = new Set([
  "opening",
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
  "handoff",
]);

interface ModelEventParts {
  readonly goOn: GoOn;
  readonly caller: CallerTurns;
  readonly tools: ToolTurns;
  readonly connection: ConnectionLifecycle;
  readonly outcomes: ResponseOutcomes;
  readonly closing: Closing;
}

/** Passes the model's events, except audio, to the parts of the call, in a fixed order. */
export class ModelEvents {
  readonly #call: MachineParts;
  readonly #parts: ModelEventParts;
  /** What responses that are not over have said first. */
  readonly #spoken = new BoundedMap<string, string>(16);

  constructor(call: MachineParts, parts: ModelEventParts) {
    this.#call = call;
    this.#parts = parts;
  }

  handle(input: ModelInput | StandbyInput, now: Milliseconds): void {
    switch (input.type) {
      case "modelReady":
        return this.#parts.connection.opened(input.expiresInMs, now);
      case "modelLost":
        return this.#parts.connection.lost(input.loss, now);
      case "standbyReady":
      case "standbyLost":
        return this.#parts.connection.standby(input, now);
      case "speechStarted":
        return this.#parts.caller.speechStarted(input.itemId, now);
      case "speechStopped":
        return this.#parts.caller.speechStopped(input.itemId, now);
      case "committed":
        this.#call.compaction.heard(input.itemId, "caller", now);
        return this.#parts.caller.committed(input.itemId, input.previousItemId, now);
      case "itemAdded":
        return this.#itemAdded(input, now);
      case "responseStarted":
        return this.#responseStarted(input, now);
      case "responseProgress":
        return this.#call.turns.progressed(input.responseId, now);
      case "speechText":
        this.#call.turns.progressed(input.ref.responseId, now);
        this.#says(input.ref);
        this.#parts.tools.remote.tells(input.ref.responseId);
        return this.#call.speech.text(input.ref, input.text, now);
      case "speechDone":
        this.#call.turns.progressed(input.ref.responseId, now);
        this.#says(input.ref);
        return this.#call.speech.itemDone(input.ref.itemId, now);
      case "toolAnnounced":
        return this.#toolAnnounced(input, now);
      case "remoteToolPlanned":
      case "remoteToolStarted":
      case "remoteToolEnded":
        if (input.type === "remoteToolStarted") this.#parts.connection.answers("tool", now);
        return this.#parts.tools.remote.follow(input, now);
      case "responseDone":
        if (input.usage !== undefined) {
          const itemId = this.#spoken.get(input.responseId);
          const usage = { type: "usage", usage: input.usage } as const;
          this.#call.commands.publish({ ...usage, ...present({ itemId }) });
        }
        this.#spoken.delete(input.responseId);
        return this.#responseDone(input, now);
      case "callerText":
        return this.#call.transcript.callerText(input.itemId, input.text, input.final, now);
      case "callerTextFailed":
        return this.#call.transcript.callerTextFailed(input.itemId, now);
      case "transcriptionUsed":
        return this.#call.commands.publish({ type: "transcriptionUsage", usage: input.usage });
      case "replaced":
        return this.#call.compaction.replaced(input.itemId);
      case "requestRefused":
        return this.#refused(input, now);
      case "modelIdled":
        return this.#parts.closing.modelAsked();
      default:
        return input satisfies never;
    }
  }

  #says({ responseId, itemId }: SpeechRef): void {
    if (!this.#spoken.has(responseId)) this.#spoken.set(responseId, itemId);
  }

  #toolAnnounced({ responseId, call }: ToolAnnounced, now: Milliseconds): void {
    const { turns, speech } = this.#call;
    turns.progressed(responseId, now);
    const isLate = call.by === "model" && turns.responseId !== responseId;
    if (!isLate) return this.#parts.tools.calls.announced(responseId, call);
    // Some models ask for a tool when their response is over: of one that was cut off none runs.
    const status = speech.responses.isSilenced(responseId) ? "cancelled" : "completed";
    this.#parts.tools.responseDone({ responseId, status, toolCalls: [call] }, now);
    this.#parts.connection.answers("tool", now);
  }

  #responseDone(done: ResponseDone, now: Milliseconds): void {
    const { calls } = this.#parts.tools;
    const before = calls.running;
    this.#parts.outcomes.done(done, now);
    if (calls.running > before) this.#parts.connection.answers("tool", now);
  }

  #refused(refusal: RequestRefused, now: Milliseconds): void {
    const { request, kind, availableMs } = refusal;
    switch (request.type) {
      case "respond":
        return this.#parts.outcomes.refused(request.request, refusal, now);
      case "cancel":
        if (kind !== "over" || request.responseId === undefined) return;
        return this.#parts.outcomes.cancelRefused(request.responseId, now);
      case "replace":
        return this.#call.compaction.refused(request, kind);
      case "toolLeave": {
        const ended = { callId: request.callId, output: prompts.OUTCOME_UNKNOWN, ok: false };
        return this.#parts.tools.remote.follow({ type: "remoteToolEnded", ...ended }, now);
      }
      default:
        return this.#call.speech.refused(request, kind, availableMs);
    }
  }

  #itemAdded({ itemId, role, previousItemId, callId }: ItemAdded, now: Milliseconds): void {
    // An item of speech has been placed by now: it was announced when it began.
    if (role === "user") this.#call.transcript.entries.order.writtenPlaced(itemId, previousItemId);
    else if (role !== "system") this.#call.transcript.entries.order.placed(itemId, previousItemId);
    const { responseId } = this.#call.turns;
    if (role === "agent") {
      this.#call.speech.itemAdded(itemId);
      this.#call.compaction.heard(itemId, "agent", now);
      // Some servers announce a filler's item as well.
      if (responseId !== undefined && !this.#call.turns.filler.open) {
        this.#call.turns.progressed(responseId, now);
      }
    }
    if (callId !== undefined) this.#parts.tools.outputConfirmed(callId);
  }

  #responseStarted({ responseId, purpose, aside }: ResponseStarted, now: Milliseconds): void {
    const { filler } = this.#call.turns;
    if (aside || purpose === "filler" || (purpose === undefined && this.#call.turns.startsFiller)) {
      if (filler.id === responseId) return;
      this.#call.speech.responses.asideStarted(responseId);
      if (!filler.started(responseId, now)) this.#call.speech.abandon(responseId, now);
      return;
    }
    const { responseId: before } = this.#call.turns;
    const request = this.#call.turns.started(responseId, purpose, now);
    if (request === "again") return;
    if (request === "stale") return this.#call.speech.abandon(responseId, now);
    // One at a time: whatever came before is over, even if its end never came.
    if (before !== undefined) this.#call.speech.responseDone(before, now);
    this.#call.speech.responses.started(responseId);
    if (this.#parts.goOn.responseStarted(responseId, request.purpose === "reply", now)) return;
    this.#parts.tools.responseStarted(responseId, request.purpose);
    if (request.purpose === "reply") {
      this.#call.latency.responseStarted(now);
      this.#parts.tools.replyStarted();
      this.#call.turns.withdraw("reply");
    } else if (UNPROMPTED.has(request.purpose)) {
      this.#call.latency.abandon();
    }
    // The caller has gone on speaking: this is an answer to half a sentence, and another will follow.
    const yields = !this.#call.turns.isHeld && (YIELDING.has(request.purpose) ||
      request.exact !== undefined && request.purpose !== "opening");
    if (this.#call.turns.callerState.isSpeaking && yields) {
      this.#call.speech.stop(now, true);
    }
  }
}
