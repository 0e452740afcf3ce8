import type { PhoneSettings } from "../../config/settings.ts";
import type { CallListInstanceCreateOptions as TwilioCallOptions } from "twilio/lib/rest/api/v2010/account/call.js";
import { isFinal } from "./callStatus.ts";
import { isCallSid, readCall, readCalls, type TwilioCall } from "./twilioCall.ts";
import { TwilioProblem } from "./twilioProblem.ts";
import {
  createTwilioRequest,
  isOverOrNotYet,
  outcomeUnknown,
  type RequestOptions,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

export type { TwilioCallOptions };

/** Ends a call, or has Twilio carry out other TwiML. */
export type TwilioCallChange =
  | { readonly status: "completed" | "canceled" }
  | { readonly twiml: string };

/** Twilio's REST API of calls. Every method rejects with a `TwilioProblem` where Twilio refuses or fails. */
export type TwilioCalls = ReturnType<typeof createTwilioCalls>;

/** Creates the client of one account; each request is limited in time and in the size of its answer. */
export function createTwilioCalls(
  { apiUrl, fallbackUrl, ...account }:
    & TwilioAccount
    & Pick<PhoneSettings, "apiUrl" | "fallbackUrl">,
  options: TwilioRequestOptions = {},
) {
  const base = `${apiUrl}/2010-04-01/Accounts/${account.accountSid}/Calls`;
  const request = createTwilioRequest(account, options);

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
function unreadable(): TwilioProblem {
  return new TwilioProblem(502, "provider_failed", "Twilio's answer cannot be read.");
}

function raise(problem: TwilioProblem): never {
  throw problem;
}
