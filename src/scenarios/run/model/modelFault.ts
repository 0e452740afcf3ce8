import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";

/** Why a model did not answer as it was asked to, by its own words. */
export interface ModelFault {
  /** Of the model's, or `http_429` where it gave none. */
  readonly code: string;
  readonly message: string;
}

const MAX_CHARACTERS = 300;
const OF_INTEREST = /"(?:error|response\.done)"/;
/** Errors of other kinds are answers to single requests, which the server deals with. */
const TELLING =
  /^(insufficient_quota|rate_limit_exceeded|server_error|model_not_found|invalid_api_key|session_expired|billing_.*|access_.*|.*_not_supported)$/;

/** The fault that a message of the model's tells of; undefined for all others. */
export function faultIn(text: string): ModelFault | undefined {
  if (!OF_INTEREST.test(text.slice(0, 400))) return undefined;
  const message = jsonOrUndefined(text);
  if (!isRecord(message)) return undefined;
  if (message["type"] === "error") {
    const fault = faultOf(message["error"]);
    return fault !== undefined && TELLING.test(fault.code) ? fault : undefined;
  }
  const response = message["type"] === "response.done" ? message["response"] : undefined;
  if (!isRecord(response) || response["status"] !== "failed") return undefined;
  const details = response["status_details"];
  return faultOf(isRecord(details) ? details["error"] : undefined) ??
    { code: "response_failed", message: "It gave no reason." };
}

/** The fault of a handshake that was refused; of status 0 where there was no answer. */
export function faultOfRefusal(status: number, body: string): ModelFault {
  if (status === 0) return { code: "no_answer", message: "The model's server cannot be reached." };
  const answer = jsonOrUndefined(body);
  return faultOf(isRecord(answer) ? answer["error"] : undefined) ??
    { code: `http_${status}`, message: "The model's server refuses the connection." };
}

function faultOf(error: unknown): ModelFault | undefined {
  if (!isRecord(error)) return undefined;
  const { code, type, message } = error;
  const name = [code, type].find((one) => typeof one === "string" && one !== "");
  if (typeof name !== "string") return undefined;
  return {
    code: name.slice(0, 100),
    message: typeof message === "string" ? message.slice(0, MAX_CHARACTERS) : "",
  };
}
