import type { ModelInput, ResponsePurpose, ToolCall } from "../../call/realtimeClient.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { ServerEvent, ServerItem } from "./wire/serverEventTypes.ts";
import { endMeaningOf } from "./errorMeaning.ts";
import { isHistoryItem } from "./clientEvents.ts";
import { retryAfterMsIn } from "./retryHint.ts";

/** The server's events that concern the call, and not the connection or the sound. */
export type CallServerEvent = Exclude<
  ServerEvent,
  { type: "session.created" | "session.updated" | "error" | "response.output_audio.delta" }
>;

/** Puts the server's events into the call's words. */
export class ModelInputs {
  readonly #begun = new RecentIds(MAX_BEGUN);
  /** The latest response of the conversation, and those beside it, until their ends are told. */
  #current: string | undefined;
  readonly #asides = new Set<string>();
  readonly #worded = new Set<string>();
  #signs = 0;
  /** Tool calls announced since the last response was done. */
  #announced = 0;

  of(event: CallServerEvent): readonly ModelInput[] {
    if (event.type === "response.created") {
      const { responseId, outOfBand } = event;
      this.#begun.add(responseId);
      if (outOfBand) this.#asides.add(responseId);
      else this.#current = responseId;
    }
    if (event.type === "response.done") return this.#ended(event);
    const responseId = responseIdOf(event);
    const beginning = responseId === undefined ? [] : this.beginningOf(responseId);
    return [...beginning, ...this.#wordsOf(event)];
  }

  /** For servers that tell what a response brings and not that it has begun. */
  beginningOf(responseId: string): readonly ModelInput[] {
    if (this.#begun.has(responseId)) return [];
    this.#begun.add(responseId);
    this.#current = responseId;
    return [{ type: "responseStarted", responseId, aside: false }];
  }

  /** An end under another id can only be that of the response that is running, if there is one. */
  #ended(event: Extract<CallServerEvent, { type: "response.done" }>): readonly ModelInput[] {
    const { responseId } = event;
    if (this.#begun.has(responseId)) {
      this.#asides.delete(responseId);
      if (this.#current === responseId) this.#current = undefined;
      return this.#wordsOf(event);
    }
    if (this.#asides.size > 0) return this.#wordsOf(event);
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) return this.#wordsOf({ ...event, responseId: current });
    this.#begun.add(responseId);
    return [{ type: "responseStarted", responseId, aside: false }, ...this.#wordsOf(event)];
  }

  #wordsOf(event: CallServerEvent): readonly ModelInput[] {
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        return [{ type: "speechStarted", ...itemOf(event.itemId) }];
      case "input_audio_buffer.speech_stopped":
        return [{ type: "speechStopped", ...itemOf(event.itemId) }];
      case "input_audio_buffer.timeout_triggered":
        return [{ type: "modelIdled" }];
      case "input_audio_buffer.committed":
        return [{ type: "committed", itemId: event.itemId, ...previousOf(event.previousItemId) }];
      case "conversation.item.added":
        return isHistoryItem(event.item.id) ? [] : [itemAdded(event.item, event.previousItemId)];
      case "conversation.item.input_audio_transcription.delta":
        return [{ type: "callerText", itemId: event.itemId, text: event.delta, final: false }];
      case "conversation.item.input_audio_transcription.completed": {
        const { itemId, transcript: text, usage } = event;
        const said: ModelInput = { type: "callerText", itemId, text, final: true };
        return usage ? [said, { type: "transcriptionUsed", usage }] : [said];
      }
      case "conversation.item.input_audio_transcription.failed":
        return [{ type: "callerTextFailed", itemId: event.itemId }];
      case "response.created": {
        const { responseId, outOfBand: aside, purpose } = event;
        return [{
          type: "responseStarted",
          responseId,
          aside,
          ...(isPurpose(purpose) && { purpose }),
        }];
      }
      case "response.progress":
        // Every piece of a tool call's arguments is such a sign: one in some is enough.
        return this.#signs++ % SIGNS_PER_INPUT === 0
          ? [{ type: "responseProgress", responseId: event.responseId }]
          : [];
      case "response.output_text.delta":
        return [{ type: "speechText", ref: event.place, text: event.delta }];
      case "response.output_audio_transcript.delta":
        if (this.#worded.size < MAX_WORDED) this.#worded.add(event.place.itemId);
        return [{ type: "speechText", ref: event.place, text: event.delta }];
      case "response.output_audio_transcript.done":
        // Some servers give the whole text at the end and nothing before.
        return this.#worded.has(event.place.itemId)
          ? []
          : [{ type: "speechText", ref: event.place, text: event.transcript }];
      case "response.output_audio.done":
        return [{ type: "speechDone", ref: event.place }];
      case "response.function_call_arguments.done": {
        const { responseId, callId, name, arguments: args } = event;
        return name === undefined
          ? []
          : this.#announce(responseId, { callId, name, arguments: args });
      }
      case "response.output_item.done": {
        const { responseId, item } = event;
        return item.type === "function_call" && item.call
          ? this.#announce(responseId, item.call)
          : [];
      }
      case "response.done": {
        this.#worded.clear();
        this.#announced = 0;
        const { error, ...done } = event;
        const retryAfterMs = retryAfterMsIn(error?.message);
        return [{
          ...done,
          type: "responseDone",
          ...endMeaningOf(done),
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        }];
      }
      default:
        return event satisfies never;
    }
  }

  // A call may be announced twice, and stands in the response's end as well.
  #announce(responseId: string, call: ToolCall): readonly ModelInput[] {
    return ++this.#announced > MAX_ANNOUNCED ? [] : [{ type: "toolAnnounced", responseId, call }];
  }
}

const MAX_BEGUN = 256;
const MAX_WORDED = 1_000;
const SIGNS_PER_INPUT = 8;
const MAX_ANNOUNCED = 256;

const ROLES = { user: "user", assistant: "agent", system: "system" } as const;

const PURPOSES: Readonly<Record<ResponsePurpose, true>> = {
  greeting: true,
  reply: true,
  tool_result: true,
  filler: true,
  idle_prompt: true,
  time_warning: true,
  goodbye: true,
  say: true,
};

/** Of what a response brings. */
function responseIdOf(event: CallServerEvent): string | undefined {
  switch (event.type) {
    case "response.output_text.delta":
    case "response.output_audio_transcript.delta":
      return event.place.responseId;
    case "response.function_call_arguments.done":
    case "response.output_item.done":
      return event.responseId;
    default:
      return undefined;
  }
}

function isPurpose(purpose: string | undefined): purpose is ResponsePurpose {
  return purpose !== undefined && Object.hasOwn(PURPOSES, purpose);
}

function itemAdded(item: ServerItem, previousItemId: string | undefined): ModelInput {
  return {
    type: "itemAdded",
    itemId: item.id,
    role: item.type === "message" ? ROLES[item.role] : "tool",
    ...previousOf(previousItemId),
    ...(item.type === "function_call_output" && { callId: item.callId }),
  };
}

function itemOf(itemId: string | undefined): { readonly itemId?: string } {
  return itemId === undefined ? {} : { itemId };
}

// The call does not know what replayed items are called, only that they come before all others.
function previousOf(itemId: string | undefined): { readonly previousItemId?: string } {
  return itemId === undefined || isHistoryItem(itemId) ? {} : { previousItemId: itemId };
}
