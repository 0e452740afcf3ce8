import type { PhoneError } from "../call/callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import { signedForm, signRequest } from "./signature.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** A request of Twilio's to the app. */
export interface WebhookRequest {
  readonly url: string;
  readonly method: HttpMethod;
  readonly params: Readonly<Record<string, string>>;
}

/** The answer; `error` is what Twilio's debugger would show about it. */
export interface WebhookAnswer {
  /** The HTTP status; 0 when none came. */
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly error?: PhoneError | undefined;
}

/** Sends a signed webhook: one retry when nothing answers, 15 seconds in all, 64 kB of answer. */
export async function sendWebhook(
  context: NetworkContext,
  request: WebhookRequest,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const url = URL.parse(request.url);
  if (url === null) return failed(11100, "Invalid URL");
  if (request.method === "GET") {
    for (const [name, value] of Object.entries(request.params)) url.searchParams.set(name, value);
  }
  const target = context.route(url);
  if (target === undefined) {
    return failed(11205, `${url.origin} is not the app's public URL ${context.publicUrl}`);
  }
  const init = signedInit(context, request, request.method === "GET" ? url.href : request.url);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  for (let attempt = 1;; attempt++) {
    try {
      return await read(await fetch(target, { ...init, redirect: "manual", signal: limit }));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) return failed(11200, "The app did not answer within 15 seconds");
      if (attempt > 1) return failed(11205, `Nothing answers at ${target.origin}`, error);
    }
  }
}

const timeoutMs = 15_000;
const maxBytes = 64 * 1024;

function signedInit(context: NetworkContext, request: WebhookRequest, url: string): RequestInit {
  const fields = request.method === "GET" ? [] : Object.entries(request.params);
  const headers = {
    "x-twilio-signature": signRequest(context.account.authToken, signedForm(url), fields),
    "i-twilio-idempotency-token": crypto.randomUUID(),
    "user-agent": "TwilioProxy/1.1",
  };
  if (request.method === "GET") return { method: "GET", headers };
  return { method: "POST", headers, body: new URLSearchParams(request.params) };
}

async function read(response: Response): Promise<WebhookAnswer> {
  const { status } = response;
  const contentType = response.headers.get("content-type") ?? "";
  const body = await readBody(response);
  if (body === undefined) {
    const message = "The answer is larger than 64 kB";
    return { status, contentType, body: "", error: { code: 11750, message } };
  }
  const error = response.ok ? undefined : { code: 11200, message: `The app answered ${status}` };
  return { status, contentType, body, error };
}

async function readBody(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function failed(code: number, message: string, cause?: unknown): WebhookAnswer {
  const because = cause instanceof Error ? ` (${cause.message})` : "";
  return { status: 0, contentType: "", body: "", error: { code, message: message + because } };
}
