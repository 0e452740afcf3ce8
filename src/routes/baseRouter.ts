import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "@hono/hono";
import { routePath } from "@hono/hono/route";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import type { FragmentGuard } from "../utils/fragmentGuard.ts";
import { allowOrigins } from "./cors.ts";
import { answerErrors, answerNotFound } from "./middleware/errors.ts";
import { type HealthDeps, healthRoutes } from "./health.ts";
import type { Log } from "../utils/logger.ts";

/** What the host tells of a request beside the request itself. */
export interface HostFacts {
  readonly remoteAddress: string;
  /** Given by a host whose process serves nothing else, so that its memory tells of the sockets'. */
  readonly watchSocket?: FragmentGuard["watch"];
}

/** The environment of every route. */
export interface RouteEnv {
  Bindings: HostFacts;
  Variables: { requestId: string };
}

export type Router = OpenAPIHono<RouteEnv>;

export interface RouterDeps {
  readonly health: HealthDeps;
  readonly allowedOrigins: readonly string[];
  readonly newRequestId: () => string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, "debug" | "info" | "error">;
  /** Adds the routes of every kind; of two that match, the first answers. */
  readonly mount: (router: Router) => void;
}

/** Puts all routes together, with what every answer has: an id, security headers, a line in the log. */
export function createRouter(
  { health, allowedOrigins, newRequestId, now, log, mount }: RouterDeps,
): Router {
  const router: Router = new OpenAPIHono();
  router.onError(answerErrors(log));
  router.notFound(answerNotFound);
  router.use(identify(newRequestId), logAccess(now, log), secure, allowOrigins(allowedOrigins));
  router.route("/", healthRoutes(health));
  mount(router);
  return router;
}

/** A client's own id is kept where it is harmless, so that its logs and ours can be joined. */
function identify(newRequestId: () => string): MiddlewareHandler {
  return async function requestId(c, next) {
    const given = c.req.header("x-request-id");
    const id = given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : newRequestId();
    c.set("requestId", id);
    await next();
    if (c.res.status !== 101) c.res.headers.set("X-Request-Id", id);
  };
}

/** The pattern of the route is logged, not its address: addresses hold ids, tokens and numbers. */
function logAccess(now: () => number, log: RouterDeps["log"]): MiddlewareHandler {
  const refusals = createRateLimiter(PACE_OF_REFUSALS);
  return async function access(c, next) {
    const begunMs = now();
    await next();
    const route = routePath(c, -1);
    const { status } = c.res;
    const isRefusal = status >= 400 && status < 500 && c.get("caller") === undefined;
    const isQuiet = isRefusal
      ? !refusals.take("", now()).allowed
      : status < 400 && USUAL.test(route);
    log[isQuiet ? "debug" : "info"]("Request answered", {
      requestId: c.get("requestId"),
      method: c.req.method,
      route,
      status,
      ms: Math.round(now() - begunMs),
    });
  };
}

/** Of strangers, who could fill the log with nothing else. */
const PACE_OF_REFUSALS = { capacity: 100, refillPerSecond: 1 };

/** The files of the pages, and what is asked for every few seconds, would hide everything else. */
const USUAL = /^\/(assets|docs)\/|^\/(health|ready|metrics)$/;

/** An answer may be stricter, or as a page must be, freer: headers that it sets itself stay. */
const secure: MiddlewareHandler = async function securityHeaders(c, next) {
  await next();
  // The answer to an upgrade must stay the very object that the host made.
  if (c.res.status === 101) return;
  for (const [name, value] of securityHeaderValues) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};

const securityHeaderValues: readonly (readonly [string, string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"],
  ["Strict-Transport-Security", "max-age=31536000"],
];
