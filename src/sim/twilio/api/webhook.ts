import type { PhoneError } from "../call/callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import {
  type ConnectionOverrides,
  type FailedAttempt,
  readOverrides,
} from "./connectionOverrides.ts";
import { signedForm, signRequest } from "./signature.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** A request of Twilio's to the app. */
export interface WebhookRequest {
  /** May have connection overrides in its fragment. */
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
  /** How often it was asked; Twilio waits not at all between two attempts. */
  readonly attempts: number;
  /** What is wrong with the URL's overrides. */
  readonly warning?: string;
}

/**
 * Sends a signed webhook; 15 seconds in all, 64 kB of answer. It is sent again, with the same idempotency
 * token, as the URL's overrides say: without any, once more where nothing accepts the connection.
 */
export async function sendWebhook(
  context: NetworkContext,
  request: WebhookRequest,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const { url: address, overrides, error: warning } = readOverrides(request.url);
  const url = URL.parse(address);
  if (url === null) return { ...nothing(11100, "Invalid URL"), attempts: 0 };
  if (request.method === "GET") {
    for (const [name, value] of Object.entries(request.params)) url.searchParams.set(name, value);
  }
  const hosted = context.hosted.get(url.host);
  if (hosted !== undefined) return answerOfTwilio(hosted(url, request.params));
  const target = context.route(url);
  if (target === undefined) {
    const message = `${url.origin} is not the app's public URL ${context.publicUrl}`;
    return { ...nothing(11205, message), attempts: 0 };
  }
  const init = signedInit(context, request, request.method === "GET" ? url.href : address);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(overrides.totalMs)]);
  for (let attempts = 1;; attempts++) {
    const { failure, ...answer } = await attempt(target, init, overrides, limit);
    signal.throwIfAborted();
    const isFinal = failure === undefined || !overrides.retryOn.has(failure) || limit.aborted;
    if (isFinal || attempts > overrides.retries) {
      return { ...answer, attempts, ...(warning !== undefined && { warning }) };
    }
  }
}

/** What Twilio's own servers answer. */
function answerOfTwilio(twiml: string | undefined): WebhookAnswer {
  return twiml === undefined
    ? { ...nothing(11200, "There is no such document"), status: 404, attempts: 1 }
    : { status: 200, contentType: "text/xml", body: twiml, attempts: 1 };
}

const maxBytes = 64 * 1024;

type Attempt = Omit<WebhookAnswer, "attempts"> & { readonly failure?: FailedAttempt };

async function attempt(
  target: URL,
  init: RequestInit,
  { readMs, totalMs }: ConnectionOverrides,
  limit: AbortSignal,
): Promise<Attempt> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), readMs);
  const signal = AbortSignal.any([limit, late.signal]);
  try {
    const answer = await read(await fetch(target, { ...init, redirect: "manual", signal }));
    if (answer.status >= 500) return { ...answer, failure: "5xx" };
    return answer.status >= 400 ? { ...answer, failure: "4xx" } : answer;
  } catch (error) {
    if (signal.aborted) {
      const ms = limit.aborted ? totalMs : readMs;
      return { ...nothing(11203, `The app did not answer within ${ms / 1000} s`), failure: "rt" };
    }
    if (isRefused(error)) {
      return { ...nothing(11205, `Nothing answers at ${target.origin}`, error), failure: "ct" };
    }
    return { ...nothing(11205, "The connection to the app broke", error), failure: "rt" };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether there was no connection. Deno says so only in the cause of its error. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error &&
    error.cause.message.includes("client error (Connect)");
}

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

async function read(response: Response): Promise<Omit<WebhookAnswer, "attempts">> {
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

function nothing(code: number, message: string, cause?: unknown): Omit<WebhookAnswer, "attempts"> {
  const because = cause instanceof Error ? ` (${cause.message})` : "";
  return { status: 0, contentType: "", body: "", error: { code, message: message + because } };
}
