import type { ResponseRequest } from "../../call/realtimeClient.ts";
import {
  type ClientEvent,
  itemCreate,
  responseCreate,
  type ResponsePart,
} from "./wire/clientRequests.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";

/** Requests for responses, less what the session's server has refused in one. */
export class ReducedResponses {
  readonly #omitted = new Set<ResponsePart>();

  /** The last of the events is the request itself. */
  eventsFor(request: ResponseRequest): readonly ClientEvent[] {
    const event = responseCreate(request, this.#omitted);
    const { instructions } = request;
    if (instructions === undefined || event.response?.instructions !== undefined) return [event];
    return [itemCreate({ type: "message", role: "system", text: instructions }), event];
  }

  /** Leaves out what was refused; false where that changes nothing in the request. */
  refuse(request: ResponseRequest, error: ServerError): boolean {
    if (!isAboutFields(error)) return false;
    const before = JSON.stringify(this.eventsFor(request));
    const named = PARTS.find((part) => `${error.param} ${error.message}`.includes(part));
    if (named !== undefined) this.#omitted.add(named);
    for (const part of PARTS) {
      if (JSON.stringify(this.eventsFor(request)) !== before) return true;
      this.#omitted.add(part);
    }
    return JSON.stringify(this.eventsFor(request)) !== before;
  }
}

/** In the order in which a conversation can do without them. */
const PARTS: readonly ResponsePart[] = ["metadata", "tool_choice", "instructions"];

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
