import type { ModelInput, ModelRequest } from "../../call/realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";
import { refusalKindOf } from "./errorMeaning.ts";
import { retryAfterMsIn } from "./retryHint.ts";
import { present } from "../../utils/present.ts";

/** Remembers the latest requests by event id, to find the one that a refusal is about. */
export class PendingRequests {
  readonly #byEventId = new BoundedMap<string, ModelRequest>(MAX_REMEMBERED);
  #lastRespond: string | undefined;

  record(eventId: string, request: ModelRequest): void {
    this.#byEventId.set(eventId, request);
    if (request.type === "respond") this.#lastRespond = eventId;
  }

  /** The refusal that an error means; undefined where it is about none of the requests. */
  refusalOf(error: ServerError): Extract<ModelInput, { type: "requestRefused" }> | undefined {
    const isOfResponse = error.code === "conversation_already_has_active_response" ||
      /^response\b/.test(error.param ?? "");
    const eventId = error.eventId ?? (isOfResponse ? this.#lastRespond : undefined);
    const request = eventId === undefined ? undefined : this.#byEventId.get(eventId);
    if (eventId === undefined || !request) return undefined;
    this.#byEventId.delete(eventId);
    const retryAfterMs = request.type === "respond" ? retryAfterMsIn(error.message) : undefined;
    const availableMs = request.type === "truncate" ? availableMsIn(error.message) : undefined;
    const code = error.code ?? error.type ?? "unknown";
    return {
      type: "requestRefused",
      request,
      kind: refusalKindOf(code, availableMs),
      code,
      ...present({ availableMs, retryAfterMs }),
    };
  }
}

/** More than can be unanswered at a time; tool outputs are large. */
const MAX_REMEMBERED = 64;

function availableMsIn(message: string): number | undefined {
  const ms = /content of (\d{1,9})(?:\.\d{1,9})? ?ms is already shorter/i.exec(message)?.[1];
  return ms === undefined ? undefined : Number(ms);
}
