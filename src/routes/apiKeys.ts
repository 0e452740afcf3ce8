import type { Context, MiddlewareHandler } from "@hono/hono";
import { presentedKey } from "../utils/auth.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { HttpProblem } from "./errors.ts";

export interface ApiKeyDeps {
  /** Finds the key of a secret; absent where no keys are configured. */
  readonly authenticate?: (secret: string) => { readonly name: string } | undefined;
  /** What wrong keys are counted by. */
  readonly addressOf: (c: Context) => string;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

/** The environment of routes that a key opens. */
export interface KeyEnv {
  Variables: { keyName: string };
}

/** Lets only holders of a key through; guessing is limited per address. */
export function requireApiKey(
  { authenticate, addressOf, now }: ApiKeyDeps,
): MiddlewareHandler<KeyEnv> {
  const wrongKeys = createRateLimiter({ capacity: 10, refillPerSecond: 0.2 });
  return async function apiKey(c, next) {
    if (authenticate === undefined) {
      throw new HttpProblem(
        401,
        "api_keys_not_configured",
        "This server has no API keys: set API_KEYS to use this.",
        undefined,
        { "WWW-Authenticate": "Bearer" },
      );
    }
    const secret = presentedKey(c.req.raw.headers);
    const key = secret === undefined ? undefined : authenticate(secret);
    if (key === undefined) {
      const pace = wrongKeys.take(addressOf(c), now());
      if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
      throw new HttpProblem(
        401,
        secret === undefined ? "key_required" : "invalid_key",
        "This needs an API key: send Authorization: Bearer, or X-API-Key.",
        undefined,
        { "WWW-Authenticate": "Bearer" },
      );
    }
    c.set("keyName", key.name);
    await next();
  };
}

/** The answer for whoever asks too often. */
export function tooManyRequests(retryAfterSeconds: number): HttpProblem {
  return new HttpProblem(
    429,
    "rate_limited",
    `Too many requests: wait ${retryAfterSeconds} s.`,
    undefined,
    { "Retry-After": String(retryAfterSeconds) },
  );
}
