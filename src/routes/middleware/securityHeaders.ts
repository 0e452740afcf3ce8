import type { MiddlewareHandler } from "@hono/hono";

/** Adds the security headers that the route has not set itself: pages have a policy of their own. */
export const securityHeaders: MiddlewareHandler = async function securityHeaders(c, next) {
  await next();
  // The answer to an upgrade must stay the very object that Deno made.
  if (c.res.status === 101) return;
  for (const [name, value] of headers) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};

const headers: readonly (readonly [string, string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"],
  ["Strict-Transport-Security", "max-age=31536000"],
];
