import type { ModelInput, ToolCall } from "../../call/realtimeClient.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { ServerEvent } from "./wire/serverEventTypes.ts";
import type { McpEvent } from "./wire/mcpEventTypes.ts";
import { isHistoryItem } from "./wire/clientRequests.ts";

/** The server's events that concern the call, and not the connection or the sound. */
type CallServerEvent = Exclude<
  ServerEvent,
  McpEvent | { type: "sessionCreated" | "sessionUpdated" | "error" | "speech" }
>;

/**
 * Makes a call's inputs of a session's events: each thing once, and every response with a beginning and
 * an end, whatever the server leaves out, repeats or mixes up.
 */
export class ModelInputs {
  readonly #originalOf: (id: string) => string | undefined;
  readonly #begun = new RecentIds(MAX_BEGUN);
  /** The latest response of the conversation, and those beside it, until they have ended. */
  #current: string | undefined;
  readonly #asides = new Set<string>();
  /** Items that have text, of responses that have ended as well: another may be in the middle of its own. */
  readonly #worded = new RecentIds(MAX_WORDED);
  #signs = 0;
  /** Tool calls announced since the last response was done. */
  #announced = 0;

  /** `originalOf` gives the item in whose place another of the history stands. */
  constructor(originalOf: (id: string) => string | undefined = () => undefined) {
    this.#originalOf = originalOf;
  }

  of(event: CallServerEvent): readonly ModelInput[] {
    switch (event.type) {
      case "committed":
        return [this.#behindHistory(event)];
      case "itemAdded": {
        const { toolServer: _, ...added } = event;
        return isHistoryItem(event.itemId) ? [] : [this.#behindHistory(added)];
      }
      case "itemDeleted":
        return [];
      case "callerText": {
        const { usage, ...said } = event;
        return usage ? [said, { type: "transcriptionUsed", usage }] : [said];
      }
      case "callerTextFailed":
        return [{ type: "callerTextFailed", itemId: event.itemId }];
      case "responseStarted":
        this.#begun.add(event.responseId);
        if (event.aside) this.#asides.add(event.responseId);
        else this.#current = event.responseId;
        return [event];
      case "responseProgress":
        // Every piece of a tool call's arguments is such a sign: one in some is enough.
        return this.#signs++ % SIGNS_PER_INPUT === 0 ? [event] : [];
      case "speechText":
        this.#worded.add(event.ref.itemId);
        return [...this.beginningOf(event.ref.responseId), event];
      case "writtenText":
        return [...this.beginningOf(event.ref.responseId), { ...event, type: "speechText" }];
      case "wholeText":
        // Some servers give the whole text at the end and nothing before.
        return this.#worded.has(event.ref.itemId) ? [] : [{ ...event, type: "speechText" }];
      case "itemDone":
        return [...this.beginningOf(event.responseId), ...this.#announce(event)];
      case "responseDone":
        return this.#ended(event);
      default:
        return [event];
    }
  }

  /** For servers that say what a response brings and not that it has begun. */
  beginningOf(responseId: string): readonly ModelInput[] {
    if (this.#begun.has(responseId)) return [];
    this.#begun.add(responseId);
    this.#current = responseId;
    return [{ type: "responseStarted", responseId, aside: false }];
  }

  /** An end under another id can only be that of the response that is running, if there is one. */
  #ended(
    { error: _, ...done }: Extract<CallServerEvent, { type: "responseDone" }>,
  ): readonly ModelInput[] {
    const { responseId } = done;
    this.#announced = 0;
    if (this.#begun.has(responseId)) {
      this.#asides.delete(responseId);
      if (this.#current === responseId) this.#current = undefined;
      return [done];
    }
    if (this.#asides.size > 0) return [done];
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) return [{ ...done, responseId: current }];
    this.#begun.add(responseId);
    return [{ type: "responseStarted", responseId, aside: false }, done];
  }

  // The call does not know what replayed items are called, only that they come before all others.
  #behindHistory<Event extends { readonly previousItemId?: string }>(
    event: Event,
  ): Event | Omit<Event, "previousItemId"> {
    const { previousItemId, ...first } = event;
    if (previousItemId === undefined || !isHistoryItem(previousItemId)) return event;
    const original = this.#originalOf(previousItemId);
    return original === undefined ? first : { ...event, previousItemId: original };
  }

  // A call may be announced twice, and stands in the response's end as well.
  #announce(
    { responseId, call }: { readonly responseId: string; readonly call?: ToolCall },
  ): readonly ModelInput[] {
    if (call === undefined || ++this.#announced > MAX_ANNOUNCED) return [];
    return [{ type: "toolAnnounced", responseId, call }];
  }
}

const MAX_BEGUN = 256;
const MAX_WORDED = 1_000;
const SIGNS_PER_INPUT = 8;
const MAX_ANNOUNCED = 256;
