import type { Detection, SimulatedCallRequest } from "../call/callRequest.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { TwimlSource } from "../twiml/twimlSource.ts";
import { readCallbacks, readMethod, readNumber } from "./formReader.ts";

/** Why Twilio's REST API refuses: the HTTP status, and its own code. */
export interface ApiError {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** Reads the form of a call to be placed, and refuses it as Twilio would. */
export function readCreateForm(
  form: URLSearchParams,
  context: NetworkContext,
  queueMs: number,
): SimulatedCallRequest | ApiError {
  const to = form.get("To") ?? "";
  const from = form.get("From") ?? "";
  const plan = context.plan(to);
  const first = readStep(form, context.publicUrl);
  if (to === "") return refuse(21201, "No 'To' number is specified");
  if (from === "") return refuse(21213, "Caller phone number is required");
  if (first === undefined) return refuse(21205, "Url parameter is required");
  if ("code" in first) return first;
  if (!isAddress(to)) {
    return refuse(21211, "The phone number you are attempting to call is not valid");
  }
  if (!isAddress(from)) return refuse(21212, "The 'From' number is not a valid phone number");
  if (from !== context.account.number) {
    return refuse(21210, "The source phone number is not verified for this account");
  }
  if (plan.errorCode !== undefined) return refuse(plan.errorCode, "The number refuses by plan");
  const detection = readDetection(form);
  if (detection !== undefined && "code" in detection) return detection;
  const sendDigits = form.get("SendDigits") || undefined;
  if (sendDigits !== undefined && !/^[0-9*#wW]{1,32}$/.test(sendDigits)) {
    return refuse(13221, "SendDigits may be up to 32 of 0-9, *, #, w and W");
  }
  return {
    from,
    to,
    first,
    callbacks: readCallbacks(form),
    timeLimitSeconds: readNumber(form, "TimeLimit"),
    outbound: {
      plan,
      queueMs,
      timeoutSeconds: Math.min(600, readNumber(form, "Timeout") ?? 60),
      sendDigits,
      detection,
    },
  };
}

/** Reads what a call goes on with: `Url` wins over `Twiml`. Undefined when neither is given. */
export function readStep(
  form: URLSearchParams,
  publicUrl: string,
): TwimlSource | ApiError | undefined {
  const url = form.get("Url");
  const text = form.get("Twiml");
  const fallbackUrl = form.get("FallbackUrl") ?? undefined;
  if (url !== null && url !== "") {
    const parsed = URL.parse(url);
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
      return refuse(21205, "Url is not a valid URL");
    }
    return { kind: "request", url, method: readMethod(form, "Method"), params: {}, fallbackUrl };
  }
  if (text === null || text === "") return undefined;
  if (text.length > maxTwimlLength) return refuse(21205, "Twiml is longer than 4000 characters");
  return { kind: "document", text, baseUrl: publicUrl, fallbackUrl };
}

/** An error of the API with the HTTP status that belongs to its code. */
export function refuse(code: number, message: string): ApiError {
  return { status: statuses.get(code) ?? 400, code, message };
}

const statuses = new Map([[20003, 401], [20404, 404], [20429, 429], [10004, 429], [21203, 403]]);
const maxTwimlLength = 4_000;

/** Whether it can be called: a number in E.164 form, a SIP address or a client. */
export function isAddress(address: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(address) || /^(sip|client):.+/.test(address);
}

/** Reads machine detection; refuses what is beside the conversation and has no callback. */
export function readDetection(form: URLSearchParams): Detection | ApiError | undefined {
  const mode = form.get("MachineDetection");
  if (mode !== "Enable" && mode !== "DetectMessageEnd") return undefined;
  const timeoutSeconds = readNumber(form, "MachineDetectionTimeout");
  const settings = {
    mode,
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000,
    speechThresholdMs: readNumber(form, "MachineDetectionSpeechThreshold"),
    speechEndThresholdMs: readNumber(form, "MachineDetectionSpeechEndThreshold"),
    silenceTimeoutMs: readNumber(form, "MachineDetectionSilenceTimeout"),
  } as const;
  if (form.get("AsyncAmd") !== "true") return settings;
  const url = form.get("AsyncAmdStatusCallback");
  if (url === null || url === "") return refuse(21262, "Async AMD needs AsyncAmdStatusCallback");
  return {
    ...settings,
    callback: { url, method: readMethod(form, "AsyncAmdStatusCallbackMethod") },
  };
}
