import type { MiddlewareHandler } from "@hono/hono";

const methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
const requestHeaders =
  "Authorization, X-API-Key, Content-Type, Idempotency-Key, X-Request-Id, Last-Event-ID";
const exposedHeaders = "X-Request-Id, Retry-After, Location";

/** What pages with a public key ask for. */
const callPaths: ReadonlySet<string> = new Set(["/api/web/session", "/api/web/resume"]);

/**
 * Lets pages of exactly these origins use the API, and those of `pageOrigins` begin calls. Credentials
 * stay off, as keys are never sent by cookie. Other origins get no header, so their browser withholds
 * the answer.
 */
export function allowOrigins(
  origins: readonly string[],
  pageOrigins: readonly string[] = [],
): MiddlewareHandler {
  const allowed = new Set(origins.map((origin) => origin.toLowerCase()));
  const mayCall = new Set(pageOrigins);
  return async function cors(c, next) {
    const origin = c.req.header("origin");
    const plain = origin?.toLowerCase() ?? "";
    const isAllowed = origin !== undefined &&
      (allowed.has(plain) || (mayCall.has(plain) && callPaths.has(c.req.path)));
    if (c.req.method === "OPTIONS" && c.req.header("access-control-request-method")) {
      c.header("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
      if (isAllowed) {
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
    if (!isAllowed) return undefined;
    c.res.headers.set("Access-Control-Allow-Origin", origin);
    c.res.headers.set("Access-Control-Expose-Headers", exposedHeaders);
    return undefined;
  };
}
