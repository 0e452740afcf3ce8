import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import type { RateDecision } from "../../utils/rateLimiter.ts";

interface HttpProblemOptions {
  readonly details?: unknown;
  readonly retryAfterSeconds?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error answer: throw it anywhere in a route. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly details: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: ContentfulStatusCode,
    /** For programs, in snake case. */
    readonly code: string,
    /** For people: a sentence without anything private. */
    readonly sentence: string,
    { details, retryAfterSeconds, headers = {} }: HttpProblemOptions = {},
  ) {
    super(sentence);
    this.details = details;
    this.headers = retryAfterSeconds === undefined
      ? headers
      : { ...headers, "Retry-After": String(retryAfterSeconds) };
  }
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
  return new HttpProblem(429, "rate_limited", `Too many requests: wait ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  });
}

/** The answer for a call that does not exist, or that the API client may not see. */
export function unknownCall(): HttpProblem {
  return new HttpProblem(404, "unknown_call", "There is no such call.");
}
