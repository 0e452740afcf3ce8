import type { PhoneSettings } from "../../config/settings.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { present } from "../../utils/present.ts";
import type { TwilioFaults } from "./twilioFaults.ts";
import { problemOfAnswer, TwilioProblem } from "./twilioProblem.ts";

export type TwilioAccount = Pick<PhoneSettings, "accountSid" | "authToken" | "apiKey">;

export interface TwilioRequestOptions {
  readonly timeoutMs?: number;
  /** Called with the result of every request. */
  readonly faults?: Pick<TwilioFaults, "recordRefusal" | "recordSuccess">;
}

export interface RequestOptions {
  /** It places a call: where no answer comes, the outcome is unknown. */
  readonly creates?: boolean;
  /** Where it is less than that of all requests. */
  readonly timeoutMs?: number;
  /** In the place of GET. */
  readonly deletes?: boolean;
}

/**
 * Creates the function that sends one request to Twilio's REST API, a POST where there is a form, and
 * resolves with the JSON of its answer. Rejects with a `TwilioProblem`.
 *
 * The client of the `twilio` package (6.2) is not used: it takes some 0.4 s and 15 MB to load, with axios;
 * it reads `HTTP_PROXY` and `TWILIO_*` from the environment, and limits no answer's size.
 */
export function createTwilioRequest(
  { accountSid, authToken, apiKey }: TwilioAccount,
  { timeoutMs = 10_000, faults }: TwilioRequestOptions,
) {
  const [user, password] = apiKey === undefined
    ? [accountSid, authToken]
    : [apiKey.sid, apiKey.secret];
  const headers = { Authorization: `Basic ${btoa(`${user}:${password}`)}` };

  return request;

  async function request(
    url: string,
    form?: URLSearchParams,
    { creates = false, deletes = false, timeoutMs: ownMs }: RequestOptions = {},
  ): Promise<unknown> {
    try {
      const limitMs = Math.min(ownMs ?? timeoutMs, timeoutMs);
      const method = deletes ? "DELETE" : form === undefined ? "GET" : "POST";
      const { status, headers, body } = await exchange(url, { method, form, creates, limitMs });
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
    { method, form, creates, limitMs }: {
      readonly method: "GET" | "POST" | "DELETE";
      readonly form: URLSearchParams | undefined;
      readonly creates: boolean;
      readonly limitMs: number;
    },
  ) {
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...present({ body: form }),
        // Credentials go to the address in the settings and to no other.
        redirect: "error",
        signal: AbortSignal.timeout(limitMs),
      });
      const text = await boundedText(response, MAX_ANSWER_BYTES);
      if (text === undefined) throw new RangeError("Cannot read the answer: too long");
      return { status: response.status, headers: response.headers, body: parsed(text) };
    } catch (cause) {
      if (neverSent(cause)) throw unreachable(cause);
      if (creates) throw outcomeUnknown(cause);
      throw cause instanceof RangeError ? tooLong(cause) : tooSlow(cause);
    }
  }
}

/** A call that is over already, or not yet that far, is no fault of the account or the settings. */
export function isOverOrNotYet(error: unknown): error is TwilioProblem {
  return error instanceof TwilioProblem &&
    (error.code === "wrong_call_state" || error.code === "unknown_call");
}

export function outcomeUnknown(cause?: unknown): TwilioProblem {
  return new TwilioProblem(
    504,
    "outcome_unknown",
    "Twilio did not answer in time: the call may or may not have been placed.",
    { cause },
  );
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

/** Whether there was no connection. Deno says so only in the cause of its error. */
function neverSent(error: unknown): boolean {
  if (error instanceof Deno.errors.NotCapable) return true;
  return error instanceof Error && error.cause instanceof Error &&
    error.cause.message.includes("client error (Connect)");
}

/** One call is about 2 KB. */
const MAX_ANSWER_BYTES = 256 * 1024;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

function tooLong(cause: RangeError): TwilioProblem {
  return new TwilioProblem(
    502,
    "provider_unreachable",
    "Twilio's answer is too long to be read.",
    { cause },
  );
}
