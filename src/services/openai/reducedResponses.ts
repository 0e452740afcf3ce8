import type { ResponseRequest } from "../../call/realtimeClient.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";
import { type ClientEvent, itemCreate, responseCreate } from "./wire/clientRequests.ts";

/** What a request for a response can do without: the response still comes. */
type Part = "metadata" | "tool_choice" | "instructions";

/** Requests for responses, less what the session's server has refused in one. */
export class ReducedResponses {
  readonly #omitted = new Set<Part>();

  /** The last of the events is the request itself. */
  eventsFor(request: ResponseRequest): readonly [...ClientEvent[], ClientEvent] {
    const { type, response } = responseCreate(request);
    const { metadata, tool_choice, instructions, ...rest } = response ?? {};
    // Beside the conversation, where nothing can be put into it, a refusal is left at that.
    const moved = this.#omitted.has("instructions") && request.aside !== true;
    const event: ClientEvent = {
      type,
      response: {
        ...rest,
        ...(metadata && !this.#omitted.has("metadata") && { metadata }),
        ...(tool_choice && !this.#omitted.has("tool_choice") && { tool_choice }),
        ...(instructions !== undefined && !moved && { instructions }),
      },
    };
    if (!moved || instructions === undefined) return [event];
    return [itemCreate({ type: "message", role: "system", text: instructions }), event];
  }

  /** Leaves out what was refused; false where that changes nothing in the request. */
  refuse(request: ResponseRequest, error: ServerError): boolean {
    if (!isAboutFields(error)) return false;
    const before = JSON.stringify(this.eventsFor(request));
    const named = PARTS.find((part) => `${error.param} ${error.message}`.includes(part));
    for (const part of named === undefined ? [] : [named]) this.#omitted.add(part);
    for (const part of PARTS) {
      if (JSON.stringify(this.eventsFor(request)) !== before) return true;
      this.#omitted.add(part);
    }
    return JSON.stringify(this.eventsFor(request)) !== before;
  }
}

/** In the order in which a conversation can do without them. */
const PARTS: readonly Part[] = ["metadata", "tool_choice", "instructions"];

const FIELD_CODES: ReadonlySet<string> = new Set([
  "unknown_parameter",
  "unsupported_parameter",
  "invalid_value",
  "invalid_type",
  "invalid_request",
]);

function isAboutFields({ code, param }: ServerError): boolean {
  return code !== undefined && FIELD_CODES.has(code) || (param ?? "").startsWith("response");
}
