import type { Context, MiddlewareHandler } from "@hono/hono";
import { allows, type ApiKey, type KeyScope, presentedKey } from "../utils/auth.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { tooManyRequests } from "./apiKeys.ts";
import { HttpProblem } from "./errors.ts";
import { type AccessRules, isAllowedOrigin, isLocal } from "./webAccess.ts";

/** Who asks, as far as it matters to an answer. */
export interface Caller {
  /** Absent where the server has no keys. */
  readonly keyName?: string;
  /** Sees the calls of every key. */
  readonly isAdmin: boolean;
}

/** The environment of routes that know who asks. */
export interface CallerEnv {
  Variables: { caller: Caller };
}

/** Lets through who may do what needs a scope, and tells the route who it is. */
export type RequireScope = (scope: KeyScope) => MiddlewareHandler<CallerEnv>;

export interface AccessDeps extends Omit<AccessRules, "keyed"> {
  /** Finds the key of a secret; absent where no keys are configured. */
  readonly authenticate?: (secret: string) => ApiKey | undefined;
  readonly isRevoked?: (key: ApiKey) => boolean;
  /** What wrong keys are counted by. */
  readonly addressOf: (c: Context) => string;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock?: () => number;
}

/**
 * Decides who may use the API: holders of a key, within its scopes. A server without keys listens on
 * its own machine alone, and there serves programs and its own pages, but no page of another origin.
 */
export function createAccess(deps: AccessDeps): RequireScope {
  const { authenticate, isRevoked = () => false, addressOf, now, wallClock = Date.now } = deps;
  const rules: AccessRules = { ...deps, keyed: authenticate !== undefined };
  const wrongKeys = createRateLimiter({ capacity: 10, refillPerSecond: 0.2 });

  return (scope) =>
    async function access(c, next) {
      c.set("caller", authenticate === undefined ? admitLocal(c.req.raw) : callerOf(c, scope));
      await next();
    };

  function admitLocal(request: Request): Caller {
    if (!isLocal(request) || !comesFromHere(request, rules)) {
      throw new HttpProblem(
        403,
        "origin_not_allowed",
        "Without API_KEYS this server answers only its own machine and its own page.",
      );
    }
    return { isAdmin: true };
  }

  function callerOf(c: Context, scope: KeyScope): Caller {
    const key = findKey(c);
    if (key.expiresAt !== undefined && key.expiresAt <= wallClock()) {
      throw unauthorized("key_expired", "This API key has expired.");
    }
    if (isRevoked(key)) throw unauthorized("key_revoked", "This API key has been revoked.");
    if (!allows(key.scopes, scope)) {
      throw new HttpProblem(
        403,
        "scope_missing",
        `This API key may not do that: it lacks the scope ${scope}.`,
      );
    }
    return { keyName: key.name, isAdmin: allows(key.scopes, "admin") };
  }

  function findKey(c: Context): ApiKey {
    const secret = presentedKey(c.req.raw.headers);
    const key = secret === undefined ? undefined : authenticate?.(secret);
    if (key !== undefined) return key;
    const pace = wrongKeys.take(addressOf(c), now());
    if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
    throw unauthorized(
      secret === undefined ? "key_required" : "invalid_key",
      "This needs an API key: send Authorization: Bearer, or X-API-Key.",
    );
  }
}

/** Browsers tell of themselves by one of two headers; a program sends neither. */
function comesFromHere(request: Request, rules: AccessRules): boolean {
  if (request.headers.has("origin")) return isAllowedOrigin(request, rules);
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}

function unauthorized(code: string, sentence: string): HttpProblem {
  return new HttpProblem(401, code, sentence, undefined, { "WWW-Authenticate": "Bearer" });
}
