/** The HTTP statuses of our API for a problem with Twilio. */
export type TwilioProblemStatus = 403 | 404 | 409 | 422 | 429 | 500 | 502 | 503 | 504;

/** Twilio refused a request or failed, in the terms of our own API: status, code and sentence. */
export class TwilioProblem extends Error {
  override readonly name = "TwilioProblem";
  /** Twilio's error code. */
  readonly twilioCode: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Twilio's message, which may quote phone numbers. */
  readonly twilioMessage: string | undefined;
  /** Twilio's page about its code. */
  readonly moreInfo: string | undefined;

  constructor(
    readonly status: TwilioProblemStatus,
    readonly code: string,
    sentence: string,
    { twilioCode, retryAfterSeconds, twilioMessage, moreInfo, cause }: {
      readonly twilioCode?: number | undefined;
      readonly twilioMessage?: string | undefined;
      readonly moreInfo?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(sentence, { cause });
    this.twilioCode = twilioCode;
    this.retryAfterSeconds = retryAfterSeconds;
    this.twilioMessage = twilioMessage;
    this.moreInfo = moreInfo;
  }
}

/** Reads a refusal: Twilio's code decides, and where there is none, the HTTP status. */
export function problemOfAnswer(status: number, headers: Headers, body: unknown): TwilioProblem {
  const twilioCode = codeIn(body);
  const meaning = meanings[twilioCode ?? 0] ?? meaningOfStatus(status);
  const wait = /^\d{1,4}$/.exec(headers.get("retry-after") ?? "")?.[0];
  return new TwilioProblem(...meaning, {
    twilioCode,
    twilioMessage: textIn(body, "message"),
    moreInfo: pageIn(body),
    retryAfterSeconds: [429, 503].includes(meaning[0]) ? Math.max(1, Number(wait ?? 5)) : undefined,
  });
}

/** The first three arguments of a `TwilioProblem`. */
type Meaning = readonly [status: TwilioProblemStatus, code: string, sentence: string];

const credentials: Meaning = [
  502,
  "provider_credentials",
  "Twilio refuses this server's credentials.",
];
const suspended: Meaning = [
  502,
  "provider_account",
  "Twilio has suspended this server's account, or it has no funds.",
];
const unknownCall: Meaning = [404, "unknown_call", "There is no such phone call, or it is over."];
const rateLimited: Meaning = [503, "provider_busy", "Twilio takes no more requests at the moment."];
const misconfigured: Meaning = [
  500,
  "phone_misconfigured",
  "This server's phone settings are wrong: Twilio does not accept them.",
];
const fromRefused: Meaning = [
  422,
  "invalid_from",
  "Twilio does not let this account call from that number.",
];
const toRefused: Meaning = [422, "invalid_number", "Twilio does not know the number to call."];
const destinationRefused: Meaning = [
  403,
  "destination_not_enabled",
  "Twilio does not let this account call that destination.",
];
const unverified: Meaning = [
  403,
  "destination_not_verified",
  "A trial account may call only numbers that are verified with Twilio.",
];
const wrongState: Meaning = [
  409,
  "wrong_call_state",
  "The phone call is not in a state that allows this.",
];
const failed: Meaning = [502, "provider_failed", "Twilio could not do this."];

const meanings: Readonly<Record<number, Meaning>> = {
  10004: [429, "provider_concurrency", "Too many calls at the same time."],
  13224: toRefused,
  10001: suspended,
  10003: suspended,
  10005: suspended,
  20003: credentials,
  20005: suspended,
  20404: unknownCall,
  20429: rateLimited,
  21201: misconfigured,
  21203: destinationRefused,
  21205: misconfigured,
  21210: fromRefused,
  21211: toRefused,
  21212: fromRefused,
  21213: misconfigured,
  21214: [422, "invalid_number", "The number to call cannot be reached."],
  21215: destinationRefused,
  21216: destinationRefused,
  21217: toRefused,
  21218: [502, "unknown_application", "Twilio does not know the application to be called."],
  21219: unverified,
  21220: wrongState,
  21262: misconfigured,
  22005: rateLimited,
  573005: unverified,
};

function meaningOfStatus(status: number): Meaning {
  switch (status) {
    case 401:
    case 403:
      return credentials;
    case 404:
      return unknownCall;
    case 409:
      return wrongState;
    case 429:
      return rateLimited;
    default:
      return failed;
  }
}

function codeIn(body: unknown): number | undefined {
  if (typeof body !== "object" || body === null || !("code" in body)) return undefined;
  const code = Number(body.code);
  return Number.isInteger(code) && code > 0 && code < 1_000_000 ? code : undefined;
}

function textIn(body: unknown, name: "message" | "more_info"): string | undefined {
  const text: unknown = typeof body === "object" && body !== null && Object.hasOwn(body, name)
    ? Reflect.get(body, name)
    : undefined;
  return typeof text === "string" && text !== "" ? text.slice(0, 500) : undefined;
}

function pageIn(body: unknown): string | undefined {
  const page = textIn(body, "more_info");
  return page !== undefined && /^https:\/\/www\.twilio\.com\/docs\/[\w/.-]{1,100}$/.test(page)
    ? page
    : undefined;
}
