import type { CallListInstanceCreateOptions as TwilioCallOptions } from "twilio/lib/rest/api/v2010/account/call.js";
import { type CallStatus, readStatus } from "./callStatus.ts";
import type { TwilioFaults } from "./twilioFaults.ts";
import { problemOfAnswer, TwilioProblem } from "./twilioProblem.ts";
import { present } from "../../utils/present.ts";

export type { TwilioCallOptions };

/** What reaching Twilio's REST API takes. */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiKey?: { readonly sid: string; readonly secret: string };
  /** An origin. */
  readonly apiUrl: string;
}

/** What Twilio says a call is now. */
export interface TwilioCall {
  readonly sid: string;
  readonly status: CallStatus;
  readonly durationSeconds?: number;
  /** Milliseconds since 1970, in whole seconds. */
  readonly createdAt?: number;
  readonly endedAt?: number;
}

export type TwilioCallChange =
  | { readonly status: "completed" | "canceled" }
  | { readonly twiml: string };

/** Twilio's calls. Every method rejects with a `TwilioProblem` where Twilio does not do as asked. */
export interface TwilioCalls {
  /** Never tried twice: after a time-out the call may exist, and Twilio has no key to tell. */
  create(options: TwilioCallOptions): Promise<TwilioCall>;
  update(sid: string, change: TwilioCallChange): Promise<TwilioCall>;
  /** Ends a call; resolves too where it is over already. `unanswered` cancels it, also while it rings. */
  end(sid: string, options: { readonly unanswered: boolean }): Promise<void>;
  fetch(sid: string): Promise<TwilioCall>;
  /** The newest calls between two numbers. */
  list(between: { readonly to: string; readonly from: string }): Promise<readonly TwilioCall[]>;
}

/** A client for the few requests there are; Twilio's own package would read the whole environment. */
export function createTwilioCalls(
  { accountSid, authToken, apiKey, apiUrl }: TwilioAccount,
  { timeoutMs = 10_000, fetch = globalThis.fetch, faults }: {
    readonly timeoutMs?: number;
    /** Hears how every request went. */
    readonly faults?: Pick<TwilioFaults, "refused" | "done">;
    readonly fetch?: typeof globalThis.fetch;
  } = {},
): TwilioCalls {
  const base = `${apiUrl}/2010-04-01/Accounts/${accountSid}/Calls`;
  const [user, password] = apiKey === undefined
    ? [accountSid, authToken]
    : [apiKey.sid, apiKey.secret];
  const headers = { Authorization: `Basic ${btoa(`${user}:${password}`)}` };

  return {
    create: (options) => askForOne(`${base}.json`, formOf({ ...options }), true),
    update,
    end,
    fetch: async (sid) => await askForOne(addressOf(sid), undefined, false),
    async list({ to, from }) {
      const query = new URLSearchParams({ To: to, From: from, PageSize: "20" });
      return readCalls(await ask(`${base}.json?${query}`, undefined, false)) ?? raise(unreadable());
    },
  };

  async function update(sid: string, change: TwilioCallChange): Promise<TwilioCall> {
    return await askForOne(addressOf(sid), formOf({ ...change }), false);
  }

  async function end(
    sid: string,
    { unanswered }: { readonly unanswered: boolean },
  ): Promise<void> {
    try {
      await update(sid, { status: unanswered ? "canceled" : "completed" });
    } catch (error) {
      if (!isOverOrNotYet(error)) throw error;
      // A call that was answered since can only be completed.
      if (unanswered && error.code === "wrong_call_state") await end(sid, { unanswered: false });
    }
  }

  function addressOf(sid: string): string {
    return `${base}/${checkedSid(sid)}.json`;
  }

  async function askForOne(
    url: string,
    form: URLSearchParams | undefined,
    creates: boolean,
  ): Promise<TwilioCall> {
    const body = await ask(url, form, creates);
    return readCall(body) ?? raise(creates ? outcomeUnknown() : unreadable());
  }

  async function ask(
    url: string,
    form: URLSearchParams | undefined,
    creates: boolean,
  ): Promise<unknown> {
    try {
      const body = await answerTo(url, form, creates);
      faults?.done(creates);
      return body;
    } catch (error) {
      if (error instanceof TwilioProblem && !isOverOrNotYet(error)) faults?.refused(error);
      throw error;
    }
  }

  async function answerTo(
    url: string,
    form: URLSearchParams | undefined,
    creates: boolean,
  ): Promise<unknown> {
    const { status, headers, body } = await exchange(url, form, creates);
    if (status >= 200 && status <= 299) return body;
    const problem = problemOfAnswer(status, headers, body);
    // A fault without Twilio's own code comes from a gateway, which says nothing of the call behind it.
    throw creates && status >= 500 && problem.twilioCode === undefined
      ? outcomeUnknown(problem)
      : problem;
  }

  async function exchange(url: string, form: URLSearchParams | undefined, creates: boolean) {
    try {
      const response = await fetch(url, {
        method: form === undefined ? "GET" : "POST",
        headers,
        ...present({ body: form }),
        // Credentials go to the address in the settings and to no other.
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { status, headers: answered } = response;
      return { status, headers: answered, body: parsed(await boundedText(response)) };
    } catch (cause) {
      if (neverSent(cause)) throw unreachable(cause);
      throw creates ? outcomeUnknown(cause) : tooSlow(cause);
    }
  }
}

/** A call that is over already, or not yet that far, is no fault of the account or the settings. */
function isOverOrNotYet(error: unknown): error is TwilioProblem {
  return error instanceof TwilioProblem &&
    (error.code === "wrong_call_state" || error.code === "unknown_call");
}

/** Without a connection nothing was asked for. Deno says so only in the cause of its error. */
function neverSent(error: unknown): boolean {
  if (error instanceof Deno.errors.NotCapable) return true;
  return error instanceof Error && error.cause instanceof Error &&
    error.cause.message.includes("client error (Connect)");
}

/** Twilio writes its fields with a capital: `statusCallback` goes out as `StatusCallback`. */
function formOf(options: Readonly<Record<string, unknown>>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const field = name.charAt(0).toUpperCase() + name.slice(1);
    for (const each of Array.isArray(value) ? value : [value]) form.append(field, String(each));
  }
  return form;
}

function checkedSid(sid: string): string {
  if (/^CA[0-9a-f]{32}$/i.test(sid)) return sid;
  throw new TwilioProblem(404, "unknown_call", "There is no such phone call.");
}

/** A call takes some 2 KB. */
const MAX_ANSWER_BYTES = 256 * 1024;

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) throw new RangeError("Cannot read the answer: too long");
  }
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readCall(body: unknown): TwilioCall | undefined {
  if (typeof body !== "object" || body === null || !("sid" in body)) return undefined;
  const status = "status" in body && typeof body.status === "string" ? body.status : undefined;
  if (typeof body.sid !== "string" || !/^CA[0-9a-f]{32}$/i.test(body.sid)) return undefined;
  const seconds = "duration" in body && typeof body.duration === "string"
    ? Number(body.duration)
    : NaN;
  const createdAt = "date_created" in body ? timeOf(body.date_created) : undefined;
  const endedAt = "end_time" in body ? timeOf(body.end_time) : undefined;
  return {
    sid: body.sid,
    status: readStatus(status) ?? "queued",
    ...(Number.isSafeInteger(seconds) && seconds >= 0 && { durationSeconds: seconds }),
    ...present({ createdAt, endedAt }),
  };
}

function readCalls(body: unknown): readonly TwilioCall[] | undefined {
  if (typeof body !== "object" || body === null || !("calls" in body)) return undefined;
  if (!Array.isArray(body.calls)) return undefined;
  return body.calls.flatMap((call: unknown) => readCall(call) ?? []);
}

function timeOf(text: unknown): number | undefined {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function outcomeUnknown(cause?: unknown): TwilioProblem {
  return new TwilioProblem(
    504,
    "outcome_unknown",
    "The phone network did not answer in time: the call may or may not have been placed.",
    { cause },
  );
}

function unreachable(cause: unknown): TwilioProblem {
  return new TwilioProblem(
    502,
    "provider_unreachable",
    "The phone network cannot be reached: nothing was asked of it.",
    { retryAfterSeconds: 5, cause },
  );
}

function tooSlow(cause: unknown): TwilioProblem {
  return new TwilioProblem(
    504,
    "provider_unreachable",
    "The phone network did not answer in time.",
    { cause },
  );
}

function unreadable(): TwilioProblem {
  return new TwilioProblem(502, "provider_failed", "The phone network's answer makes no sense.");
}

function raise(problem: TwilioProblem): never {
  throw problem;
}
