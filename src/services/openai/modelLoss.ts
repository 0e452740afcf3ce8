import type { ModelLoss } from "../../call/realtimeClient.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";
import { serverErrorOf } from "./wire/eventParts.ts";

/** What the server said of a loss, and how. */
export type LossDetails = Partial<ServerError> & {
  readonly status?: number;
  readonly retryAfterMs?: number;
};

/** The loss that an error from the server means; undefined where the session lives on. */
export function lossOfError(code: string | undefined): ModelLoss | undefined {
  const retry = code === undefined ? undefined : FATAL_CODES.get(code);
  return code === undefined || retry === undefined ? undefined : { code, retry };
}

/** The loss that an answer other than "switching protocols" means. */
export function lossOfStatus(status: number, errorCode?: string): ModelLoss {
  const named = lossOfError(errorCode);
  if (named) return named;
  if (status === 401) return { code: "invalid_api_key", retry: "no" };
  if (status === 403) return { code: "not_permitted", retry: "no" };
  // 400 is what some servers say of a model that is not made for speech.
  if (status === 404 || status === 400) return { code: "model_not_found", retry: "no" };
  if (status === 408) return { code: "timeout", retry: "backoff" };
  if (status === 429) return { code: "rate_limited", retry: "backoff" };
  if (status >= 500) return { code: "server_error", retry: "backoff" };
  return { code: "handshake_refused", retry: "backoff" };
}

/** The loss that the end of an open socket means. */
export function lossOfClose(code: number, reason: string): ModelLoss {
  if (/maximum duration|session_expired/i.test(reason)) return SESSION_EXPIRED;
  if (/rate.?limit|too many/i.test(reason)) return { code: "rate_limited", retry: "backoff" };
  // OpenAI closes with reasons such as `invalid_request_error.invalid_api_key`.
  const named = lossOfError(reason.split(".").at(-1));
  if (named) return named;
  if (reason.startsWith("invalid_request_error")) return { code: "invalid_request", retry: "no" };
  switch (code) {
    case 1008:
      return { code: "policy_violation", retry: "no" };
    case 1002:
    case 1003:
    case 1007:
    case 1009:
      return { code: "protocol_error", retry: "backoff" };
    case 1012:
    case 1013:
      return { code: "server_restart", retry: "backoff" };
    default:
      return { code: "connection_lost", retry: "now" };
  }
}

/** The error in a body of the shape `{"error": {"code": "...", "message": "..."}}`. */
export function errorIn(body: string): ServerError | undefined {
  try {
    const error: unknown = JSON.parse(body)?.error;
    return typeof error === "object" && error !== null ? serverErrorOf(error) : undefined;
  } catch {
    return undefined;
  }
}

const SESSION_EXPIRED: ModelLoss = { code: "session_expired", retry: "now" };

// Where the account is at fault, a new connection succeeds and then fails every response, for ever.
const FATAL_CODES: ReadonlyMap<string, ModelLoss["retry"]> = new Map([
  ["session_expired", "now"],
  ["insufficient_quota", "no"],
  ["invalid_api_key", "no"],
  ["account_deactivated", "no"],
  ["billing_hard_limit_reached", "no"],
  ["session_limit_reached", "backoff"],
]);
