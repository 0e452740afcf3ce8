import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import { present } from "../../utils/present.ts";
import type { RateDecision } from "../../utils/rateLimiter.ts";
import { fillSentence, type SentenceValues } from "../../utils/sentence.ts";

interface HttpProblemOptions {
  readonly details?: unknown;
  /** What stands in the sentence, where it has `{name}`. */
  readonly values?: SentenceValues | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error answer: throw it anywhere in a route. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly details: unknown;
  readonly values: SentenceValues | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: ContentfulStatusCode,
    /** For programs, in snake case. */
    readonly code: string,
    /** For people: a sentence without anything private; `{name}` stands for one of the values. */
    readonly text: string,
    { details, values, retryAfterSeconds, headers = {} }: HttpProblemOptions = {},
  ) {
    super(fillSentence({ text, ...present({ values }) }));
    this.details = details;
    this.values = values;
    this.headers = retryAfterSeconds === undefined
      ? headers
      : { ...headers, "Retry-After": String(retryAfterSeconds) };
  }
}

/** What is wrong with a field of the request. */
export interface FieldProblem {
  readonly path: string;
  /** Follows the field's name, without a full stop: `must be ...`. */
  readonly message: string;
  /** The message with `{name}` for each of its values, where it has some. */
  readonly template?: string;
  readonly values?: SentenceValues;
}

/** As it stands in the `details` of a problem; `{name}` in the text stands for one of the values. */
export function fieldProblem(path: string, text: string, values?: SentenceValues): FieldProblem {
  return values === undefined
    ? { path, message: text }
    : { path, message: fillSentence({ text, values }), template: text, values };
}

/** The value; throws the problem where there is none. */
export function required<T>(value: T | undefined, problem: () => HttpProblem): T {
  if (value === undefined) throw problem();
  return value;
}

/** The answer to a `Host` header that no URL can have. */
export function invalidHost(): HttpProblem {
  return new HttpProblem(400, "invalid_host", "There is no such host.");
}

/** The answer of every route that takes a phone, where none is set up. */
export function phoneNotConfigured(): HttpProblem {
  return new HttpProblem(
    503,
    "phone_not_configured",
    "The phone is not set up: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER are missing.",
  );
}

/** A 401 answer with the `WWW-Authenticate` header that RFC 9110 (15.5.2) requires. */
export function unauthorized(code: string, sentence: string): HttpProblem {
  return new HttpProblem(401, code, sentence, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** Throws the answer to a client that is above its rate limit. */
export function requireAllowed(pace: RateDecision): void {
  if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
}

/** The answer to a client that makes too many requests. */
export function tooManyRequests(retryAfterSeconds: number): HttpProblem {
  return new HttpProblem(429, "rate_limited", "Too many requests: wait {seconds} s.", {
    values: { seconds: retryAfterSeconds },
    retryAfterSeconds,
  });
}

/** The answer for a call that does not exist, or that the API client may not see. */
export function unknownCall(): HttpProblem {
  return new HttpProblem(404, "unknown_call", "There is no such call.");
}
