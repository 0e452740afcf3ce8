import { OpenAPIHono } from "@hono/zod-openapi";
import type { WatchSocket } from "../utils/http/fragmentGuard.ts";
import type { Log } from "../utils/logger.ts";
import { allowOrigins } from "./cors.ts";
import { accessLog } from "./middleware/accessLog.ts";
import { answerErrors, answerNotFound } from "./middleware/errors.ts";
import { requestId } from "./middleware/requestId.ts";
import { securityHeaders } from "./middleware/securityHeaders.ts";

/** What the HTTP server knows of a connection beside the request. */
export interface ConnectionInfo {
  readonly remoteAddress: string;
  /** Only where the process serves nothing else, so that its memory use is that of its sockets. */
  readonly watchSocket?: WatchSocket;
}

/** The environment of every route. */
export interface RouteEnv {
  Bindings: ConnectionInfo;
  Variables: { requestId: string };
}

export type Router = OpenAPIHono<RouteEnv>;

export interface BaseRouterDeps {
  readonly allowedOrigins: readonly string[];
  /** Of public keys. */
  readonly pageOrigins?: readonly string[];
  readonly newRequestId: () => string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, "debug" | "info" | "error">;
}

/** Creates a router without routes, with what every answer has: id, log line, security headers, CORS. */
export function createBaseRouter(
  { allowedOrigins, pageOrigins, newRequestId, now, log }: BaseRouterDeps,
): Router {
  const router: Router = new OpenAPIHono();
  router.onError(answerErrors(log));
  router.notFound(answerNotFound);
  router.use(
    requestId(newRequestId),
    accessLog(now, log),
    securityHeaders,
    allowOrigins(allowedOrigins, pageOrigins),
  );
  return router;
}
