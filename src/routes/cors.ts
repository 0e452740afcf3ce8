import type { MiddlewareHandler } from "@hono/hono";

const methods = "GET, POST, PUT, DELETE, OPTIONS";
const requestHeaders =
  "Authorization, X-API-Key, Content-Type, Idempotency-Key, X-Request-Id, Last-Event-ID";
const shownHeaders = "X-Request-Id, Retry-After, Location";

/**
 * Lets pages of exactly these origins use the API. Keys are sent by hand, never by cookie, so that
 * credentials stay off; others get no header and their browser keeps the answer from them.
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(origins.map((origin) => origin.toLowerCase()));
  return async function cors(c, next) {
    const origin = c.req.header("origin");
    const welcome = origin !== undefined && allowed.has(origin.toLowerCase());
    if (c.req.method === "OPTIONS" && c.req.header("access-control-request-method")) {
      c.header("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
      if (welcome) {
        c.header("Access-Control-Allow-Origin", origin);
        c.header("Access-Control-Allow-Methods", methods);
        c.header("Access-Control-Allow-Headers", requestHeaders);
        c.header("Access-Control-Max-Age", "600");
      }
      return c.body(null, 204);
    }
    await next();
    if (c.res.status === 101) return undefined;
    c.res.headers.append("Vary", "Origin");
    if (!welcome) return undefined;
    c.res.headers.set("Access-Control-Allow-Origin", origin);
    c.res.headers.set("Access-Control-Expose-Headers", shownHeaders);
    return undefined;
  };
}
