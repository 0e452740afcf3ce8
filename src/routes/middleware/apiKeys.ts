import type { MiddlewareHandler } from "@hono/hono";
import { HttpProblem } from "./errors.ts";

/** Without keys nobody may do what costs money, not even on the server's own machine. */
export function requireKeys(isConfigured: boolean): MiddlewareHandler {
  return async function keysConfigured(_c, next) {
    if (!isConfigured) {
      throw new HttpProblem(
        401,
        "api_keys_not_configured",
        "This server has no API keys: set API_KEYS to use this.",
        undefined,
        { "WWW-Authenticate": "Bearer" },
      );
    }
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
