import type { MiddlewareHandler } from "@hono/hono";
import { routePath } from "@hono/hono/route";
import type { Log } from "../../utils/logger.ts";
import { createRateLimiter } from "../../utils/rateLimiter.ts";

/**
 * Logs every answer with the pattern of its route, not its address: addresses hold ids, tokens and
 * phone numbers. `now` is in monotonic milliseconds.
 */
export function accessLog(now: () => number, log: Pick<Log, "debug" | "info">): MiddlewareHandler {
  const refusals = createRateLimiter(LOGGED_REFUSALS);
  return async function accessLog(c, next) {
    const begunMs = now();
    await next();
    const route = routePath(c, -1);
    const { status } = c.res;
    const isRefusal = status >= 400 && status < 500 && c.get("caller") === undefined;
    const isQuiet = isRefusal
      ? !refusals.consume("", now()).allowed
      : status < 400 && FREQUENT.test(route);
    log[isQuiet ? "debug" : "info"]("Request answered", {
      requestId: c.get("requestId"),
      method: c.req.method,
      route,
      status,
      ms: Math.round(now() - begunMs),
    });
  };
}

/** Unauthenticated clients could fill the log otherwise. */
const LOGGED_REFUSALS = { capacity: 100, refillPerSecond: 1 };

/** Page files and what is polled every few seconds would hide everything else. */
const FREQUENT = /^\/assets\/|^\/(health|ready|metrics)$/;
