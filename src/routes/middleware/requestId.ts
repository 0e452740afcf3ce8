import type { MiddlewareHandler } from "@hono/hono";

/**
 * Gives every request an id, sent back as `X-Request-Id`. A client's own id is kept where it is
 * harmless, so that its logs and the server's can be joined.
 */
export function requestId(newRequestId: () => string): MiddlewareHandler {
  return async function requestId(c, next) {
    const given = c.req.header("x-request-id");
    const id = given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : newRequestId();
    c.set("requestId", id);
    await next();
    if (c.res.status !== 101) c.res.headers.set("X-Request-Id", id);
  };
}
