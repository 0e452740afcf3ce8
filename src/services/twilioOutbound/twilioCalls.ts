import type { PhoneSettings } from "../../config/settings.ts";
import type { CallListInstanceCreateOptions as TwilioCallOptions } from "twilio/lib/rest/api/v2010/account/call.js";
import { isFinal } from "./callStatus.ts";
import { isCallSid, readCall, readCalls, type TwilioCall } from "./twilioCall.ts";
import type { TwilioFaults } from "./twilioFaults.ts";
import { problemOfAnswer, TwilioProblem } from "./twilioProblem.ts";
import { present } from "../../utils/present.ts";

export type { TwilioCallOptions };

/** Ends a call, or has Twilio carry out other TwiML. */
export type TwilioCallChange =
  | { readonly status: "completed" | "canceled" }
  | { readonly twiml: string };

/** Twilio's REST API of calls. Every method rejects with a `TwilioProblem` where Twilio refuses or fails. */
export type TwilioCalls = ReturnType<typeof createTwilioCalls>;

/**
 * A client for these few requests. The one of the `twilio` package (6.2) is not used: it takes some 0.4 s
 * and 15 MB to load, with axios; it reads `HTTP_PROXY` and `TWILIO_*` from the environment, and limits
 * no answer's size.
 */
export function createTwilioCalls(
  { accountSid, authToken, apiKey, apiUrl, fallbackUrl }: Pick<
    PhoneSettings,
    "accountSid" | "authToken" | "apiKey" | "apiUrl" | "fallbackUrl"
  >,
  { timeoutMs = 10_000, faults }: {
    readonly timeoutMs?: number;
    /** Called with the result of every request. */
    readonly faults?: Pick<TwilioFaults, "recordRefusal" | "recordSuccess">;
  } = {},
) {
  const base = `${apiUrl}/2010-04-01/Accounts/${accountSid}/Calls`;
  const [user, password] = apiKey === undefined
    ? [accountSid, authToken]
    : [apiKey.sid, apiKey.secret];
  const headers = { Authorization: `Basic ${btoa(`${user}:${password}`)}` };

  return {
    /** Never retried: after a time-out the call may exist, and Twilio has no idempotency key. */
    create: (options: TwilioCallOptions): Promise<TwilioCall> =>
      requestCall(`${base}.json`, formOf({ fallbackUrl, ...options }), { creates: true }),
    update,
    end,
    fetch: async (
      sid: string,
      options: { readonly timeoutMs?: number } = {},
    ): Promise<TwilioCall> => await requestCall(addressOf(sid), undefined, options),
    /** The newest calls between two numbers. */
    async list(
      { to, from }: { readonly to: string; readonly from: string },
    ): Promise<readonly TwilioCall[]> {
      const query = new URLSearchParams({ To: to, From: from, PageSize: "20" });
      return readCalls(await request(`${base}.json?${query}`)) ?? raise(unreadable());
    },
    /** The newest two hundred calls of the account that are under way, those of other programs included. */
    async inProgress(): Promise<readonly TwilioCall[]> {
      const calls: TwilioCall[] = [];
      let page: string | undefined = `${base}.json?Status=in-progress&PageSize=${PAGE_SIZE}`;
      for (let pages = 0; page !== undefined && pages < MAX_PAGES; pages++) {
        const body: unknown = await request(page);
        calls.push(...readCalls(body) ?? raise(unreadable()));
        page = nextPageIn(body);
      }
      return calls;
    },
    /** Whether the call is being put through, or is connected, to the target of a transfer. */
    async isDialling(sid: string): Promise<boolean> {
      const query = new URLSearchParams({ ParentCallSid: sid, PageSize: "20" });
      const children = readCalls(await request(`${base}.json?${query}`)) ?? raise(unreadable());
      return children.some(({ status }) => !isFinal(status));
    },
  };

  /** Twilio names the next page by its path. */
  function nextPageIn(body: unknown): string | undefined {
    if (typeof body !== "object" || body === null || !("next_page_uri" in body)) return undefined;
    const { next_page_uri: path } = body;
    const isOurs = typeof path === "string" && `${apiUrl}${path}`.startsWith(`${base}.json?`);
    return isOurs ? `${apiUrl}${path}` : undefined;
  }

  async function update(
    sid: string,
    change: TwilioCallChange,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<TwilioCall> {
    // Twilio forgets the fallback of a document in whose place it gets another.
    const form = "twiml" in change ? formOf({ ...change, fallbackUrl }) : formOf(change);
    return await requestCall(addressOf(sid), form, options);
  }

  /** Ends a call: cancels one that is `unanswered`. Resolves too where the call is over already. */
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
    if (isCallSid(sid)) return `${base}/${sid}.json`;
    throw new TwilioProblem(404, "unknown_call", "There is no such phone call.");
  }

  async function requestCall(
    url: string,
    form?: URLSearchParams,
    options: RequestOptions = {},
  ): Promise<TwilioCall> {
    const body = await request(url, form, options);
    return readCall(body) ?? raise(options.creates ? outcomeUnknown() : unreadable());
  }

  async function request(
    url: string,
    form?: URLSearchParams,
    { creates = false, timeoutMs: ownMs }: RequestOptions = {},
  ): Promise<unknown> {
    try {
      const limitMs = Math.min(ownMs ?? timeoutMs, timeoutMs);
      const { status, headers, body } = await exchange(url, form, creates, limitMs);
      if (status < 200 || status > 299) throw refusalOf(status, headers, body, creates);
      faults?.recordSuccess(creates);
      return body;
    } catch (error) {
      if (error instanceof TwilioProblem && !isOverOrNotYet(error)) faults?.recordRefusal(error);
      throw error;
    }
  }

  async function exchange(
    url: string,
    form: URLSearchParams | undefined,
    creates: boolean,
    limitMs: number,
  ) {
    try {
      const response = await fetch(url, {
        method: form === undefined ? "GET" : "POST",
        headers,
        ...present({ body: form }),
        // Credentials go to the address in the settings and to no other.
        redirect: "error",
        signal: AbortSignal.timeout(limitMs),
      });
      const body = parsed(await boundedText(response));
      return { status: response.status, headers: response.headers, body };
    } catch (cause) {
      if (neverSent(cause)) throw unreachable(cause);
      throw creates ? outcomeUnknown(cause) : tooSlow(cause);
    }
  }
}

interface RequestOptions {
  readonly creates?: boolean;
  /** Where it is less than that of all requests. */
  readonly timeoutMs?: number;
}

/** An error without Twilio's own code comes from a gateway: the call may have been placed. */
function refusalOf(
  status: number,
  headers: Headers,
  body: unknown,
  creates: boolean,
): TwilioProblem {
  const problem = problemOfAnswer(status, headers, body);
  const isOfGateway = status >= 500 && problem.twilioCode === undefined;
  return creates && isOfGateway ? outcomeUnknown(problem) : problem;
}

/** A call that is over already, or not yet that far, is no fault of the account or the settings. */
function isOverOrNotYet(error: unknown): error is TwilioProblem {
  return error instanceof TwilioProblem &&
    (error.code === "wrong_call_state" || error.code === "unknown_call");
}

/** Whether there was no connection. Deno says so only in the cause of its error. */
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

/** A page of calls has to fit into an answer. */
const PAGE_SIZE = 50;
const MAX_PAGES = 4;
/** One call is about 2 KB. */
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

function outcomeUnknown(cause?: unknown): TwilioProblem {
  return new TwilioProblem(
    504,
    "outcome_unknown",
    "Twilio did not answer in time: the call may or may not have been placed.",
    { cause },
  );
}

function unreachable(cause: unknown): TwilioProblem {
  return new TwilioProblem(
    502,
    "provider_unreachable",
    "Twilio cannot be reached: nothing was requested.",
    { retryAfterSeconds: 5, cause },
  );
}

function tooSlow(cause: unknown): TwilioProblem {
  return new TwilioProblem(
    504,
    "provider_unreachable",
    "Twilio did not answer in time.",
    { cause },
  );
}

function unreadable(): TwilioProblem {
  return new TwilioProblem(502, "provider_failed", "Twilio's answer cannot be read.");
}

function raise(problem: TwilioProblem): never {
  throw problem;
}
