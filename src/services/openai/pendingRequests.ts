import type { HistoryItem } from "../../call/modelSetup.ts";
import type { ModelInput, ModelRequest } from "../../call/realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { present } from "../../utils/present.ts";
import { refusalKindOf } from "./errorMeaning.ts";
import { ReducedResponses } from "./reducedResponses.ts";
import { ReplacedItems } from "./replacedItems.ts";
import { SaidItems } from "./saidItems.ts";
import { retryAfterMsIn } from "./retryHint.ts";
import { type ClientEvent, clientEventOf, historyEvents } from "./wire/clientRequests.ts";
import type { ServerError, ServerEvent } from "./wire/serverEventTypes.ts";

/** Sends a call's requests, and remembers the latest by event id, to find the one a refusal is about. */
export class PendingRequests {
  readonly #post: (event: ClientEvent) => string;
  readonly #responses = new ReducedResponses();
  readonly #said = new SaidItems();
  readonly #replaced = new ReplacedItems();
  readonly #byEventId = new BoundedMap<string, ModelRequest>(MAX_REMEMBERED);
  #lastRespond: string | undefined;

  /** `post` sends an event and returns its id. */
  constructor(post: (event: ClientEvent) => string) {
    this.#post = post;
  }

  /** Gives the session the conversation so far, before all else. */
  sendHistory(history: readonly HistoryItem[]): void {
    const events = historyEvents(history);
    for (const { event } of events) this.#post(event);
    this.#said.given(events);
  }

  send(request: ModelRequest): void {
    const eventId = this.#eventsFor(request).map(this.#post).at(-1);
    if (eventId === undefined) return;
    this.#byEventId.set(eventId, request);
    if (request.type === "respond") this.#lastRespond = eventId;
  }

  /** The item in whose place another of the history stands. */
  originalOf(id: string): string | undefined {
    return this.#replaced.originalOf(id);
  }

  /** Goes on with what an event has to do with earlier requests; returns what that settles. */
  follow(event: ServerEvent): readonly ModelInput[] {
    switch (event.type) {
      case "itemAdded":
        return this.#itemAdded(event.itemId, event.previousItemId);
      case "itemDeleted":
        return this.#replaced.gone(event.itemId)
          ? [{ type: "replaced", itemId: event.itemId }]
          : NOTHING;
      default:
        return NOTHING;
    }
  }

  /**
   * Sends a refused response again where the server can be asked for less; otherwise returns the refusal.
   * Undefined, too, where the error is about none of the requests.
   */
  refused(error: ServerError): ModelInput | undefined {
    const isOfResponse = error.code === "conversation_already_has_active_response" ||
      /^response\b/.test(error.param ?? "");
    const eventId = error.eventId ?? (isOfResponse ? this.#lastRespond : undefined);
    const request = eventId === undefined ? undefined : this.#byEventId.get(eventId);
    if (eventId === undefined || !request) return undefined;
    this.#byEventId.delete(eventId);
    if (request.type === "respond" && this.#responses.refuse(request.request, error)) {
      this.send(request);
      return undefined;
    }
    const retryAfterMs = request.type === "respond" ? retryAfterMsIn(error.message) : undefined;
    const availableMs = request.type === "truncate" ? availableMsIn(error.message) : undefined;
    const code = error.code ?? error.type ?? "unknown";
    const kind = refusalKindOf(code, availableMs);
    // Its sound is gone already, and its words are there.
    const isReplaced = request.type === "replace" && this.#replaced.gone(request.itemId);
    if (isReplaced && kind === "gone") return { type: "replaced", itemId: request.itemId };
    return {
      type: "requestRefused",
      request,
      kind: isReplaced && kind === "other" ? "unsupported" : kind,
      code,
      ...present({ availableMs, retryAfterMs }),
    };
  }

  #itemAdded(itemId: string, previousItemId: string | undefined): readonly ModelInput[] {
    const taken = this.#replaced.added(itemId, previousItemId);
    if (taken === undefined) return NOTHING;
    const { request, removal, misplaced } = taken;
    const eventId = this.#post(removal);
    if (misplaced) {
      return [{ type: "requestRefused", request, kind: "unsupported", code: "misplaced" }];
    }
    this.#byEventId.set(eventId, request);
    return NOTHING;
  }

  #eventsFor(request: ModelRequest): readonly ClientEvent[] {
    switch (request.type) {
      case "respond":
        return this.#responses.eventsFor(request.request);
      case "said":
        return this.#said.eventsFor(request);
      case "replace":
        return [this.#replaced.eventFor(request)];
      default:
        return [clientEventOf(request)];
    }
  }
}

/** More than can be unanswered at a time; tool outputs are large. */
const MAX_REMEMBERED = 64;
const NOTHING: readonly ModelInput[] = [];

function availableMsIn(message: string): number | undefined {
  const ms = /content of (\d{1,9})(?:\.\d{1,9})? ?ms is already shorter/i.exec(message)?.[1];
  return ms === undefined ? undefined : Number(ms);
}
