import { answerOf, listOf, type ModelCard } from "./modelCards.ts";
import type { FaultSet, RefusedStatus } from "./faults.ts";

/** The decision about an HTTP request, before any upgrade. */
export type Handshake =
  | { readonly type: "accepted"; readonly model: string; readonly protocol: string }
  | { readonly type: "refused"; readonly response: Response }
  /** Not a handshake: a request for a model. */
  | { readonly type: "answered"; readonly response: Response };

export interface HandshakeRules {
  /** The only key let in; any where there is none. */
  readonly apiKey: string | undefined;
  readonly faults: FaultSet;
  /** Whether no further session fits. */
  readonly full: boolean;
  /** Those that the server lists. */
  readonly models: readonly ModelCard[];
}

/** Decides about a request to `/v1/realtime`, `/v1/models` or `/v1/models/NAME` as the real API would. */
export function decideHandshake(
  request: Request,
  url: URL,
  { apiKey, faults, full, models }: HandshakeRules,
): Handshake {
  const isModel = `${url.pathname}/`.startsWith(modelsPath);
  if (!isModel && url.pathname !== realtimePath) return refused(404, "Unknown path.", "not_found");
  const protocols = (request.headers.get("sec-websocket-protocol") ?? "").split(/,\s*/);
  const status = faults.refusedStatus ?? statusFor(keyOf(request, protocols), apiKey);
  if (status) return refused(status, ...refusals[status]);
  if (isModel) return { type: "answered", response: modelsAnswer(url, models) };
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return refused(400, "Expected a WebSocket upgrade.", "invalid_request_error");
  }
  if (request.headers.has("openai-beta")) {
    return refused(400, "The beta API is no longer offered.", "beta_api_not_supported");
  }
  const model = url.searchParams.get("model");
  if (!model) return refused(400, "You must provide a model parameter.", "missing_model");
  if (full) return refused(429, ...refusals[429]);
  return {
    type: "accepted",
    model,
    protocol: protocols.includes("realtime") ? "realtime" : "",
  };
}

export const realtimePath = "/v1/realtime";

const modelsPath = "/v1/models/";

const keyProtocol = "openai-insecure-api-key.";

const refusals: Record<RefusedStatus, readonly [message: string, code: string]> = {
  401: ["Incorrect API key provided.", "invalid_api_key"],
  403: ["Country, region, or territory not supported.", "unsupported_country_region_territory"],
  404: ["The model does not exist or you do not have access to it.", "model_not_found"],
  429: ["You exceeded your current quota.", "insufficient_quota"],
  500: ["The server had an error while processing your request.", "server_error"],
};

function keyOf(request: Request, protocols: readonly string[]): string {
  const inProtocol = protocols.find((name) => name.startsWith(keyProtocol));
  if (inProtocol) return inProtocol.slice(keyProtocol.length);
  const [, bearer = ""] = /^Bearer\s+(\S+)$/i.exec(request.headers.get("authorization") ?? "") ??
    [];
  return bearer;
}

function statusFor(key: string, apiKey: string | undefined): 401 | undefined {
  return key === "" || (apiKey !== undefined && key !== apiKey) ? 401 : undefined;
}

function modelsAnswer({ pathname }: URL, models: readonly ModelCard[]): Response {
  const id = decodeURIComponent(pathname.slice(modelsPath.length));
  return id === "" ? listOf(models) : answerOf(id, models);
}

function refused(status: number, message: string, code: string): Handshake {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  const response = Response.json({ error: { message, type, param: null, code } }, { status });
  return { type: "refused", response };
}
